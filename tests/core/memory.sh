#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Runtimes take from the memory of all scripts, and give it back.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

# Whether a probe at the exit of processes has run, and had the memory that it needs.
exits_without_error() {
	/bin/true
	lunatik list --json > "$test_folder/list"
	grep -q '"entries": [1-9]' "$test_folder/list" && ! grep '"errors": [1-9]' "$test_folder/list"
}

only_one_cpu
lua_cases tests/core/memory
check "a script that takes all memory runs" lunatik run tests/core/hungry --memory 1M
on_exit lunatik stop tests/core/hungry
check "and leaves its hook the reserve" exits_without_error
