#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Obtain the tests of Lua's authors, which are never committed, and write those that make sense here to a folder.
# Blank lines replace what tests/lua/official/exceptions leaves out, so that line numbers stay.
# tests/lua/official/prelude.lua replaces the first line, which is a comment.
#
# Usage: fetch-lua-tests.sh [--cached] FOLDER PATH
#
#	--cached  do not download anything
#	PATH      the folder as Lua will see it, for require
#
# They come from, in this order: the folder or tarball named by LUA_TESTS=, the cache folder, upstream's address. The
# pin is the name that git gives to the tree.
# Status 77, with the reason on standard error: the tests cannot be had.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
own=$top/tests/lua/official
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/lunatik
cached=
if [ "${1:-}" = --cached ]; then
	cached=1
	shift
fi
[ $# = 2 ] || { echo "usage: fetch-lua-tests.sh [--cached] FOLDER PATH" >&2; exit 2; }
folder=$1 path=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/lunatik-tests.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

pin() { sed -n "s/^$1=//p" "$own/pin"; }
home=$cache/lua-tests-$(pin tree)

unavailable() {
	echo "the tests of Lua $(pin version): $*" >&2
	exit 77
}

# Print git's name of a folder's contents.
tree_of() {
	rm -rf "$work/git"
	git init -q --bare "$work/git"
	git --git-dir="$work/git" --work-tree="$1" -c core.autocrlf=false -c core.fileMode=true add -A -f .
	git --git-dir="$work/git" write-tree
}

# Put a folder with the right contents into the cache, atomically.
keep() {
	[ "$(tree_of "$1")" = "$(pin tree)" ] || return 1
	mkdir -p "$cache"
	rm -rf "$home.$$"
	cp -R "$1" "$home.$$"
	mv "$home.$$" "$home" 2>/dev/null || rm -rf "$home.$$"
}

# The folder of the tests in a tarball: the one that has all.lua.
unpack() {
	mkdir -p "$work/tarball"
	tar -xf "$1" -C "$work/tarball" || return 1
	keep "$(dirname "$(find "$work/tarball" -name all.lua | head -n 1)")"
}

from_user() {
	if [ -d "$LUA_TESTS" ]; then keep "$LUA_TESTS"; else unpack "$LUA_TESTS"; fi ||
		unavailable "$LUA_TESTS is not the tree $(pin tree)"
}

from_upstream() {
	[ -z "$cached" ] || unavailable "not in the cache ($home)"
	command -v curl >/dev/null || unavailable "not in the cache, and curl is not installed"
	curl -fsSL --connect-timeout 10 --max-time 120 -o "$work/archive" "$(pin url)" 2>/dev/null ||
		unavailable "not in the cache, and $(pin url) cannot be downloaded"
	unpack "$work/archive" || unavailable "$(pin url) is not the tree $(pin tree)"
}

# Write one file without its exceptions. 2^N is written with the operator that integers have.
adapt() {
	awk -v name="$1" -v prelude="$(tr '\n' ' ' <"$work/prelude")" '
		FNR == NR { if ($1 == name && $2 ~ /^[0-9]/) { split($2, r, "-"); last[r[1]] = r[2] ? r[2] : r[1] } next }
		FNR in last && last[FNR] > end { end = last[FNR] }
		FNR == 1 { print prelude ($0 ~ /^--/ ? "" : $0); next }
		FNR <= end { print ""; next }
		{ print }' "$own/exceptions" "$home/$1.lua" | sed -E 's/\<2\^([0-9]+)/(1 << \1)/g' >"$folder/$1.lua"
}

if [ -n "${LUA_TESTS:-}" ]; then
	from_user
elif [ ! -d "$home" ]; then
	from_upstream
fi
mkdir -p "$folder"
sed -e '/^--/d' -e "s|@PATH@|$path|" "$own/prelude.lua" >"$work/prelude"
for file in "$home"/*.lua; do
	name=$(basename "$file" .lua)
	grep -q "^${name}[[:space:]]*-[[:space:]]" "$own/exceptions" || adapt "$name"
done
