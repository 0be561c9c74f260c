#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Many probes of one function: how many there may be, and what all of them together may take of a call.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

entry=__x64_sys
[ "$(uname -m)" = x86_64 ] || entry=__arm64_sys
function=${entry}_sched_get_priority_max
only_one_cpu

calls() {
	./calls "$@"
}

field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F '"tests/probe/remote"' | grep -o "\"$1\":[0-9]*" | cut -d: -f2
}

# Condition: one more is refused, at its entry and elsewhere in the function.
refused() {
	output_has "failed to register probe (-28): $function: there are 64 probes in that function already" \
		remote "return select(2, pcall(probe.new, '$function', {pre = print}))" &&
		output_has "(-28)" remote "return select(2, pcall(probe.new, '$function+0x0', {post = print}))"
}

room_again() {
	remote "all[1]:stop() all[1] = probe.new('$function', {pre = work})"
	output_is "probe" remote "return tostring(all[1]):match('^%a+')"
}

# Condition: many cheap calls exhaust nothing.
floods() {
	remote "heavy, hits = 0, 0"
	calls 200
	output_is 12800 remote "return hits" && [ "$(field exhausted)" = 0 ]
}

# Condition: a call takes four budgets at most, and then the probes that got nothing are switched off.
squeezes() {
	klog_mark
	remote "heavy, hits = 5000, 0"
	calls 1
	[ "$(field exhausted)" -ge 40 ] && eventually 10 klog_has "budget of 80000 units for one event exhausted" || return 1
	calls 40
	[ "$(field off)" -ge 40 ] && [ "$(field off)" -lt 64 ]
}

rearms() {
	within 30 lunatik rearm tests/probe/remote && floods_again
}

floods_again() {
	remote "heavy, hits = 0, 0"
	calls 100
	output_is 6400 remote "return hits"
}

# Put 64 probes with both handlers at a place; `ended` counts the handlers that came to their end.
both() {
	remote "for i = 1, #all do all[i]:stop() end all, ended = {}, 0"
	remote "function work() hits = hits + 1 for _ = 1, heavy do end ended = ended + 1 end"
	remote "for i = 1, 64 do all[i] = probe.new('$1', {pre = work, post = work}) end"
	output_is 64 remote "return #all"
}

# Condition: 128 handlers of one call take what four budgets pay for, which is less than three handlers a budget.
# A machine that stands still for a tick in between begins a new event, so the least of three calls counts.
squeezes_both() {
	local i output least=128
	for i in 1 2 3; do
		remote "heavy, hits, ended = 10000, 0, 0"
		calls 1
		output=$(remote "return ended")
		[ "$output" -ge "$least" ] || least=$output
	done
	[ "$least" -ge 3 ] && [ "$least" -le 12 ] && return 0
	echo "$least handlers came to their end"
	return 1
}

# Condition: cheap handlers are all called.
floods_both() {
	remote "heavy, hits = 0, 0"
	calls 100
	output_is 12800 remote "return hits"
}

# Print where an instruction begins behind the entry of the function: it is what the kernel takes a kprobe at.
inside() {
	local offset
	remote "for i = 1, #all do all[i]:stop() end all = {}" > /dev/null
	for offset in 4 5 9 10 11 12 13; do
		[ "$(remote "return pcall(function() probe.new('$function+$offset', {post = print}):stop() end)")" = true ] || continue
		echo "$offset"
		return
	done
	return 1
}

klog_mark
check "starts" starts tests/probe/remote --budget 20000
remote "heavy, hits, all = 0, 0, {} function work() hits = hits + 1 for _ = 1, heavy do end end"
remote "for i = 1, 64 do all[i] = probe.new('$function', {pre = work}) end"
check "64 probes of one function" output_is 64 remote "return #all"
check "one more is refused" refused
check "... and taken when another one has gone" room_again
check "many cheap calls" floods
check "one call may take four budgets" squeezes
check "... rearm arms them again" rearms
check "64 probes with both handlers at a function's entry" both "$function"
check "... of cheap ones" floods_both
check "one call may take four budgets, whichever handlers it calls" squeezes_both
check "64 probes with both handlers behind the entry" eval 'offset=$(inside) && both "$function+$offset"'
check "... of cheap ones" floods_both
check "one call may take four budgets there, too" squeezes_both
check "stops" stops tests/probe/remote
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "the kernel log is clean" eval '! klog_report'
