#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck disable=SC2154
# The RPMs' life by dnf, in a root with two kernels: installation, a kernel that goes and comes back, a later release of the same
# version, a later version, removal.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

take_for_dnf
before=$(files)
repository lunatik "$rpms"
check "dnf installs our packages" dnf install "${names[@]}"
check "DKMS has built for $new and $next" installed "$new" "$next"
