#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Whether DKMS should build by itself for a kernel that is being installed. A build that fails there fails the installation
# of the kernel. So where it can only fail (no compiler, half of the headers, no space, another processor), DKMS leaves it
# to our own hook (postinst-kernel), which tries as well, says why not, and never fails. Read by dkms.conf; true for
# everything but "dkms autoinstall".
#
# Usage: autoinstall.sh PID   (of DKMS: a dkms.conf cannot read the kernel from a variable)
set -u
unset MAKEFLAGS MFLAGS MAKELEVEL KBUILD_OUTPUT
least=300 # megabytes for a build
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

mapfile -t -d '' arguments <"/proc/$1/cmdline"
kernel='' auto=''
for i in "${!arguments[@]}"; do
	case ${arguments[i]} in
	autoinstall) auto=1 ;;
	-k | --kernelver) kernel=${arguments[i + 1]-} ;;
	esac
done
[ -n "$auto" ] || exit 0
# As BUILD_EXCLUSIVE_ARCH says: for "dkms autoinstall" of 3.0 an excluded build is a failure.
case $(uname -m) in
x86_64 | aarch64) ;;
*) exit 1 ;;
esac
kernel=${kernel%%/*}
headers=/lib/modules/${kernel:-$(uname -r)}/build
# DKMS itself skips a kernel without headers.
[ -e "$headers/include" ] || exit 0
[ -s "$headers/Module.symvers" ] || exit 1

[ "$(df --output=avail -B 1M "${dkms_tree:-/var/lib/dkms}" 2>/dev/null | tail -n 1)" -ge "$least" ] || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp "$top/src/compat/probes/0_sanity.c" "$work/"
echo 'obj-m := 0_sanity.o' >"$work/Kbuild"
make -C "$headers" M="$work" 0_sanity.o >/dev/null 2>&1
[ -e "$work/0_sanity.o" ]
