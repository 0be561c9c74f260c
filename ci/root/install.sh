#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# install.sh TREE DEBDIR VERSION...: install packages into a root and see to it that DKMS has built the modules
# for each kernel. Then build the modules of tests there, as one who uses Lunatik does, into /usr/src/lunatik-tests/VERSION
# (with `done` where that worked). For a root of another architecture the packages come with both, built here:
# DEBDIR/modules-VERSION.tar. As root of a mount namespace (see as_root).
set -euo pipefail
tree=$1 debs=$2 tests=$(dirname "$0")/../../tests
shift 2
# shellcheck source=mounts.sh
. "$(dirname "$0")/mounts.sh"

# Print what DKMS's last builds said.
show_logs() {
	local log
	for log in "$tree"/var/lib/dkms/lunatik/*/build/make.log "$tree"/var/lib/dkms/lunatik/*/*/*/log/make.log; do
		[ -f "$log" ] || continue
		echo "--- ${log#"$tree"}"
		tail -n 60 "$log"
	done
}

# Build the C modules of a group's tests for a kernel. In a machine that would take a minute instead of seconds.
build_test_modules() {
	local version=$1 group=$2 folder=/usr/src/lunatik-tests/$1/$2
	mkdir -p "$tree${folder%/*}"
	cp -r "$tests/$group/module" "$tree$folder"
	# shellcheck disable=SC2016 # expanded in there
	inside bash -c 'cd "$1" && lunatik kbuild-flags "$2" > lunatik.mk && make -C "/lib/modules/$2/build" M="$1" CONFIG_DEBUG_INFO_BTF_MODULES= modules || exit
		! grep -q "^CONFIG_DEBUG_INFO_BTF_MODULES=y" "/lib/modules/$2/build/include/config/auto.conf" ||
			for module in *.ko; do /usr/lib/lunatik/btf module "$2" "$module" || exit; done
		touch done' \
		build "$folder" "$version" > "$tree/tmp/log" 2>&1 || true
	mv "$tree/tmp/log" "$tree$folder/log"
}

# Hide the headers of a kernel from DKMS, or show them again: there is nothing to build where the modules come ready.
move_headers() {
	local headers=$tree/usr/lib/modules/$1/build
	[ ! -e "$debs/modules-$1.tar" ] || mv "$headers$2" "$headers$3"
}

# Unpack modules that were built elsewhere.
unpack_modules() {
	move_headers "$1" .hidden ""
	tar -C "$tree" -xf "$debs/modules-$1.tar"
	inside depmod "$1"
	echo "image: modules built elsewhere are installed for $1"
}

# The root has no lists of an archive: a package that is missing belongs into ci/root/packages.
install_packages() {
	inside sh -c 'apt-get -q install -y --no-install-recommends -o APT::Sandbox::User=root \
		-o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0 /tmp/debs/*.deb'
}

mount_tree
forbid_services
mkdir "$tree/tmp/debs"
cp "$debs"/*.deb "$tree/tmp/debs/"
for version in "$@"; do
	move_headers "$version" "" .hidden
done
if ! install_packages; then
	show_logs
	exit 1
fi
# "lunatik/0.1.0, ...", before DKMS 3 "lunatik, 0.1.0, ...".
built=$(inside dkms status)
echo "$built"
for version in "$@"; do
	if [ -e "$debs/modules-$version.tar" ]; then
		unpack_modules "$version"
		continue
	fi
	if ! grep -q "^lunatik[/,].*, $version, .*: installed" <<< "$built"; then
		echo "DKMS has not installed lunatik for $version"
		show_logs
		exit 1
	fi
	echo "image: lunatik is installed for $version"
	build_test_modules "$version" core
	build_test_modules "$version" btf
	build_test_modules "$version" bench
done
rm "$tree/usr/sbin/policy-rc.d"
umount "$tree/dev/pts" "$tree"/dev/{null,zero,full,random,urandom,tty}
umount "$tree/dev" "$tree/tmp" "$tree/proc"
