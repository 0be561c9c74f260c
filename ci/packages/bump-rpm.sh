#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# bump-rpm.sh VERSION RELEASE OUT: build the RPMs of this tree under another version or release, in a copy of it, for tests of
# upgrades. `modinfo -F lunatik_release` of the core shows the version of its sources.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
version=$1 release=$2 out=$3

tarball=$top/$(cd "$top" && scripts/packages/dist.sh)
key=$({ cat "$tarball" "$0"; echo "$version $release"; } | hash)
[ "$(cat "$out/.bumped" 2> /dev/null)" != "$key" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack_as "$version" "$tarball" "$work"
sed -i "s/^\(Version: *\).*/\1$version/" "$work/rpm/lunatik.spec"
echo "MODULE_INFO(lunatik_release, \"$version-$release\");" >> "$work/src/core/main.c"
(cd "$work" && RELEASE=$release scripts/packages/build-rpm.sh > /dev/null)
mkdir -p "$out"
rm -f "$out"/*.rpm
mv "$work"/build/rpm/*.rpm "$out/"
echo "$key" > "$out/.bumped"
