#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Tracepoints: events of known number, their arguments, beside the kernel's own tracing, and errors.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

tracing=/sys/kernel/tracing
only_one_cpu

# Condition: a call of probe.tracepoint raises a text: TEXT ARGUMENTS.
raises() {
	says "$1" "return select(2, pcall(probe.tracepoint, $2))"
}

# Condition: each exit of a process is an event, by a name with or without its group: NAME.
exits() {
	local i
	remote "n, first = 0 p = probe.tracepoint('$1', function(...) local event = ... if event.comm == 'true' then n = n + 1
		first = first or table.pack(select('#', ...), event.target, event:arg(0) < 0, event.ip, pcall(event.result, event)) end end)"
	for i in {1..50}; do /bin/true; done
	gives "50" "p:stop() return n"
}

klog_mark
check "starts" starts tests/probe/remote
check "each exit of a process" exits sched:sched_process_exit
check "... its event" says "1 sched:sched_process_exit true nil false event.result: this event has no registers" \
	"return table.unpack(first, 1, first.n)"
check "... without the group" exits sched_process_exit
check "... nothing after stop" eval '/bin/true && gives 50 "return n"'

# The result of a call of the kernel's: the second argument of sys_exit.
call=$(./calls -n)
remote "n, wrong = 0, 0 p = probe.tracepoint('raw_syscalls:sys_enter', function(event)
	if event.comm == 'calls' and event:arg(1) == $call then n = n + 1 end end)
	q = probe.tracepoint('sys_exit', function(event) if event.comm == 'calls' and event:arg(1) ~= 0 then wrong = wrong + 1 end end)"
./calls 1000
check "system calls, by number" gives 1000 "return n"
check "... results of others" says true "p:stop() q:stop() return wrong > 0"

remote "most = nil p = probe.tracepoint('sched:sched_switch', function(event) most = most or select(2, pcall(event.arg, event, 12)) end)"
sleep 0.1
check "arguments are limited by the prototype" says "(12 is not in 0.." "return most"
check "... and those that there are" says "true" "p:stop() local n = tonumber(most:match('0%.%.(%d+)')) return n >= 2 and n <= 6"

remote "n = 0 p = probe.tracepoint('sched_process_exit', function(event) if event.comm == 'true' then n = n + 1 kept = event end end) p:enable(false)"
/bin/true
check "disabled" gives 0 "return n"
remote "p:enable(true) p:enable(true)"
/bin/true
check "enabled" gives 1 "return n"
check "an event that is kept is void" says "void: it was lent" "return kept:arg(0)"
check "... stopped twice" gives "" "p:stop() p:stop()"
check "... enabled after stop" says "null-pointer dereference" "p:enable(true)"

# Condition: ours and the kernel's tracing see the same number.
agrees() {
	local i theirs
	echo 0 > $tracing/tracing_on && echo > $tracing/trace && echo 1 > $tracing/events/sched/sched_process_exec/enable
	remote "n = 0 p = probe.tracepoint('sched:sched_process_exec', function(event) if event.comm == 'true' then n = n + 1 end end)"
	echo 1 > $tracing/tracing_on
	for i in {1..30}; do /bin/true; done
	echo 0 > $tracing/tracing_on
	remote "p:stop()"
	echo 0 > $tracing/events/sched/sched_process_exec/enable
	theirs=$(grep -c 'sched_process_exec: filename=/bin/true' $tracing/trace)
	echo 1 > $tracing/tracing_on
	echo "the kernel: $theirs"
	[ "$theirs" = 30 ] && gives 30 "return n"
}
[ -w $tracing/events/sched/sched_process_exec/enable ] || mount -t tracefs nodev $tracing 2> /dev/null
if [ -w $tracing/events/sched/sched_process_exec/enable ]; then
	check "the kernel's tracing sees as many" agrees
else
	skip "the kernel's tracing sees as many" "this kernel has no tracefs"
fi

# Condition: events that the handler of another probe sets off are missed, and nothing recurses.
nests() {
	remote "n, m = 0, 0
		p = probe.tracepoint('sys_enter', function(event) n = n + 1 event:userstring(1 << 20) end)
		q = probe.tracepoint('sched_switch', function(event) m = m + 1 end)
		r = probe.entry('copy_from_user_nofault', function() m = m + 1 end)"
	./calls 2000
	says true "p:stop() q:stop() if r then r:stop() end return n > 1500"
}
check "inside each other" nests

check "no such tracepoint" raises "failed to register probe (-2): sched:no_such: the kernel has no such tracepoint" "'sched:no_such', print"
check "... of one system call" raises "those of all system calls are sys_enter and sys_exit" "'syscalls:sys_enter_openat', print"
check "no name" raises "not the name of a tracepoint" "'', print"
check "a name with a zero byte" raises "not the name of a tracepoint" "'sched_switch\\0', print"
check "a long name" raises "not the name of a tracepoint" "('x'):rep(200), print"
check "no function" raises "(function expected, got no value)" "'sched_switch'"
remote "all = {} for i = 1, 64 do all[i] = probe.tracepoint('sched_process_exit', print) end"
check "64 at one tracepoint" raises "there are 64 probes at that tracepoint already" "'sched_process_exit', print"
remote "for i = 1, 64 do all[i]:stop() end"

# Condition: a module whose tracepoint is probed stays.
pins() {
	local module=$1 name=$2
	modprobe "$module" || return 1
	remote "p = probe.tracepoint('$name', print)" && says userdata "return type(p)" && ! rmmod "$module" && remote "p:stop() p = nil collectgarbage()" &&
		eventually 10 rmmod "$module"
}
if modprobe -n mac80211 2> /dev/null && ! grep -q '^mac80211 ' /proc/modules; then
	check "a tracepoint of a module" pins mac80211 mac80211:drv_start
else
	skip "a tracepoint of a module" "this machine has no mac80211"
fi

remote "n = 0 probe.tracepoint('sys_enter', function(event) n = n + 1 end) probe.tracepoint('sched_switch', function() n = n + 1 end)"
./calls 100
check "stops, with all of them" stops tests/probe/remote
./calls 100

klog_mark
check "a hardirq runtime starts" starts tests/probe/tracepoint --context hardirq
for _ in {1..60}; do /bin/true; done
check "... and counts" eventually 10 klog_has "print: 50 exits"
check "... stops" stops tests/probe/tracepoint

# An interrupt whose end queues the next one each time would never end.
if [ -e $tracing/events/irq_vectors/irq_work_exit ]; then
	check "behind our irq_work, the machine goes on" eval 'starts tests/probe/behind --context hardirq && sleep 0.5 && stops tests/probe/behind'
else
	skip "behind our irq_work, the machine goes on" "this kernel has no tracepoint there"
fi

# Tracepoints of the scheduler, of locks and of memory, while all CPUs work.
check "busy tracepoints, again and again" eval './calls -a & for _ in 1 2 3 4 5; do
	starts tests/probe/tracepoint --context hardirq && sleep 0.3 && stops tests/probe/tracepoint || exit 1; done; kill $!'
check "the kernel log is clean" eval '! klog_report'
