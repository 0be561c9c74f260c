# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Sourced after sources.sh: Debian's package of a kernel's sources, for the debug kernel and for checkpatch.pl.

package=linux-source-6.12

# Print the newest version of the source package, from the archive at most once a day.
source_version() {
	local file=$cache/$package.version
	if [ -z "$(find "$file" -mtime -1 2> /dev/null)" ]; then
		setup_apt
		if debian_apt apt-get update -qq >&2 &&
			debian_apt apt-cache madison "$package" | awk 'NR == 1 { print $3 }' > "$file.new" && [ -s "$file.new" ]; then
			mv "$file.new" "$file"
		else
			[ -e "$file" ] || die "cannot ask the archive for $package"
			say "the archive does not answer: using $package of $(date -r "$file" +%F)"
		fi
	fi
	cat "$file"
}

# Leave the tarball of the sources in a folder: FOLDER VERSION.
fetch_source() {
	setup_apt
	(cd "$1" && debian_apt apt-get -q download "$package=$2") >&2
	dpkg-deb --fsys-tarfile "$1"/*.deb | tar -C "$1" --strip-components=3 -x "./usr/src/$package.tar.xz"
	rm "$1"/*.deb
}
