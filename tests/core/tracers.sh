#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Tracers replace return addresses, and Lua's errors unwind past them: our functions are out of their reach.
. ../lib.sh

tracing=/sys/kernel/tracing
klog_mark
[ -e $tracing/available_tracers ] || skip_all "no tracefs"
within 60 lunatik load

# Functions that call us or that we call. Tracing every function of the kernel takes a slow machine many minutes.
echo 'vfs_* ksys_* chrdev_* *kmalloc* *kfree* *copy_*_user* mutex_* *spin_*lock*' > $tracing/set_ftrace_filter
on_exit eval "echo > $tracing/set_ftrace_filter"

raise_errors() {
	output_is 1000 within 100 lunatik run tests/core/raising && within 30 lunatik stop tests/core/raising
}

under_tracer() {
	local status=0
	grep -qw "$1" $tracing/available_tracers || { echo "this kernel has no $1"; return 0; }
	echo "$1" > $tracing/current_tracer || return 1
	echo 1 > $tracing/tracing_on
	raise_errors || status=1
	echo nop > $tracing/current_tracer
	echo > $tracing/trace
	return $status
}
on_exit eval "echo nop > $tracing/current_tracer"
check "errors are raised without a tracer" raise_errors
check "errors are raised under function_graph" under_tracer function_graph
check "errors are raised under function" under_tracer function

not_traceable() {
	! grep -E '\[(lunatik|lunatik_run|lua[a-z]+)\]' $tracing/available_filter_functions
}
check "none of our functions can be traced" not_traceable

# Condition: the kernel refuses a probe on a function of ours.
no_probe() {
	! echo "$1" > $tracing/kprobe_events || { echo > $tracing/kprobe_events; return 1; }
} 2> /dev/null
for symbol in lunatik_call lunatik_pcallk luaD_throw luaV_execute lunatik_error lunatik_enter; do
	if grep -q " $symbol\\b.*\[lunatik\]" /proc/kallsyms; then
		check "no kretprobe on $symbol" no_probe "r:lunatik_test lunatik:$symbol"
		check "no kprobe on $symbol" no_probe "p:lunatik_test lunatik:$symbol"
	fi
done
check "no kprobe in a binding" no_probe "p:lunatik_test luadevice:lunatik_open_device"
probe_elsewhere() {
	echo "r:lunatik_test vfs_read" > $tracing/kprobe_events || return 1
	echo 1 > $tracing/events/kprobes/lunatik_test/enable
	raise_errors || return 1
	echo 0 > $tracing/events/kprobes/lunatik_test/enable
	echo > $tracing/kprobe_events
}
check "a kretprobe on what calls us" probe_elsewhere
check "the kernel log is clean" eval '! klog_report'
