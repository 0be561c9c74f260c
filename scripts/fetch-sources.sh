#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Obtain the third-party sources that the modules are compiled from: Lua and the few files of klibc. None
# is committed; each is pinned by version and sha256 (lua/pin, klibc/pin) and changed by a patch series.
#
# Usage: fetch-sources.sh [--force] [TARBALL...]
#
# A tarball comes from, in this order: the command line or LUA=, KLIBC=, the cache folder, the upstream
# release address, the package manager's source archive. The cache keeps a tarball that has the right contents.
# Results: lua/src/, klibc/src/. A result that already matches pin and patches is left alone.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/lunatik
force=
tarballs=
work=

say() { echo "fetch-sources: $*" >&2; }

die() {
	say "$*"
	exit 1
}

cleanup() {
	[ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Read one value of a pin file.
pin() {
	sed -n "s/^$2=//p" "$top/$1/pin"
}

# True when a file has the pinned contents.
verified() {
	[ -f "$2" ] && [ "$(sha256sum "$2" | cut -d' ' -f1)" = "$(pin "$1" sha256)" ]
}

# Put a verified tarball into the cache, atomically.
keep() {
	mkdir -p "$cache"
	cp "$2" "$cache/.$$.part"
	mv "$cache/.$$.part" "$cache/$(basename "$(pin "$1" url)")"
}

# From the command line or the variable named after the component.
from_user() {
	case $1 in lua) given=${LUA:-} ;; *) given=${KLIBC:-} ;; esac
	for tarball in $given $tarballs; do
		# the command line's are known by their names
		case $tarball in "$given" | *"$1"-[0-9]*) ;; *) continue ;; esac
		if verified "$1" "$tarball"; then
			keep "$1" "$tarball"
			return 0
		fi
		die "$tarball: missing, or its sha256 is not the pinned one of $1"
	done
	return 1
}

from_cache() {
	file=$cache/$(basename "$(pin "$1" url)")
	[ -e "$file" ] || return 1
	verified "$1" "$file" && return 0
	say "$1: $file: sha256 differs from the pin, ignored"
	return 1
}

from_upstream() {
	file=$work/upstream-$1
	url=$(pin "$1" url)
	if command -v curl >/dev/null; then
		curl -fsSL --connect-timeout 10 --max-time 120 -o "$file" "$url" 2>/dev/null || status=$?
	elif command -v wget >/dev/null; then
		wget -q -T 20 -t 1 -O "$file" "$url" || status=$?
	else
		say "$1: $url: neither curl nor wget is installed"
		return 1
	fi
	if [ "${status:-0}" -ne 0 ]; then
		say "$1: $url: download failed (status $status)"
		status=0
		return 1
	fi
	verified "$1" "$file" || { say "$1: $url: sha256 differs from the pin"; return 1; }
	keep "$1" "$file"
}

# The archive addresses that apt already uses for this distribution's main suite, one a line.
# shellcheck disable=SC2016 # the format is apt's, not the shell's
mirrors() {
	apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(COMPONENT) $(LABEL)' 2>/dev/null |
		awk '$2 == "Debian" && $3 == "main" && $4 == "Debian" { print $1 }' | sort -u
}

# apt-get with a source list, package lists and cache of its own: the machine's are not touched. The pin decides what
# is taken, so that an archive whose index is too old serves as well.
private_apt() {
	apt-get -qq -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" \
		-o Acquire::Check-Valid-Until=false -o APT::Sandbox::User= -o APT::Get::Only-Source=true "$@" 2>/dev/null
}

