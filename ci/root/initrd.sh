#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# initrd.sh TREE VERSION: write an initial file system for a kernel of a root: busybox, the modules
# that its disk takes, and guest/initramfs. A distribution's own takes three times as long to boot.
set -euo pipefail
ci=$(cd "$(dirname "$0")/.." && pwd)
tree=$1 version=$2
export PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,modules,proc,sys,dev,root}
cp "$tree/bin/busybox" "$work/bin/"
install -m 755 "$ci/guest/initramfs" "$work/init"

# Copy a module under its number in the order of loading; busybox loads only plain ones.
add_module() {
	local file=$1 number=$2 name
	name=$(basename "$file")
	case $name in
	*.xz) xz -dc "$file" > "$work/modules/$number-${name%.xz}" ;;
	*.zst) zstd -qdc "$file" > "$work/modules/$number-${name%.zst}" ;;
	*) cp "$file" "$work/modules/$number-$name" ;;
	esac
}

number=100
for module in virtio_pci virtio_blk crc32c_generic ext4; do
	while read -r insmod file _; do
		[ "$insmod" = insmod ] || continue
		compgen -G "$work/modules/*-$(basename "$file" | sed 's/\.ko.*//').ko" > /dev/null && continue
		add_module "$file" $number
		number=$((number + 1))
	done < <(modprobe -d "$tree" -S "$version" --show-depends "$module")
done
(cd "$work" && find . | cpio --quiet -o -H newc -R 0:0)
