#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The control device without the command: write a chunk, read its result.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

lunatik load
check "the node is root's alone" output_is '600 root root' stat -c '%a %U %G' /dev/lunatik

# Condition: on one open file, CHUNK reads back as TEXT.
answers() {
	local text=$2 got
	exec 3<> /dev/lunatik
	printf '%s' "$1" >&3
	got=$(timeout $((10 * test_slow)) cat <&3)
	exec 3>&-
	[ "$got" = "$text" ] || { echo "$got"; return 1; }
}
check "a result" answers 'return 42' 42
check "the first result only" answers 'return 1, 2' 1
check "nil" answers 'return nil' nil
check "no result" answers 'x = 1' ''
check "an error's message" answers 'error("oops", 0)' oops
check "a framed answer" answers $'\1print("out") return 1, 2' $'ok 4 0 3\nout\n1\t2'
check "a framed error" answers $'\1error(setmetatable({}, {__tostring = function() return "own" end}))' $'error 0 0 3\nown'

pieces() {
	local first rest
	exec 3<> /dev/lunatik
	printf 'return "abcdef"' >&3
	first=$(timeout $((10 * test_slow)) dd bs=2 count=1 2> /dev/null <&3)
	rest=$(timeout $((10 * test_slow)) cat <&3)
	exec 3>&-
	[ "$first $rest" = 'ab cdef' ] || { echo "$first $rest"; return 1; }
}
check "what one read leaves, the next gets" pieces

apart() {
	local one two
	exec 3<> /dev/lunatik 4<> /dev/lunatik
	printf 'x = 1 return "one"' >&3
	printf 'return "two" .. tostring(x)' >&4
	one=$(timeout $((10 * test_slow)) cat <&3)
	two=$(timeout $((10 * test_slow)) cat <&4)
	exec 3>&- 4>&-
	[ "$one $two" = 'one twonil' ] || { echo "$one $two"; return 1; }
}
check "two open files see nothing of each other" apart

# Condition: a script whose device's name is taken does not run, and its message describes the obstacle: KIND TEXT.
taken() {
	local status=0
	case $1 in
	file) echo 1 > /dev/passwd ;;
	folder) mkdir /dev/passwd ;;
	esac
	fails_with 1 lunatik run examples/passwd && [[ $output == *"$2"* ]] || status=1
	rm -r /dev/passwd
	[ "$status" = 0 ] || echo "$output"
	return "$status"
}
check "the error names a regular file in the device's place" taken file "'/dev/passwd' is a regular file: remove it"
check "and a folder" taken folder "'/dev/passwd' is a directory: choose another name"
check "without it, the device is made" lunatik run examples/passwd

held() {
	local status=0
	exec 7< /dev/passwd
	fails_with 1 within 60 lunatik unload && [[ $output == *"lunatik: /dev/passwd is open in bash (process $$): end it, then try again"* ]] || status=1
	exec 7<&-
	[ "$status" = 0 ] || echo "$output"
	return "$status"
}
check "unload names the process that has a device open" held
check "and removes the modules without it" within 60 lunatik unload
