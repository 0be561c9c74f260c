#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Build the Debian packages from the release tarball alone, without a network, into build/deb.
#
# Usage: build-deb.sh [OUT [WORK]]   (the packages' folder and a folder to build in; both are replaced)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
tarball=$(scripts/packages/dist.sh)
out=${1:-build/deb}
work=${2:-build/deb.work}
key=$(find debian -type f -print0 | sort -z | xargs -0 cat "$tarball" | sha256sum)

if [ "$(cat "$out/.key" 2>/dev/null)" = "$key" ]; then
	ls "$out"/*.deb
	exit 0
fi
rm -rf "$out" "$work"
mkdir -p "$out" "$work"
cp "$tarball" "$work/lunatik_$version.orig.tar.gz"
tar -xf "$tarball" -C "$work"
cp -a debian "$work/lunatik-$version/"
if ! (cd "$work/lunatik-$version" && unset MAKEFLAGS MFLAGS MAKELEVEL && dpkg-buildpackage -us -uc) >"$work/log" 2>&1; then
	tail -n 40 "$work/log" >&2
	echo "lunatik: the packages do not build (log: $work/log)" >&2
	exit 1
fi
mv "$work"/*.deb "$work"/*.dsc "$work"/*.tar.* "$work"/*.changes "$work"/*.buildinfo "$out/"
mv "$work/log" "$out/build.log"
rm -rf "$work"
echo "$key" >"$out/.key"
ls "$out"/*.deb
