#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A probe that the kernel does not let go of. This group is the last one of a machine: luaprobe stays in it.
. ../lib.sh
. ../cases.sh
# shellcheck source=../core/module/build.sh
. ../core/module/build.sh

remote=/dev/probe_test
entry=__x64_sys
[ "$(uname -m)" = x86_64 ] || entry=__arm64_sys
function=${entry}_sched_get_priority_max
only_one_cpu

calls() {
	../probe/calls "$@"
}

# Condition: the script ends, and the command reports the probe.
stops_in_part() {
	fails_with 1 within 30 lunatik stop tests/probe/remote || return 1
	[[ $output == *"is stopped, but the kernel did not let go of all its hooks"* ]] || { echo "$output"; return 1; }
	output_is "" within 30 lunatik list
}

# Condition: unload fails, and names the module that stays.
stays() {
	fails_with 1 within 60 lunatik unload || return 1
	[[ $output == *luaprobe* ]] && [ -e /sys/module/luaprobe ] && return 0
	echo "$output"
	return 1
}

runs_again() {
	within 60 lunatik load && starts tests/probe/remote || return 1
	printf %s "count('$function')" > $remote && calls 100 || return 1
	printf %s "p:stop() return hits.pre, hits.post" > $remote
	output_is "100 100" head -c 100 $remote && stops tests/probe/remote
}

klog_mark
check "the test modules build" built_modules
[ -e "$modules_built/done" ] || exit 0
check "a script with a probe starts" starts tests/probe/remote
printf %s "count('$function')" > $remote
check "calls are counted" calls 100
on_exit remove lunatik_stuck
check "the kernel is made to keep the probe" insmod "$modules_built/lunatik_stuck.ko" "symbol=$function"
check "D-PRB-3: stop ends the script, and reports the probe" stops_in_part
check "... and so does the kernel log" klog_has "probe: the kernel did not let go of the probe of $function"
check "... the kernel goes on calling it" calls 1000
check "... unload is refused" stays
check "... the kernel goes on calling it" calls 1000
check "the kernel lets go" remove lunatik_stuck
check "... nothing is probed" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "other scripts can probe the function" runs_again
check "the kernel log is clean" eval '! klog_report'
