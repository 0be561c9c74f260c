#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Build the source and binary RPMs from the release tarball alone, without a network, into build/rpm.
#
# Where rpm is not the system's own (Debian) nothing is known of Fedora's names: packages are not asked for, and programs are linked
# to libraries under the names that Fedora gives them. Packages for a release are better built in Fedora's root, by mock.
#
# Usage: build-rpm.sh [OUT [WORK]]   (the packages' folder and a folder to build in; both are replaced)
#
#	RELEASE=2	the packages' release (default: what rpm/lunatik.spec says)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

release=$(sed -n "s/^Release: *\([0-9]*\).*/\1/p" rpm/lunatik.spec)
tarball=$(scripts/packages/dist.sh)
out=${1:-build/rpm}
work=${2:-build/rpm.work}
key=$(cat "$tarball" "${BASH_SOURCE[0]}" <(echo "${RELEASE-}") | sha256sum)

# A library's functions under another name, for the linker: OUT takes the place of LIBRARY, programs ask for NAME.
link_name() {
	local library=$1 name=$2
	nm -D --defined-only "$(gcc -print-file-name="$library")" |
		awk '$2 == "T" { sub("@.*", "", $3); printf ".globl %s\n.type %s, @function\n%s:\n", $3, $3, $3 }' |
		gcc -shared -nostdlib -x assembler -Wl,-soname,"$name" -o "$links/$library" -
}

# Facts that rpm and the linker know on Fedora, but not on Debian.
as_on_fedora() {
	links=$PWD/$work/links
	mkdir "$links"
	link_name libedit.so libedit.so.0
	link_name liblua5.4.so liblua-5.4.so
	options+=(--nodeps --define '_unitdir /usr/lib/systemd/system' --define '_libdir /usr/lib64')
	# As redhat-rpm-config has them; position-independent code is Debian's compiler's own default.
	options+=(--define 'optflags -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2'
		--define "build_ldflags -s -L$links -Wl,-z,relro -Wl,-z,now")
}

if [ "$(cat "$out/.key" 2>/dev/null)" = "$key" ]; then
	ls "$out"/*.rpm
	exit 0
fi
command -v rpmbuild >/dev/null || { echo "lunatik: rpmbuild is not installed (package: rpm, or rpm-build)" >&2; exit 1; }
rm -rf "$out" "$work"
mkdir -p "$out" "$work"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(tar -tvf "$tarball" --full-time | awk 'NR == 1 { print $4 " " $5 }' | date -u -f - +%s)}
export SOURCE_DATE_EPOCH
options=(--define "_topdir $PWD/$work" --define "_sourcedir $PWD/${tarball%/*}" --define '_buildhost localhost'
	--define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1')
sed -E "s/^(Release: *)[0-9]+/\1${RELEASE:-$release}/" rpm/lunatik.spec >"$work/lunatik.spec"
[ -e /etc/fedora-release ] || as_on_fedora
if ! (unset MAKEFLAGS MFLAGS MAKELEVEL && rpmbuild -ba "${options[@]}" "$work/lunatik.spec") >"$work/log" 2>&1; then
	tail -n 40 "$work/log" >&2
	echo "lunatik: the RPMs do not build (log: $work/log)" >&2
	exit 1
fi
mv "$work"/RPMS/*/*.rpm "$work"/SRPMS/*.rpm "$out/"
mv "$work/log" "$out/build.log"
rm -rf "$work"
echo "$key" >"$out/.key"
ls "$out"/*.rpm
