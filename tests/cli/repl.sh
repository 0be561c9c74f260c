#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Chunks read from a pipe.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# Condition: INPUT (with printf's escapes) gives STATUS and exactly OUT on standard output; the message matches ERR.
evaluates() {
	local status=$1 out=$2 pattern=$3 input=$4 got=0 message
	message=$(mktemp)
	# shellcheck disable=SC2059 # escapes are wanted
	output=$(printf "$input" | within 60 lunatik 2> "$message") || got=$?
	# shellcheck disable=SC2053 # the right side is a pattern
	if [ "$got" = "$status" ] && [ "$output" = "$out" ] && [[ $(< "$message") == $pattern ]]; then
		rm -f "$message"
		return 0
	fi
	printf 'status: %s, expected %s\nout: %s\nerr: ' "$got" "$status" "$output"
	cat "$message"
	rm -f "$message"
	return 1
}

lunatik load
check "return 42" evaluates 0 42 '' 'return 42\n'
check "an expression needs no return" evaluates 0 42 '' '6 * 7\n'
check "no value, no line" evaluates 0 '' '' 'x = 1\n'
check "several values, nil" evaluates 0 $'1\tnil\t3' '' 'return 1, nil, 3\n'
check "globals last as long as the session" evaluates 0 2 '' 'x = 1\nx + 1\n'
check "sessions do not share globals" evaluates 0 nil '' 'x\n'
check "print" evaluates 0 $'a\t1\nb' '' 'print("a", 1) print("b")\n'
check "several lines" evaluates 0 $'1\n2' '' 'for i = 1, 2 do\nprint(i)\nend\n'
check "the last line needs no newline" evaluates 0 5 '' '2 + 3'
check "a syntax error" evaluates 1 '' 'lunatik: stdin:1: *' 'x = = 1\n'
check "an incomplete end" evaluates 1 '' '*<eof>*' 'x = (\n'
check "an error, then more" evaluates 1 after $'lunatik: stdin:1: oops\nstack traceback:*' 'error("oops")\n"after"\n'
check "an error that is no string" evaluates 1 '' 'lunatik: table: *' 'error({})\n'
check "a __tostring that fails" evaluates 1 '' '*bad*' \
	'return setmetatable({}, {__tostring = function() error("bad") end})\n'
check "bytecode is refused" evaluates 1 '' '*binary*' 'return assert(load("\\27Lua"))\n'
check "no memory, and the session goes on" evaluates 1 after '*not enough memory*' \
	'local t = {} while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end\n"after"\n'
check "the runner" evaluates 0 $'hello\t42\nagain\ntests/cli/hello\ntrue' '' \
	'local r = lunatik.runner r.run("tests/cli/hello.lua") r.startup() print(r.list()) return r.stop("tests/cli/hello")\n'

long() {
	local size
	size=$(printf 'return ("%s"):rep(20)\n' "$(printf '%020000d' 1)" | within 60 lunatik | wc -c)
	[ "$size" = 400001 ] || { echo "$size bytes"; return 1; }
}
check "a chunk of 20 KB and a result of 400 KB" long

zero() {
	local bytes
	bytes=$(printf 'return "a\\0b"\n' | within 60 lunatik | od -An -c | tr -d ' ')
	[ "$bytes" = 'a\0b\n' ] || { echo "$bytes"; return 1; }
}
check "a result with a zero byte" zero
