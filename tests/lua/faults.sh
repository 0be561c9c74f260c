#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Faults that Lua's authors have mended since 5.4.7, and some of ours, do not come back: each script of faults/ ends without an error, and the
# kernel reports nothing. A line "-- memory: BYTES" is a script's limit.
# shellcheck source=../lib.sh
. ../lib.sh

# Condition: a script runs to its end.
ends() {
	local memory
	memory=$(sed -n 's/^-- memory: //p' "faults/$1.lua")
	within 100 lunatik run "tests/lua/faults/$1" ${memory:+--memory "$memory"} && lunatik stop "tests/lua/faults/$1"
}

check "the modules load" lunatik load
for script in faults/*.lua; do
	name=$(basename "$script" .lua)
	check "$name" ends "$name"
done
