#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Tests of native code as an ordinary program (main.c), in seconds and without a virtual machine, built with
# AddressSanitizer and UBSan:
#
#   script     every script of ../scripts does the same in native code as in the interpreter, wherever it exits
#   generated  so do random programs; after some seconds there are enough of them
#   refused    the check of finished programs refuses unsafe ones, which no translator has made (refused.c)
#   unchecked  they do without the check of finished programs, too: it refuses none, and is needed by none
#
# With --mutations, in some minutes:
#
#   mutation   the translator, broken in each way of mutations, one at a time: the comparison differs, or the check of
#              finished programs refuses one; each line tells which
#
# Usage: run.sh [--mutations | --long SECONDS [SEED]]
#
# With --long, generated alone, for so long. Prints KTAP and, at the end, "N passed, N failed".
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lunatik-jit.XXXXXX")
trap 'rm -rf "$work"' EXIT
number=0 failed=0
programs=15000
seconds=60
mutants=1500

result() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		echo "not ok $number $1"
		echo "$2" | head -n 200 | sed 's/^/# /'
	fi
}

# build PROGRAM FOLDER FLAG...: with the translator of a folder; PROGRAM.c is main.c unless it is there
build() {
	local program=$1 folder=$2 source=$here/$1.c
	shift 2
	[ -e "$source" ] || source=$here/main.c
	"${CC:-gcc}" -g -Wall -Wno-maybe-uninitialized -fno-strict-aliasing "$@" \
		-I"$top/lua/kernel" -I"$top/lua/src" -I"$folder" "$source" -o "$work/$program"
}

# sanitized PROGRAM
sanitized() {
	build "$1" "$top/src/core/jit" -O1 -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all
}

# run OPTION...: its output, if it fails
run() {
	local said
	said=$(timeout $((seconds + 120)) "$work/jit" "$@" 2>&1) || echo "exit status $?: $said"
}

scripts() {
	local file
	for file in "$here"/../scripts/*.lua; do
		result "script $(basename "$file" .lua)" "$(run "$file")"
	done
}

comparisons() {
	sanitized jit && sanitized refused || return
	scripts
	result refused "$("$work/refused" 2>&1)"
	result generated "$(run -n $programs -t $seconds)"
	result unchecked "$(run -c -s 1000000 -n $((programs / 10)) -t $seconds)"
}

long() {
	sanitized jit || return
	seconds=$1
	result "generated for $1 s" "$(run -s "${2:-2000000}" -n 1000000000 -t "$1")"
}

# found OPTION...: whether the broken translator is found, and by what
found() {
	local said status
	said=$(timeout 60 "$work/mutant" "$@" 2>&1)
	status=$?
	[ $status != 0 ] || return 1
	case $said in
	*REFUSED*) by=check ;;
	*"NOT TRANSLATED"*) by=translator ;;
	*) by=comparison ;;
	esac
}

mutation() {
	local name=$1 by='' why=''
	if ! build mutant "$work/sources" -O1 -w; then
		why='does not compile'
	elif ! found "$here"/../scripts/*.lua && ! found -n $mutants; then
		why="nothing has found it"
	fi
	result "mutation: $name${by:+, found by the $by}" "$why"
}

mutations() {
	local n name status
	for ((n = 1; ; n++)); do
		rm -rf "$work/sources"
		cp -r "$top/src/core/jit" "$work/sources"
		name=$(lua5.4 "$here/mutate.lua" "$here/mutations" $n "$work/sources" 2>"$work/why")
		status=$?
		[ $status != 2 ] || return 0
		if [ $status = 0 ]; then
			mutation "$name"
		else
			result "mutation: $name" "$(cat "$work/why")"
		fi
	done
}

main() {
	echo "KTAP version 1"
	case ${1-} in
	--mutations) mutations ;;
	--long) long "${@:2}" ;;
	*) comparisons ;;
	esac || { echo "Bail out! no host build"; exit 1; }
	echo "1..$number"
	echo "$((number - failed)) passed, $failed failed"
	[ $failed = 0 ]
}

main "$@"
