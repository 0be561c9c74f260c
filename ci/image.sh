#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# image.sh [DEBDIR]: make the disk of the virtual machine, build/vm/root.ext4: the base root (ci/root.sh) with
# the packages of DEBDIR (default: build/deb) installed by apt, modules built by DKMS for every kernel in it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

debs=$(realpath "${1:-$build/deb}")
compgen -G "$debs/*.deb" > /dev/null || die "no packages in $debs: run \`make deb\`"
root=$("$ci/root.sh")
mkdir -p "$vm"
versions=$(cat "$root"/*/version)
key=$({ echo "$root"; cat "$debs"/*.deb "$ci/install.sh" "$ci/disk.sh" "$ci/unpack.sh"; } | hash)

# Install and build in a tree beside the disk.
make_image() {
	local status=0
	rm -f "$vm/key"
	remove_tree "$vm/tree"
	as_root "$ci/unpack.sh" "$root/root.tar" "$vm/tree"
	# shellcheck disable=SC2086 # one word for each kernel
	as_root "$ci/install.sh" "$vm/tree" "$debs" $versions > "$logs/image.log" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		as_root "$ci/disk.sh" "$vm/tree" "$vm/root.ext4"
		echo "$key" > "$vm/key"
	else
		cat "$logs/image.log" >&2
		say "image: the packages do not install (log: $logs/image.log)"
	fi
	remove_tree "$vm/tree"
	return "$status"
}

mkdir -p "$logs"
if [ "$(cat "$vm/key" 2> /dev/null)" = "$key" ] && [ -f "$vm/root.ext4" ]; then
	say "image: unchanged"
	exit 0
fi
phase image make_image
sed -n 's/^image: //p' "$logs/image.log" >&2
