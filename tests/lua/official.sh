#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The tests of Lua's authors run in the kernel, except where official/exceptions says. The machine has them if they were in
# the cache of scripts/fetch-lua-tests.sh when it started.
# shellcheck source=../lib.sh
. ../lib.sh

folder=/lib/modules/lua/tests/lua/official
[ -e $folder/events.lua ] || skip_all "$(cat official/unavailable)"
work=$(mktemp -d)
on_exit rm -rf "$work"

# Run scripts, each in a runtime of its own but all from one session: a command for each would take a minute here.
# A script that ends says so at the end of its file, any other one its error.
run_scripts() {
	local name
	for name in "$@"; do
		echo "print('@@@ $name') do local ok, rt = pcall(lunatik.runtime, 'tests/lua/official/$name') if ok then rt:stop() print('ran to its end') else print(rt) end end"
	done | within 100 lunatik 2>&1 |
		awk -v work="$work" '$1 == "@@@" { file = work "/" $2; next } file { print > file }'
}

check "the modules load" lunatik load
mapfile -t names < <(basename -s .lua "$folder"/*.lua | grep -vx prelude)
run_scripts "${names[@]}"
for name in "${names[@]}"; do
	check "$name" output_has 'ran to its end' tail -n 5 "$work/$name"
done
