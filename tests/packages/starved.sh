#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A build that cannot even begin, or ends early: no compiler, no space, half of the headers, another processor. apt succeeds, one line says what is
# missing, nothing is left half done, and one command mends it.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

take start-installed

# The compiler's file is gone: a compiler package cannot go alone, headers depend on it.
# shellcheck disable=SC2016 # the inner shell expands
compiler=$(as_root chroot "$tree" sh -c 'readlink -f "$(command -v gcc-12)"')
as_root mv "$tree$compiler" "$tree$compiler.gone"
# shellcheck disable=SC2046 # two words
check "no compiler: apt succeeds" apt install $(packages_of "$new")
check "no compiler: the log has the cause" said_has "lunatik: no modules for $new: cannot compile anything for $new"
check "no compiler: the log has the remedy" said_has "(then: dkms install lunatik/$version -k $new)"
check "no compiler: nothing is installed" not_installed "$new"
check "no compiler: the old kernel has its modules" installed "$old"
as_root mv "$tree$compiler.gone" "$tree$compiler"
check "with a compiler the command works" inside dkms install "lunatik/$version" -k "$new"
check "and has built" installed "$new"
check "the kernel boots, the example runs" boot "$new"
# shellcheck disable=SC2046 # two words
check "the kernel is purged" apt purge $(packages_of "$new")

# The disk that DKMS builds on is full.
# shellcheck disable=SC2016 # the inner shell expands
with_full_disk() {
	inside sh -c '
		cp -a /var/lib/dkms /tmp/dkms
		mount -t tmpfs -o "size=$1" tmpfs /var/lib/dkms
		cp -a /tmp/dkms/. /var/lib/dkms
		shift
		apt-get -q -y --no-install-recommends -o Debug::NoLocking=true -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io \
			install "$@"
		status=$?
		rm -rf /tmp/dkms
		cp -a /var/lib/dkms /tmp/dkms
		umount /var/lib/dkms
		cp -a /tmp/dkms/. /var/lib/dkms
		exit $status' sh "$@"
}
# shellcheck disable=SC2046 # two words
check "no space: apt succeeds" with_full_disk 4m $(packages_of "$new")
check "no space: the log has the cause" said_has "lunatik: no modules for $new: "
check "no space: nothing is installed" not_installed "$new"
check "no space: no stub is recorded" test ! -s "$tree/lib/modules/$new/lunatik/missing"
check "no space: the old kernel has its modules" installed "$old"
check "with space the command works" inside dkms install "lunatik/$version" -k "$new"
check "and has built all" installed "$new"
check "without stubs" test ! -s "$tree/lib/modules/$new/lunatik/missing"
# shellcheck disable=SC2046 # two words
check "the kernel is purged" apt purge $(packages_of "$new")

# An interrupted transaction: the flavour's headers are unpacked, the common ones are not.
check "headers are installed" apt install "linux-headers-$new"
inside dkms remove "lunatik/$version" -k "$new" > /dev/null
check "another processor: DKMS's hook succeeds" inside setarch i686 /etc/kernel/header_postinst.d/dkms "$new"
check "another processor: so does ours" inside setarch i686 /etc/kernel/header_postinst.d/lunatik "$new"
check "another processor: the log has the cause" one_line "lunatik: no modules for $new: they are for x86_64 and aarch64, not for i686"
as_root mv "$tree/usr/src/linux-headers-${new%-*}-common" "$tree/usr/src/gone"
check "half of the headers: apt succeeds" apt install "linux-image-$new"
check "half of the headers: the log has the cause" said_has "lunatik: no modules for $new: cannot compile anything for $new"
check "half of the headers: our package is installed again" apt install --reinstall "$(printf '%s\n' "${ours[@]}" | grep /lunatik-dkms_)"
check "half of the headers: the log has the cause again" said_has "lunatik: no modules for $new: cannot compile anything for $new"
check "half of the headers: the old kernel has its modules" installed "$old"
as_root mv "$tree/usr/src/gone" "$tree/usr/src/linux-headers-${new%-*}-common"
check "with all of them the next transaction builds" apt install --reinstall "linux-headers-$new"
check "and has built" installed "$new"
check "nothing is left when the kernel goes" apt purge linux-image-"$new" linux-headers-"$new"
check "nothing is left of it" nothing_left "$new"
