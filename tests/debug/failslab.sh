#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Allocations that fail wherever our code makes them: scripts end with an error or run, and nothing is lost. Needs a
# kernel with fault injection (make check-debug).
. ../lib.sh

# shellcheck source=faults.bash
. ./faults.bash
needs_faults

# Condition: a script starts and is stopped, or a message says why not.
survives() {
	local kind=$1 amount=$2 script=$3 status=0
	$kind "$amount" lunatik run "$script" || status=$?
	if [ "$status" = 0 ] || lunatik list | grep -qF "$script"; then
		within 60 lunatik stop "$script" > /tmp/stop 2>&1 || { echo "$kind $amount: not stopped"; cat /tmp/stop /tmp/fault; return 1; }
	elif [ "$status" = 124 ] || [ "$status" -gt 128 ] || [ ! -s /tmp/fault ]; then
		echo "$kind $amount: status $status, $(cat /tmp/fault)"
		return 1
	fi
	[ "$status" = 0 ] || failures=$((failures + 1))
	! klog_report || { echo "... at $kind $amount"; return 1; }
}

# Condition: a script survives each of many amounts, and some of them were too small for it.
sweep() {
	local kind=$1 script=$2 amount
	failures=0
	shift 2
	for amount in "$@"; do
		survives "$kind" "$amount" "$script" || return 1
	done
	echo "$failures of $# runs failed" >> /tmp/faults
	[ "$failures" -gt 0 ] || { echo "no run failed"; return 1; }
}

: > /tmp/faults
klog_mark
on_exit faults_off
check "everything loads" within 60 lunatik load
check "the injectors are set up" set_up
check "they know our functions" only_from "$ours"

check "one allocation fails" sweep nth_fails tests/debug/everything \
	1 2 3 4 5 6 8 10 13 17 22 30 40 55 75 100 150 200 300 500
check "all fail after so many bytes" sweep bytes_last tests/debug/everything \
	0 1000 5000 20000 60000 120000 200000
faults_off
check "afterwards everything works" within 60 lunatik run tests/debug/everything
check "and stops" within 60 lunatik stop tests/debug/everything

# Loading: failures inside the modules' own initialisation.
load_without() {
	local n module status
	only_from ' T do_one_initcall$| t do_init_module$' || return 1
	for n in 1 2 4 8; do
		for module in lunatik luarcu lunatik_run; do
			within 60 lunatik unload > /dev/null 2>&1
			status=0
			nth_fails "$n" modprobe "$module" || status=$?
			! klog_report || { echo "... at allocation $n of $module"; return 1; }
		done
	done
}
check "modules that do not load" load_without
faults_off
check "load afterwards" within 60 lunatik load
check "scripts run" eval 'within 60 lunatik run tests/debug/everything && within 60 lunatik stop tests/debug/everything'
check "the kernel log is clean" eval '! klog_report'
