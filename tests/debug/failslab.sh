#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Allocations that fail wherever our code makes them: scripts end with an error or run, and nothing is lost. Needs a
# kernel with fault injection (make check-debug).
. ../lib.sh

debugfs=/sys/kernel/debug
# fail-nth counts copies from and to user space as well.
injectors="$debugfs/failslab $debugfs/fail_page_alloc $debugfs/fail_usercopy"
[ -e /proc/self/fail-nth ] || skip_all "this kernel has no fault injection"

# Set a knob of every injector that has it.
fault() {
	local injector
	for injector in $injectors; do
		[ ! -e "$injector/$1" ] || echo "$2" > "$injector/$1" || return 1
	done
}

# Without verbose=0 each failure would print a stack.
faults_off() {
	fault probability 0
	fault task-filter N
	fault require-start 0
	fault require-end 0
	fault space 0
}

set_up() {
	fault verbose 0 && fault ignore-gfp-wait N && fault times -1 && fault interval 1 &&
		fault stacktrace-depth 32 && fault probability 0 &&
		echo 0 > $debugfs/fail_page_alloc/min-order &&
		echo N > $debugfs/fail_page_alloc/ignore-gfp-highmem &&
		echo N > $debugfs/failslab/cache-filter
}

# Only allocations with a function of that kind on the stack fail: a pattern for lines of /proc/kallsyms.
only_from() {
	local range
	range=$(grep -E "$1" /proc/kallsyms | sort | sed -n -e '1s/ .*//p' -e '$s/ .*//p' | paste -s -d ' ')
	[ "${#range}" = 33 ] || { echo "no such functions: $1"; return 1; }
	fault require-start "0x${range% *}" && fault require-end "0x${range#* }"
}
ours='^[0-9a-f]{16} [tT] .*\[(lunatik|lunatik_run|lua[a-z]+)\]$'

# Run a program whose Nth allocation fails, for 300 seconds at most. What it starts does not inherit that, so the limit is outside.
nth_fails() {
	local n=$1
	shift
	# shellcheck disable=SC2016 # that shell expands
	timeout -k 5 300 bash -c 'echo "$0" > /proc/self/fail-nth; exec "$@"' "$n" "$@" > /tmp/fault 2>&1 < /dev/null
}

# The same for a program all of whose allocations fail after so many bytes.
bytes_last() {
	local status=0
	fault space "$1" && fault task-filter Y && fault probability 100 || return 125
	shift
	# shellcheck disable=SC2016 # that shell expands
	timeout -k 5 300 bash -c 'echo 1 > /proc/self/make-it-fail; exec "$@"' fails "$@" > /tmp/fault 2>&1 < /dev/null || status=$?
	fault probability 0
	return $status
}

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

# Loading: what fails inside the modules' own initialisation.
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
