#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The callers of a probed place: functions of the kernel, and addresses of the program.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

only_one_cpu

# Note what an expression gives for the opens of tests/probe/calls by a probe: N PROBE EXPRESSION.
opens() {
	remote "got, n, different = {}, 0, 0 seen = {} function note(event, text) n = n + 1 got[n] = text
		if not seen[text] then seen[text] = true different = different + 1 end end
		function ours(event) return event.comm == 'calls' end
		$2" > /dev/null
	./calls -o "$1" > /dev/null
	remote "p:stop()" > /dev/null
}

by_entry() {
	opens "$1" "p = probe.entry('do_sys_openat2', function(event) if ours(event) then note(event, $2) end end)"
}

klog_mark
check "starts" starts tests/probe/remote
by_entry 100 "event:stack()"
check "at its entry: the function" says true "return got[n]:match('^do_sys_openat2%+0x%x+\n') ~= nil or got[n]"
check "... and its callers" says true "return got[n]:find('sys_open', 20, true) ~= nil or got[n]"
check "... up to the entry of the kernel" says true "return got[n]:find('entry_SYSCALL_64', 1, true) ~= nil or got[n]:find('el0', 1, true) ~= nil or got[n]"
check "... none of ours" says nil "return got[n]:find('lua', 1, true)"
check "... the same each time" says true "return different <= 4 and n >= 100"
by_entry 1 "event:stack(2)"
check "so many as wanted" says 1 "return select(2, got[n]:gsub('\n', ''))"
by_entry 1 "event:stack(64)"
check "as many as there are" says true "return select(2, got[n]:gsub('\n', '')) < 63"
opens 1 "p = probe.new('do_sys_openat2', {pre = function(_, _, _, event) if ours(event) then note(event, event:stack()) end end})"
check "of probe.new" says true "return got[n]:match('^do_sys_openat2%+0x%x+\n') ~= nil or got[n]"
opens 1 "p = probe.exit('do_sys_openat2', function(event) if ours(event) then note(event, event:stack()) end end)"
check "at a return: the caller" says true "return got[n]:match('^[%w_]*sys_open[%w_]*%+0x') ~= nil or got[n]"
opens 1 "p = probe.call('do_sys_openat2', {entry = function(event) if ours(event) then note(event, event:stack(1)) end end, exit = function() end})"
check "in the entry of a call" says true "return got[n]:match('^do_sys_openat2%+0x%x+$') ~= nil or got[n]"
opens 1 "p = probe.tracepoint('sched_process_exit', function(event) if ours(event) then note(event, event:stack(1)) end end)"
check "at a tracepoint: the function that has it" says true "return got[n]:match('^do_exit%+0x') ~= nil or got[n]"
by_entry 1 "event:userstack()"
check "the program" says true "return got[n]:match('^0x%x+') ~= nil and got[n]:find('lua') == nil or got[n]"
remote "address = linux.lookup('vfs_read')" > /dev/null
by_entry 1 "event:symbol(address) .. ' ' .. event:symbol(16)"
check "names of addresses" says "vfs_read+0x0 0x10" "return got[n]"
opens 1 "p = probe.tracepoint('sched_switch', function(event) if event.pid == 0 then note(event, event:userstack()) end end)"
check "a thread of the kernel has no program" says true "return got[1] == '' or #got == 0"
by_entry 1 "select(2, pcall(event.stack, event, 0)) .. select(2, pcall(event.userstack, event, 65))"
check "the number is limited" says "(0 is not in 1..64)" "return got[n]"
check "... for programs, too" says "(65 is not in 1..64)" "return got[n]"
check "stops" stops tests/probe/remote

klog_mark
check "a hardirq runtime starts" starts tests/probe/stack --context hardirq
./calls -o 300 > /dev/null
check "... and sees the same" eventually 10 klog_has "print: 300 stacks begin with do_sys_openat2"
check "... stops" stops tests/probe/stack
check "the kernel log is clean" eval '! klog_report'
