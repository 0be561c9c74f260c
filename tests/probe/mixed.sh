#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Probes of one place, with and without a function `post`, beside each other and beside the kernel's own tracing, in all orders.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

tracing=/sys/kernel/tracing
entry=__x64_sys
[ "$(uname -m)" = x86_64 ] || entry=__arm64_sys
function=${entry}_sched_get_priority_max
only_one_cpu

calls() {
	./calls "$@"
}

# Make a probe that counts: NAME HANDLER.
place() {
	remote "hits = hits or {} hits.$1 = 0 _G.$1 = nil $1 = probe.new('$function', {$2 = function() hits.$1 = hits.$1 + 1 end})"
}

# The kernel's own: add, remove.
trace() {
	if [ "$1" = add ]; then
		echo "p:lunatik_mixed $function" >> $tracing/kprobe_events && echo 1 > $tracing/events/kprobes/lunatik_mixed/enable
	else
		echo 0 > $tracing/events/kprobes/lunatik_mixed/enable && echo '-:lunatik_mixed' >> $tracing/kprobe_events
	fi
}

clear_trace() {
	[ ! -e $tracing/events/kprobes/lunatik_mixed ] || trace remove
}
on_exit clear_trace

# Do a list of steps: pre and post place a probe of ours, trace one of the kernel's; -pre, -post and -trace remove them.
steps() {
	local step
	for step in "$@"; do
		case $step in
		pre | post) place "$step" "$step" ;;
		trace) trace add ;;
		-trace) trace remove ;;
		-*) remote "${step#-}:stop()" ;;
		esac || return 1
		calls 20
	done
}

# Condition: after some steps that place and remove probes, each has counted its calls, nothing is left, and the kernel is content.
mixes() {
	local step left
	klog_mark
	remote "hits = {}"
	steps "$@" || return 1
	calls 50
	for step in pre post; do
		left=$(remote "return hits.$step")
		[[ " $* " != *" $step "* ]] || [ "$left" -ge 20 ] || { echo "$step: $left hits"; return 1; }
	done
	! grep "$function" /sys/kernel/debug/kprobes/list && ! klog_report
}

check "starts" starts tests/probe/remote
for order in "pre post -pre -post" "pre post -post -pre" "post pre -pre -post" "post pre -post -pre"; do
	# shellcheck disable=SC2086 # words
	check "ours: $order" mixes $order
done

# Condition: with both handlers in two probes, stopped by the end of the script.
ends() {
	klog_mark
	remote "hits = {}"
	steps "$@" || return 1
	stops tests/probe/remote || return 1
	calls 50
	! grep "$function" /sys/kernel/debug/kprobes/list && ! klog_report && starts tests/probe/remote
}
check "the end of the script: pre post" ends pre post
check "the end of the script: post pre" ends post pre

if [ -w $tracing/kprobe_events ]; then
	for kind in pre post; do
		for order in "trace $kind -trace -$kind" "trace $kind -$kind -trace" "$kind trace -trace -$kind" "$kind trace -$kind -trace"; do
			# shellcheck disable=SC2086 # words
			check "with the kernel's tracing: $order" mixes $order
		done
	done
	check "with the kernel's tracing: two of ours" mixes pre trace post -pre -trace -post
else
	skip "with the kernel's tracing" "this kernel has no kprobe_events"
fi
check "stops" stops tests/probe/remote
check "unload" within 60 lunatik unload
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "the kernel log is clean" eval '! klog_report'
