#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# image.sh [--debug] [DEBDIR]: make the disk of the virtual machine, build/vm/root.ext4: the base root (ci/root.sh)
# with the packages of DEBDIR (default: build/deb) installed by apt, modules built by DKMS for every kernel in it.
# The modules of tests, built against them, go to build/vm/root.modules.
# With --debug it is build/vm/debug.ext4, whose one kernel is that of ci/debug.sh, with its initrd beside it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kind=root
if [ "${1:-}" = --debug ]; then
	kind=debug
	shift
fi
debs=$(realpath "${1:-$build/deb}")
compgen -G "$debs/*.deb" > /dev/null || die "no packages in $debs: run \`make deb\`"
root=$("$ci/root.sh")
kernels=$root
[ "$kind" = root ] || kernels=$("$ci/debug.sh")
mkdir -p "$vm"
# One kernel may have several names.
versions=$({ cat "$kernels"/version "$kernels"/*/version 2> /dev/null || true; } | sort -u)
key=$({ echo "$root $kernels"; find "$debs" -name "*.deb" -o -name "modules-*.tar" | sort | xargs cat; cat "$top"/tests/*/module/* "$ci"/root/{install,mounts,disk,unpack,swap,initrd}.sh "$ci/guest/initramfs"; } | hash)

# Install and build in a tree beside the disk.
make_image() {
	local status=0 tree=$vm/$kind.tree log=$logs/image-$kind.log
	rm -f "$vm/$kind.key"
	remove_tree "$tree"
	as_root "$ci/root/unpack.sh" "$root/root.tar" "$tree"
	if [ "$kind" = debug ]; then
		as_root "$ci/root/swap.sh" "$kernels" "$tree"
		"$ci/root/initrd.sh" "$tree" "$versions" > "$vm/debug.initrd"
	fi
	# shellcheck disable=SC2086 # one word for each kernel
	as_root "$ci/root/install.sh" "$tree" "$debs" $versions > "$log" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		as_root rm -rf "$vm/$kind.modules"
		as_root mv "$tree/usr/src/lunatik-tests" "$vm/$kind.modules"
		as_root "$ci/root/disk.sh" "$tree" "$vm/$kind.ext4"
		echo "$key" > "$vm/$kind.key"
	else
		cat "$log" >&2
		say "image: the packages do not install (log: $log)"
	fi
	remove_tree "$tree"
	return "$status"
}

mkdir -p "$logs"
if [ "$(cat "$vm/$kind.key" 2> /dev/null)" = "$key" ] && [ -f "$vm/$kind.ext4" ]; then
	say "image: unchanged"
	exit 0
fi
phase image make_image
sed -n 's/^image: //p' "$logs/image-$kind.log" >&2
