#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The example systrack.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

only_one_cpu

count() { within 20 cat /dev/systrack | sed -n "s/^$1: //p"; }

grows() {
	local before after
	before=$(count openat)
	find /usr/share -maxdepth 2 > /dev/null
	after=$(count openat)
	[ "$after" -gt "$before" ] || { echo "$before, then $after"; return 1; }
}

# Condition: a file that somebody else reads meanwhile does not end another's.
two_readers() {
	local fd first second rest
	exec {fd}< /dev/systrack
	first=$(dd bs=4096 count=1 status=none <&"$fd")
	second=$(within 20 cat /dev/systrack)
	rest=$(dd bs=4096 count=1 status=none <&"$fd")
	exec {fd}<&-
	[ "$(grep -c ": [0-9]" <<< "$first")" = 6 ] && [ "$(grep -c ": [0-9]" <<< "$second")" = 6 ] && [ -z "$rest" ]
}

# Condition: a file that is read in small pieces gives the whole text.
in_pieces() {
	output_is 6 sh -c "$1 | grep -c '^[a-z]*: [0-9]*\$'"
}

# Condition: two files that are read in turns, byte by byte, each give the whole text.
in_turns() {
	local one two i first='' second=''
	exec {one}< /dev/systrack {two}< /dev/systrack
	for ((i = 0; i < 200; i++)); do
		read -r -N 1 -u "$one" && first+=$REPLY
		: < /proc/uptime
		read -r -N 1 -u "$two" && second+=$REPLY
	done
	exec {one}<&- {two}<&-
	printf '%s\n' "$first" "$second"
	[ "$(grep -c '^[a-z]*: [0-9]*$' <<< "$first")" = 6 ] && [ "$(grep -c '^[a-z]*: [0-9]*$' <<< "$second")" = 6 ]
}

under_load() {
	local i loads=() status=0
	for i in 1 2; do
		timeout $((120 * test_slow)) bash -c 'while :; do read -r < /proc/uptime; done' &
		loads+=($!)
	done
	for i in {1..5}; do
		if ! within 60 lunatik run examples/systrack || ! count read > /dev/null || ! stops examples/systrack; then
			status=1
			break
		fi
	done
	kill "${loads[@]}"
	return $status
}

check "systrack starts" starts examples/systrack
check "six lines" eval '[ "$(within 20 cat /dev/systrack | grep -c ": [0-9]")" = 6 ]'
check "counts grow" grows
check "D-EX-5: two readers" two_readers
check "in lines" in_pieces 'while read -r line; do echo "$line"; done < /dev/systrack'
check "in pieces of 5 bytes" in_pieces 'dd if=/dev/systrack bs=5 status=none'
check "byte by byte, beside another reader" in_turns
check "systrack stops" stops examples/systrack
check "under load" under_load
