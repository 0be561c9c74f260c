#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# dnf.sh TREE ARGUMENT...: run this machine's dnf on a root, as root of a mount namespace (see as_root). Nothing of this machine's
# configuration counts, and no repository but those that the arguments name.
set -euo pipefail
# shellcheck source=mounts.sh
. "$(dirname "$0")/mounts.sh"
tree=$1
shift

mount_tree
: > "$tree/tmp/dnf.conf"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 INITRD=No \
	dnf -y --config "$tree/tmp/dnf.conf" --installroot "$tree" --releasever 12 --noplugins --setopt=module_platform_id=platform:deb12 \
	--setopt=install_weak_deps=False --setopt=reposdir=/nonexistent --setopt=tsflags=nodocs "$@"
