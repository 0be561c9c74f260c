#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every script of scripts/ prints in the kernel what it prints under the system's Lua 5.4, except where `exceptions`
# says; such a script carries its own expected output, in lines that begin with "-->".
# shellcheck source=../lib.sh
. ../lib.sh

here=$PWD

# Does an exception name this script?
excepted() {
	sed 's/#.*//' exceptions | grep -qx "$1[[:space:]]*"
}

# Print what a script has to print.
expected() {
	if excepted "$1"; then
		sed -n 's/^--> //p' "scripts/$1.lua"
	else
		(cd scripts && lua5.4 "$1.lua") 2>&1
	fi
}

# Chunk names differ: the kernel's is the path below the script folders.
actual() {
	within 60 lunatik run "tests/lua/scripts/$1" 2>&1 | sed "s,/lib/modules/lua/tests/lua/scripts/,,g"
	lunatik stop "tests/lua/scripts/$1" > /dev/null 2>&1
}

same() {
	diff <(expected "$1") <(actual "$1")
}

check "the modules load" lunatik load
cd "$here" || exit
for script in scripts/*.lua; do
	name=$(basename "$script" .lua)
	check "$name" same "$name"
done
