#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# List what is newer in the distribution's archive than what the project pins (Lua, klibc) or tests on (the kernels
# of ci/kernels). It decides nothing: the status is 0 whatever it finds, and a line says what could not be looked up.
#
# Usage: upstream.sh [--tested FOLDER]
#   --tested  a folder with KERNEL/version for each kernel that was tested (default: the newest root of the cache)
set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lunatik-upstream.XXXXXX")
trap 'rm -rf "$work"' EXIT
tested=
[ "${1:-}" != --tested ] || tested=${2:?--tested needs a folder}
# shellcheck disable=SC2012 # names of our own
[ -n "$tested" ] || tested=$(ls -dt "${XDG_CACHE_HOME:-$HOME/.cache}"/lunatik/root-*/ 2> /dev/null | head -n 1)

# Read one value of a pin file.
pin() { sed -n "s/^$2=//p" "$top/$1/pin"; }

# The archive addresses that apt uses for a suite, one a line: those of security have another one.
# shellcheck disable=SC2016 # the format is apt's, not the shell's
mirrors() {
	local label=Debian
	case $1 in *-security) label=Debian-Security ;; esac
	apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(COMPONENT) $(LABEL)' 2> /dev/null |
		awk -v label="$label" '$2 == "Debian" && $3 == "main" && $4 == label { print $1 }' | sort -u
}

# apt for one suite and one type of index, with lists of its own.
private_apt() {
	local suite=$1 type=$2
	shift 2
	mkdir -p "$work/$type-$suite/lists/partial" "$work/$type-$suite/cache/archives/partial"
	[ -s "$work/$type-$suite/sources.list" ] || mirrors "$suite" |
		sed "s|.*|$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] & $suite main|" > "$work/$type-$suite/sources.list"
	"$@" -o Dir::Etc::SourceList="$work/$type-$suite/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$work/$type-$suite/lists" -o Dir::Cache="$work/$type-$suite/cache" \
		-o Acquire::Check-Valid-Until=false -o APT::Sandbox::User= 2> /dev/null
}

# Fetch a suite's index once.
update() {
	local suite=$1 type=$2
	[ ! -e "$work/$type-$suite/failed" ] || return 1
	[ ! -e "$work/$type-$suite/updated" ] || return 0
	if private_apt "$suite" "$type" apt-get -qq update > /dev/null && [ -s "$work/$type-$suite/sources.list" ]; then
		touch "$work/$type-$suite/updated"
	else
		touch "$work/$type-$suite/failed"
		echo "$suite: its index cannot be read"
		return 1
	fi
}

# The newest upstream version of a source package in some suites, without the packaging's revision.
newest_source() {
	local package=$1 suite
	shift
	for suite; do
		update "$suite" deb-src >&2 || continue
		private_apt "$suite" deb-src apt-cache showsrc --only-source "$package" |
			sed -n 's/^Version: \(.*\)-[^-]*$/\1/p' | sed 's/^[0-9]*://'
	done | sort -V | tail -n 1
}

report() {
	if [ -z "$3" ]; then
		echo "$1: not found in the archive"
	elif [ "$2" = "$3" ] || [ "$(printf '%s\n%s\n' "$2" "$3" | sort -V | tail -n 1)" = "$2" ]; then
		echo "$1: $2 is the newest"
	else
		echo "$1: $3 is newer than $2"
	fi
}

# The newest kernel of a line of ci/kernels that has both image and headers.
newest_kernel() {
	local suite=$1 image=$2 headers=$3
	update "$suite" deb >&2 || return 0
	private_apt "$suite" deb apt-cache pkgnames > "$work/names"
	comm -12 <(sed -nE "s/^$image\$/\1/p" "$work/names" | sort) <(sed -nE "s/^$headers\$/\1/p" "$work/names" | sort) |
		sort -V | tail -n 1
}

if ! command -v apt-get > /dev/null; then
	echo "no apt-get on this machine: nothing can be looked up"
	exit 0
fi
report Lua "$(pin lua version)" "$(newest_source "$(pin lua source)" forky sid)"
report klibc "$(pin klibc version)" "$(newest_source "$(pin klibc source)" forky sid)"
sed '/^ *#/d; /^ *$/d' "$top/ci/kernels" | while read -r name suite _ image headers _; do
	version=$(cat "${tested%/}/$name/version" 2> /dev/null || true)
	if [[ $image != *"$(dpkg --print-architecture)"* ]]; then
		echo "kernel $name: of another architecture, not looked up"
	elif [ -z "$version" ]; then
		echo "kernel $name: $(newest_kernel "$suite" "$image" "$headers") is in the archive, none was tested here"
	else
		report "kernel $name" "$version" "$(newest_kernel "$suite" "$image" "$headers")"
	fi
done
exit 0
