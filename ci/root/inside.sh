#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# inside.sh TREE APT ARCHIVES DEBS COMMAND...: run a command in a root that can install from Debian's archive, as root of a
# mount namespace (see as_root). APT: the state of apt (ci/root/sources.sh), ARCHIVES: where downloaded packages are kept,
# DEBS: a folder, in there /debs.
set -euo pipefail
# shellcheck source=mounts.sh
. "$(dirname "$0")/mounts.sh"
tree=$1 apt=$2 archives=$3 debs=$4
shift 4

mount_tree
mkdir -p "$tree/debs" "$tree/var/lib/apt/lists" "$tree/var/cache/apt/archives" "$archives/partial"
mount --bind "$debs" "$tree/debs"
mount --bind "$apt/state/lists" "$tree/var/lib/apt/lists"
mount --bind "$archives" "$tree/var/cache/apt/archives"
# The name service of this machine.
for file in resolv.conf hosts; do
	[ -e "$tree/etc/$file" ] || : > "$tree/etc/$file"
	mount --bind "/etc/$file" "$tree/etc/$file"
done
inside "$@"