# The source package of one suite. The archive may have replaced the packaging and still have the tarball, so that
# what arrived is looked at even if apt-get failed.
from_suite() {
	rm -rf "$work/apt" "$work/$1-source"
	mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/$1-source"
	mirrors | sed "s|.*|deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] & $2 main|" \
		>"$work/apt/sources.list"
	[ -s "$work/apt/sources.list" ] || { say "$1: apt has no Debian archive configured"; return 1; }
	private_apt update || { say "$1: apt-get update of $2's sources failed"; return 1; }
	(cd "$work/$1-source" && private_apt source --download-only "$(pin "$1" source)") || true
	for file in "$work/$1-source"/*.orig.tar.*; do
		verified "$1" "$file" && keep "$1" "$file" && return 0
	done
	say "$1: no file of apt-get source $(pin "$1" source) from $2 has the pinned sha256"
	return 1
}

from_apt() {
	command -v apt-get >/dev/null || { say "$1: no apt-get on this machine"; return 1; }
	for suite in $(pin "$1" suite); do
		from_suite "$1" "$suite" && return 0
	done
	return 1
}

# The files taken out of each tarball, relative to its top folder: only those that are compiled.
wanted() {
	case $1 in
	lua) echo 'src/*.c src/*.h' ;;
	klibc) printf 'usr/klibc/arch/%s/setjmp.S usr/include/arch/%s/klibc/archsetjmp.h ' x86_64 x86_64 arm64 arm64 ;;
	esac
}

# Names the contents of a result: pin, series, patches, and the rules in this script.
stamp() {
	cat "$top/$1/pin" "$top/$1/patches/"* "$0" 2>/dev/null | sha256sum | cut -d' ' -f1
}

# shellcheck disable=SC2086 # patterns is a list
unpack() {
	new=$work/new-$1
	mkdir -p "$new"
	patterns=
	for pattern in $(set -f; wanted "$1"); do
		patterns="$patterns $(pin "$1" name)-$(pin "$1" version)/$pattern"
	done
	(set -f; tar -xf "$cache/$(basename "$(pin "$1" url)")" -C "$new" --strip-components=1 --wildcards $patterns)
	case $1 in
	lua)
		mv "$new"/src/* "$new" && rmdir "$new/src"
		# neither interpreter nor compiler, no bytecode, none of what the kernel has no use for
		(cd "$new" && rm -f lua.c luac.c ldump.c lundump.c linit.c liolib.c loslib.c lmathlib.c ldblib.c loadlib.c lua.hpp)
		;;
	klibc)
		# In folders that the kernel has for its architectures, too.
		mv "$new/usr/klibc/arch/x86_64" "$new/x86"
		mv "$new/usr/klibc/arch/arm64" "$new/arm64"
		mv "$new/usr/include/arch/x86_64/klibc/archsetjmp.h" "$new/x86/"
		mv "$new/usr/include/arch/arm64/klibc/archsetjmp.h" "$new/arm64/"
		rm -rf "${new:?}/usr"
		;;
	esac
}

apply() {
	[ -f "$top/$1/patches/series" ] || return 0
	grep -v '^#' "$top/$1/patches/series" | while read -r name; do
		[ -n "$name" ] || continue
		patch -s -p1 --no-backup-if-mismatch -F0 -d "$work/new-$1" <"$top/$1/patches/$name" >&2 ||
			die "$1: $name does not apply"
	done
}

obtain() {
	from_user "$1" || from_cache "$1" || from_upstream "$1" || from_apt "$1" ||
		die "$1 $(pin "$1" version): not obtained; put $(basename "$(pin "$1" url)") into $cache"
}

component() {
	want=$(stamp "$1")
	if [ -z "$force" ] && [ "$(cat "$top/$1/src/.stamp" 2>/dev/null)" = "$want" ]; then
		return 0
	fi
	obtain "$1"
	unpack "$1"
	apply "$1"
	echo "$want" >"$work/new-$1/.stamp"
	rm -rf "$top/$1/src"
	mv "$work/new-$1" "$top/$1/src"
	say "$1 $(pin "$1" version): ready in $1/src"
}

for argument; do
	case $argument in
	--force) force=1 ;;
	-*) die "usage: fetch-sources.sh [--force] [TARBALL...]" ;;
	*) tarballs="$tarballs $argument" ;;
	esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/lunatik-sources.XXXXXX")
component lua
component klibc
