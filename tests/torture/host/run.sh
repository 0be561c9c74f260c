#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The tools of the torture: a seed repeats, its scripts are Lua, and a fault is reduced to the steps that it takes. KTAP.
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here" || exit 1
# shellcheck source=../../lib.sh
. ../lib.sh

catalogue=$test_folder/catalogue
mkdir "$test_folder/one" "$test_folder/two"

# Functions that generate knows, and one of each kind that it does not.
cat > "$catalogue" <<'END'
library data: new
library fifo: new
library netfilter: register
library xtable: match target
library probe: new
library device: new
library notifier: keyboard netdevice
library lunatik: runtime start stop output
library newer: invented
class data: __gc getbyte setstring invented
class newest: stop
constants netfilter.action: ACCEPT DROP
constants notifier.notify: OK
symbols kernel: vfs_open vfs_fsync
END

same_twice() {
	local seed
	for seed in 1 2 3; do
		./generate "$catalogue" $seed "$test_folder/one" > /dev/null && ./generate "$catalogue" $seed "$test_folder/two" > /dev/null &&
			diff -r "$test_folder/one" "$test_folder/two" || return 1
	done
}

different() {
	./generate "$catalogue" 4 "$test_folder/two" > /dev/null && ! diff -r "$test_folder/one" "$test_folder/two" > /dev/null
}

all_compile() {
	local seed
	for seed in {1..60}; do
		./generate "$catalogue" "$seed" "$test_folder/one" > /dev/null || return 1
		lua5.4 host/compiles.lua "$test_folder"/one/*.lua || { echo "seed $seed"; return 1; }
	done
}

# Condition: a name is called by some of many seeds: TEXT.
called() {
	local seed
	for seed in {1..20}; do
		./generate --show "$catalogue" "$seed" "$test_folder/one"
	done > "$test_folder/all"
	grep -qF -e "$1" "$test_folder/all"
}

never_called() {
	! called "$1"
}

# The steps that are kept are as they were, and no others are left. In seed 5 none of them is inside another one.
kept_alone() {
	./generate --show "$catalogue" 5 "$test_folder/one" > "$test_folder/all"
	./generate --show --keep 1,3-5 "$catalogue" 5 "$test_folder/one" > "$test_folder/some"
	output_is "4" grep -c 'try(\(1\|3\|4\|5\),' "$test_folder/some" || output_is "3" grep -c 'try(\(1\|3\|4\|5\),' "$test_folder/some" || return 1
	! grep 'try(' "$test_folder/some" | grep -v 'try(\(1\|3\|4\|5\),'
}

# A fault that takes steps 17 and 40, of 64; other faults show with step 5 alone, and do not count.
# shellcheck disable=SC2153 # reduce sets them
fault() {
	local set=",$KEEP,"
	echo "# seed $SEED: 64 steps"
	if [ "$KEEP" = 1-1000000 ] || [[ $set == *,17,* && $set == *,40,* ]]; then
		echo "not ok 3 the fault"
		return 1
	fi
	[[ $set != *,5,* ]] || { echo "not ok 4 another one"; return 1; }
}

reduced() {
	export -f fault
	output_has "SEED=7 KEEP=17,40" ./reduce 7 bash -c fault
}

not_reduced() {
	fails_with 1 ./reduce 7 true && [[ $output == *"shows no fault"* ]]
}

check "a seed gives the same scripts twice" same_twice
check "another seed gives others" different
check "all of them are Lua" all_compile
check "a function that nobody described is called" called 'L["newer"].invented'
check "so is a method" called 'm["data"].invented'
check "so are those of an unknown class" called 'm["newest"].stop'
check "an excluded function is not" never_called 'L["lunatik"].output'
check "functions of the kernel are probed" called '"vfs_'
check "steps can be left out" kept_alone
check "a fault is reduced to the steps that it takes" reduced
check "what shows no fault is not" not_reduced
[ "$test_failures" = 0 ]
