#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# arm64.sh GROUP...: run groups of tests on the kernel of ci/kernels for arm64, in an emulated machine whose root is made
# of Debian's packages for arm64; ours, and the modules, are cross-built.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Let the kernel run programs of the architecture in an emulator; as root.
enable_emulation() {
	[ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || return 0
	[ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
	update-binfmts --enable qemu-aarch64
}

kernels=$(kernel_names arm64 | paste -s -d ' ')
export LUNATIK_KERNELS=$kernels LUNATIK_BUILD=$build/arm64
enable_emulation || die "this kernel runs no programs of arm64: as root, mount binfmt_misc and run update-binfmts --enable qemu-aarch64"
debs=$("$ci/packages/suite-deb.sh")
"$ci/check.sh" "$debs" --no-harness --kernels "$kernels" --groups "$*"
