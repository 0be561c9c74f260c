#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# cross-modules.sh ARCH KERNEL DIR: for a kernel of another architecture, whose headers are unpacked here: build the modules from
# the lunatik-dkms package in DIR as DKMS would there, then those of tests as one who uses Lunatik does. Leaves them in
# DIR/modules-KERNEL.tar as a tree for the machine's root. As root in a root with a cross-compiler (ci/packages/suite-deb.sh).
set -euo pipefail
arch=$1 kernel=$2 dir=$3
tests=$(cd "$(dirname "$0")/../../tests" && pwd)
triplet=$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE)
cross=("ARCH=$arch" "CROSS_COMPILE=$triplet-")
headers=/usr/src/linux-headers-$kernel
state=/lib/modules/$kernel/lunatik

# The C modules of a group's tests.
build_test_modules() {
	local folder=/usr/src/lunatik-tests/$kernel/$1
	mkdir -p "${folder%/*}"
	cp -r "$tests/$1/module" "$folder"
	cp "$state/kbuild.mk" "$folder/lunatik.mk"
	make -C "$headers" M="$folder" "${cross[@]}" modules
	touch "$folder/done"
}

dpkg-deb -x "$dir"/lunatik-dkms_*.deb /
mkdir -p "/lib/modules/$kernel/updates/dkms"
ln -s "$headers" "/lib/modules/$kernel/build"
bash /usr/src/lunatik-*/scripts/build-modules.sh --strict --store --kdir "$headers" --out /tmp/modules "${cross[@]}"
cp /tmp/modules/*.ko "/lib/modules/$kernel/updates/dkms/"
"$triplet-strip" -g "/lib/modules/$kernel/updates/dkms"/*.ko
build_test_modules core
build_test_modules btf
tar -C / -cf "$dir/modules-$kernel.tar" "usr/lib/modules/$kernel/updates" "usr$state" "usr/src/lunatik-tests/$kernel"
