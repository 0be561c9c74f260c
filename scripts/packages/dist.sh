#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Make the release tarball, build/dist/lunatik-VERSION.tar.gz: the files that git knows or would add, and the third-party
# sources, unpacked and patched, so that packages are built from it without a network. debian/ is not in it: it is
# laid over it. The same contents give the same bytes: sorted names, one owner, one time (SOURCE_DATE_EPOCH; else
# the last commit's, else the newest file's).
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
name=lunatik-$version

# A clone that belongs to somebody else (make as root) is not dubious for reading.
in_git() { git -c safe.directory='*' "$@"; }

files() {
	if [ -e .git ]; then
		in_git ls-files -z --cached --others --exclude-standard -- . ':!debian'
	else
		find . -path ./build -prune -o -path ./debian -prune -o -type f -printf '%P\0' -o -type l -printf '%P\0'
	fi
	find lua/src klibc/src -type f -print0
}

# Names of what exists; git also lists what was deleted in the work tree.
existing() {
	local file
	while IFS= read -r -d '' file; do
		if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
	done | sort -zu
}

epoch() {
	if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	elif [ -e .git ]; then
		in_git log -1 --format=%ct
	else
		files | xargs -0 stat -c %Y | sort -n | tail -n 1
	fi
}

scripts/fetch-sources.sh
mkdir -p build/dist
time=$(epoch)
files | existing | tar --create --no-recursion --null --transform="flags=r;s|^|$name/|" \
	--sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s --mtime="@$time" --format=gnu --files-from=- |
	gzip -9n >"build/dist/$name.tar.gz.part"
mv "build/dist/$name.tar.gz.part" "build/dist/$name.tar.gz"
echo "build/dist/$name.tar.gz"
