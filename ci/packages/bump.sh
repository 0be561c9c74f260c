#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# bump.sh VERSION OUT: build the packages of this tree under another version, in a copy of it, for tests of upgrades.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
version=$1 out=$2

tarball=$top/$(cd "$top" && scripts/packages/dist.sh)
key=$({ find "$top/debian" -type f -print0 | sort -z | xargs -0 cat "$tarball"; echo "$version"; cat "$0"; } | hash)
[ "$(cat "$out/.bumped" 2> /dev/null)" != "$key" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack_as "$version" "$tarball" "$work"
cp -a "$top/debian" "$work/"
sed -i "1s/(.*)/($version-1)/" "$work/debian/changelog"
"$work/scripts/packages/build-deb.sh" "$out" > /dev/null
echo "$key" > "$out/.bumped"
