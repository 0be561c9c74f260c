#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every script of scripts/ prints in the kernel what it prints under the system's Lua 5.4, except where `exceptions`
# says; such a script carries its own expected output, in lines that begin with "-->".
# shellcheck source=../lib.sh
. ../lib.sh

work=$(mktemp -d)
on_exit rm -rf "$work"
release=$(lua5.4 -v | sed 's/^Lua 5\.4\.\([0-9]*\).*/\1/')
excepted=" $(sed 's/#.*//' exceptions | awk -v release="$release" 'NF == 1 || release + 0 < $2 + 0 { print $1 }' | tr '\n' ' ') "

# Write what a script has to print to a file.
expect() {
	if [[ $excepted == *" $1 "* ]]; then
		sed -n 's/^--> //p' "scripts/$1.lua"
	else
		(cd scripts && exec lua5.4 "$1.lua") 2>&1
	fi > "$work/expected"
}

# Run scripts, each in a runtime of its own but all from one session: a command for each would take minutes here.
# The output of each ends up in a file; chunk names are paths below the script folders in the kernel.
run_scripts() {
	local name
	for name in "$@"; do
		echo "print('@@@ $name') do local ok, rt = pcall(lunatik.runtime, 'tests/lua/scripts/$name') if ok then rt:stop() else print(rt) end end"
	done | within 200 lunatik 2>&1 |
		sed 's,/lib/modules/lua/tests/lua/scripts/,,g' |
		awk -v work="$work" '$1 == "@@@" { file = work "/" $2; next } { print > file }'
}

check "the modules load" lunatik load
mapfile -t names < <(basename -s .lua scripts/*.lua)
for ((i = 0; i < ${#names[@]}; i += 40)); do
	run_scripts "${names[@]:i:40}"
done
for name in "${names[@]}"; do
	expect "$name"
	: >> "$work/$name"
	# check() would take ten processes for each of a few hundred scripts.
	if difference=$(diff "$work/expected" "$work/$name"); then
		ok "$name"
	else
		not_ok "$name" "$difference"
	fi
done
