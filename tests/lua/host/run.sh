#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Tests of the kernel's Lua as an ordinary program (main.c), in seconds and without a virtual machine:
#
#   difference  every script of ../scripts prints the same under the system's Lua 5.4, except where ../exceptions says
#   hostile     every script of ../hostile ends: by the error that its second line names, within its budget of units,
#               of processor time and of C stack, in entries that may sleep and in entries that may not
#   depth       ../depth.lua: C nests as deep as documented
#   official    the tests of Lua's authors, except where ../official/exceptions says (scripts/fetch-lua-tests.sh)
#   fault       every script of ../faults ends without an error (AddressSanitizer sees more of them than a plain build)
#
# With --sanitize, built with AddressSanitizer and UBSan, larger limits on time and stack, and also:
#
#   memory      scripts end cleanly, nothing leaked, wherever memory runs out
#   abort       the same, wherever the budget runs out
#
# With --official, official and fault alone, built as with --sanitize.
#
# Usage: run.sh [--sanitize | --official]
#
# Prints KTAP and, at the end, "N passed, N failed".
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lunatik-lua.XXXXXX")
trap 'rm -rf "$work"' EXIT
klua=$work/klua
number=0 failed=0
sanitize=''
only=''
case ${1-} in
--sanitize) sanitize=1 ;;
--official) sanitize=1 only=1 ;;
esac

# Units of an entry that may not sleep by default, and what that may take on a slow, busy machine.
budget=100000
milliseconds=400
# A kernel stack of 16 KiB, 5 KiB of it reserved: 11 KiB for Lua.
stack=16384
reserve=5120
[ -z "$sanitize" ] || stack=65536 reserve=20480 milliseconds=60000

result() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		echo "not ok $number $1"
		echo "$2" | head -n 20 | sed 's/^/# /'
	fi
}

build() {
	local flags=(-O2 -fstack-protector-strong)
	[ -z "$sanitize" ] || flags=(-O1 -fsanitize=address "-fsanitize=undefined" -fno-sanitize-recover=all)
	"${CC:-gcc}" -g -Wall -Wno-maybe-uninitialized -fno-strict-aliasing "${flags[@]}" \
		-I"$top/lua/kernel" -I"$top/lua/src" "$here/main.c" -Wl,-z,now -o "$klua"
}

# Does an exception name this script? It then says itself what it prints.
excepted() {
	sed 's/#.*//' "$here/../exceptions" | grep -qx "$1[[:space:]]*"
}

difference() {
	local name=$1 want got
	want=$work/want got=$work/got
	if excepted "$name"; then
		sed -n 's/^--> //p' "$here/../scripts/$name.lua" >"$want"
	else
		(cd "$here/../scripts" && lua5.4 "$name.lua") >"$want" 2>&1
	fi
	(cd "$here/../scripts" && timeout 60 "$klua" "$name.lua") >"$got" 2>&1
	result "difference $name" "$(diff "$want" "$got" 2>&1)"
}

# The exit statuses that satisfy an expectation.
statuses() {
	case $1 in
	abort) echo 3 ;;
	error) echo 1 ;;
	any) echo 0 1 3 ;;
	esac
}

# One hostile script in one kind of entry.
hostile() {
	local name=$1 kind=$2 file=$here/../hostile/$1.lua said status time problem=''
	shift 2
	said=$(timeout 120 "$klua" -v -b $budget -s $stack -r $reserve "$@" "$file" 2>&1 >/dev/null)
	status=$?
	time=$(echo "$said" | sed -n 's/.*milliseconds=\([0-9]*\).*/\1/p')
	case " $(statuses "$(sed -n 's/^-- expect: //p' "$file")") " in
	*" $status "*) ;;
	*) problem="exit status $status" ;;
	esac
	[ "${time:-999999}" -le $milliseconds ] || problem="$problem; took ${time:-too many} ms"
	[ $status != 3 ] || [[ $said =~ :[0-9]+:\ budget\ exhausted ]] || problem="$problem; no script and line"
	[ -z "$problem" ] || problem="$problem; said: $said"
	result "hostile $name $kind" "$problem"
}

# One script for a fault that Lua had, or our patches.
fault() {
	local name=$1 file=$here/../faults/$1.lua memory said status problem=''
	memory=$(sed -n 's/^-- memory: //p' "$file")
	said=$(timeout 120 "$klua" -s 262144 -r 20480 ${memory:+-m "$memory"} "$file" 2>&1)
	status=$?
	[ $status = 0 ] || problem="exit status $status; said: $said"
	result "fault $name" "$problem"
}

# The official tests, if they can be had. A plain build runs on a stack as small as a kernel's; sanitizers need more.
official() {
	local file said status why folder=$work/official bytes=$stack
	[ -z "$sanitize" ] || bytes=1000000
	if ! why=$("$top/scripts/fetch-lua-tests.sh" "$folder" "$folder" 2>&1); then
		number=$((number + 1))
		echo "ok $number official # SKIP $why"
		return
	fi
	for file in "$folder"/*.lua; do
		said=$(cd "$folder" && timeout 300 "$klua" -s $bytes -r $reserve "$file" 2>&1 >/dev/null)
		status=$?
		result "official $(basename "$file" .lua)" "$([ $status = 0 ] || echo "exit status $status; said: $said")"
	done
}

# Run a script with each of some limits: it may fail, but not crash or leak.
sweep() {
	local kind=$1 name=$2 option=$3 limit status problem=''
	shift 3
	for limit; do
		timeout 120 "$klua" "$option" "$limit" "$here/../scripts/$name.lua" >"$work/swept" 2>&1
		status=$?
		case $status in
		0 | 1 | 3) ;;
		2) grep -q leaked "$work/swept" || continue ;;	# not even the state fits
		esac
		if [ $status -gt 3 ] || grep -qE 'Sanitizer|leaked' "$work/swept"; then
			problem+="$option $limit: status $status: $(head -n 3 "$work/swept")"$'\n'
		fi
	done
	result "$kind $name" "$problem"
}

sweeps() {
	local name
	for name in coroutine_basic close_error meta_gc pattern_gsub_function string_format_quoted load_errors \
		table_sort_large package_preload coroutine_meta; do
		# shellcheck disable=SC2046 # a list
		sweep memory "$name" -m $(seq 24000 1700 90000)
		sweep abort "$name" -b 50 120 333 777 1500 2222 3100 5000 9000
	done
}

# The nesting that is documented fits on a kernel stack.
depth() {
	local said status
	said=$("$klua" -s $stack -r $reserve "$here/../depth.lua" 2>&1)
	status=$?
	result "depth" "$([ $status = 0 ] || echo "exit status $status; said: $said")"
}

# Compare the kernel's Lua with the system's, and attack it.
ours() {
	local file name
	for file in "$here"/../scripts/*.lua; do
		difference "$(basename "$file" .lua)"
	done
	for file in "$here"/../hostile/*.lua; do
		name=$(basename "$file" .lua)
		hostile "$name" sleeping
		hostile "$name" atomic -a -m 4194304
	done
}

main() {
	local file
	echo "KTAP version 1"
	build || { echo "Bail out! no host build"; exit 1; }
	[ -n "$only" ] || ours
	[ -n "$sanitize" ] || depth
	for file in "$here"/../faults/*.lua; do
		fault "$(basename "$file" .lua)"
	done
	official
	[ -z "$sanitize" ] || [ -n "$only" ] || sweeps
	echo "1..$number"
	echo "$((number - failed)) passed, $failed failed"
	[ $failed = 0 ]
}

main
