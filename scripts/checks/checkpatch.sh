#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Run the kernel's checkpatch.pl on our C files. Prints the findings; status 1 if there is one, 77 if checkpatch.pl
# cannot be had. Exceptions, each with its reason: scripts/checks/checkpatch-exceptions.
#
# Usage: checkpatch.sh [--count] [--fetch] [FILE...]
#
#	--count   print how many findings of each type instead
#	--fetch   download Debian's linux-source package (140 MB, without installing it) where nothing holds checkpatch.pl
#	CHECKPATCH=FILE  this one
#
# checkpatch.pl is in no package of headers. It is taken from the sources of the debug kernel while these lie in the cache, or from
# an installed linux-source package, and is kept in the cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache=${LUNATIK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lunatik}
kept=$cache/checkpatch
parts=(scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch)

# Keep the three files of a source tree.
keep_tree() {
	mkdir -p "$kept.$$"
	cp "${parts[@]/#/$1/}" "$kept.$$/" 2>/dev/null || { rm -rf "$kept.$$"; return 1; }
	rm -rf "$kept"
	mv "$kept.$$" "$kept"
}

# The same of a tarball of Debian's sources: FILE, or - for standard input. The tree has the name of the package.
keep_tarball() {
	local work status=0
	work=$(mktemp -d)
	xz -dc "$1" | tar -C "$work" --strip-components=1 --wildcards -x "${parts[@]/#/*/}" && keep_tree "$work" || status=1
	rm -rf "$work"
	return "$status"
}

newest_package() { apt-cache search --names-only '^linux-source-[0-9.]+$' | awk '{ print $1 }' | sort -V | tail -n 1; }

fetch() {
	local package work status=0
	package=$(newest_package)
	[ -n "$package" ] || return 1
	work=$(mktemp -d)
	chmod 755 "$work"
	(cd "$work" && apt-get -q download "$package" >&2) &&
		dpkg-deb --fsys-tarfile "$work"/*.deb | tar -C "$work" -x "./usr/src/$package.tar.xz" &&
		keep_tarball "$work/usr/src/$package.tar.xz" || status=1
	rm -rf "$work"
	return "$status"
}

# Print where checkpatch.pl is.
find_checkpatch() {
	local source
	[ -z "${CHECKPATCH:-}" ] || { echo "$CHECKPATCH"; return; }
	if [ ! -e "$kept/checkpatch.pl" ]; then
		for source in "$cache"/debug-*/source /usr/src/linux-source-*/; do
			[ ! -e "$source/scripts/checkpatch.pl" ] || keep_tree "$source" || continue
		done
	fi
	[ -e "$kept/checkpatch.pl" ] || for source in /usr/src/linux-source-*.tar.xz; do
		[ ! -e "$source" ] || keep_tarball "$source" || continue
	done
	[ -e "$kept/checkpatch.pl" ] || [ "$fetch" = 0 ] || fetch
	[ -e "$kept/checkpatch.pl" ] && echo "$kept/checkpatch.pl"
}

# Standard input: FILE:LINE: LEVEL:TYPE: TEXT. Print what no exception covers.
filter() {
	local line file type pattern exception covered
	while IFS= read -r line; do
		file=${line%%:*}
		type=$(sed -E 's/^[^ ]* [A-Z]+:([A-Z0-9_]+):.*/\1/' <<<"$line")
		covered=0
		while read -r exception pattern _; do
			# shellcheck disable=SC2053 # a pattern
			if [ "$exception" = "$type" ] && [[ $file == $pattern ]]; then covered=1; fi
		done < <(grep -v '^#' scripts/checks/checkpatch-exceptions)
		[ "$covered" = 1 ] || printf '%s\n' "$line"
	done
}

count=0 fetch=0
while :; do
	case ${1-} in
	--count) count=1 ;;
	--fetch) fetch=1 ;;
	-*) echo "checkpatch.sh: unknown option $1" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
checkpatch=$(find_checkpatch) || {
	echo "checkpatch.sh: no checkpatch.pl: build the debug kernel (make check-debug), install linux-source, or use --fetch" >&2
	exit 77
}
command -v perl >/dev/null || { echo "checkpatch.sh: perl is not installed" >&2; exit 77; }
if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(git -c safe.directory='*' ls-files '*.c' '*.h')
fi
findings=$(printf '%s\n' "${files[@]}" | xargs -n 20 -P "$(nproc)" perl "$checkpatch" --no-tree --terse --show-types --no-summary -f 2>/dev/null |
	grep -E '^[^ ]+: (ERROR|WARNING|CHECK):' | filter || true)
if [ "$count" = 1 ]; then
	[ -z "$findings" ] || sed -E 's/^[^ ]* ([A-Z]+:[A-Z0-9_]+):.*/\1/' <<<"$findings" | sort | uniq -c | sort -rn
else
	[ -z "$findings" ] || printf '%s\n' "$findings"
fi
[ -z "$findings" ]
