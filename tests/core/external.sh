#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Modules of others: one that runs a script through the documented C interface, one that exports Lua's own names.
. ../lib.sh
# shellcheck source=module/build.sh
. ./module/build.sh

klog_mark
check "modules build against the installed files" built_modules
[ -e "$modules_built/done" ] || exit 0

# ---- OpenZFS's exports

check "unload" eval 'within 60 lunatik unload; [ ! -e /sys/module/lunatik ]'
check "a module that exports lua_* loads first" insert lua_lookalike
check "and lunatik beside it" within 60 lunatik load
check "scripts run beside it" eval 'within 60 lunatik run tests/core/child && within 60 lunatik stop tests/core/child'
check "it goes" remove lua_lookalike
check "and comes again" insert lua_lookalike
check "nothing is exported without the prefix" eval \
	'! grep -E "\[lua[a-z]*\]|\[lunatik[a-z_]*\]" /proc/kallsyms | grep -E " __ksymtab_" | grep -vE "__ksymtab_(lunatik|luadata|luarcu)_"'

# ---- the documented C interface

example=/proc/lunatik_example
read_example() {
	dd if=$example bs="$1" count=1 2> /tmp/dd
}

check "an external module creates a runtime" insert lunatik_example
check "its function is called" output_is "read 1 of 100 bytes" read_example 100
check "and again" output_is "read 2 of 64 bytes" read_example 64
check "an error of the script fails the read" fails_with 1 read_example 64
check "ECANCELED says so" grep -q "Operation canceled" /tmp/dd
check "the next read works" output_is "read 4 of 64 bytes" read_example 64
top_is_restored() {
	echo t > $example
}
check "the Lua stack is as it was" top_is_restored
careless() {
	! echo c > $example 2> /dev/null && klog_has "error in a C handler"
}
careless_often() {
	local i
	for ((i = 0; i < 50; i++)); do
		careless > /dev/null || return 1
	done
	top_is_restored
}
check "a handler that raises is caught" careless
check "fifty times" careless_often
check "and reads go on" output_is "read 5 of 64 bytes" read_example 64

many_readers() {
	local i pids=()
	for i in 1 2 3 4; do
		for ((j = 0; j < 100; j++)); do read_example 64; done > "/tmp/reader.$i" 2> /dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	# Every third of all reads failed; no count appears twice.
	[ -z "$(cat /tmp/reader.* | grep '^read' | sort | uniq -d)" ]
}
check "four readers at once" many_readers
held() {
	fails_with 1 within 60 lunatik unload && [[ $output == *lunatik_example* ]]
}
check "unload names the holder" held
check "what remains loaded works" output_is "" within 30 lunatik list
stopped() {
	echo s > $example && fails_with 1 read_example 64 && grep -q "No such device or address" /tmp/dd
}
check "the runtime stops; reads say so" stopped
check "the module goes" remove lunatik_example

missing_script() {
	mv /lib/modules/lua/tests/core/example.lua /tmp/example.lua
	! insert lunatik_example 2> /tmp/insmod || return 1
	mv /tmp/example.lua /lib/modules/lua/tests/core/example.lua
	klog_has "lunatik: tests/core/example: runtime: cannot open /lib/modules/lua/tests/core/example.lua" &&
		grep -q 'Invalid' /tmp/insmod
}
check "a missing script fails its init, with a message" missing_script
check "nothing holds the modules" eval 'within 60 lunatik unload && [ ! -e /sys/module/lunatik ]'
check "the kernel log is clean" eval '! klog_report'
