#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions at intervals, and samples of every CPU, which comes and goes.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

# Condition: a call raises a text: TEXT FUNCTION ARGUMENTS.
raises() {
	says "$1" "return select(2, pcall(probe.$2, $3))"
}

# Condition: the count in n grows.
grows() {
	local before
	before=$(remote "return n")
	eventually 10 says true "return n > $before + 2"
}

klog_mark
check "starts" starts tests/probe/remote
remote "n = 0 start = linux.clock() p = probe.every(10, function(...) n = n + 1 local event = ... kept = event
	got = table.pack(select('#', ...), event.target, event.cpu, math.type(event.time), event.elapsed) end)"
check "every: again and again" grows
check "... not more often" says true "return n <= (linux.clock() - start) // 10000000 + 1"
check "... the event" says "1 10 " "return table.unpack(got, 1, got.n)"
check "... void afterwards" says "void: it was lent" "return kept.pid"
remote "p:enable(false) n = 0"
sleep 0.2
check "disabled" says 0 "return n"
remote "p:enable(true)"
check "enabled" grows
remote "p:stop() n = 0"
sleep 0.2
check "stopped" says 0 "return n"
check "... enabled after stop" says "null-pointer dereference" "p:enable(true)"

remote "n, cpus, ips, users = 0, {}, 0, 0 p = probe.profile(50, function(event) n = n + 1 cpus[event.cpu] = (cpus[event.cpu] or 0) + 1
	if event.ip then ips = ips + 1 if event.ip > 0 then users = users + 1 user = event:userstack(1) empty = event:stack() else stack = event:stack(3) end end end)"
(while :; do :; done) &
loop=$!
on_exit kill $loop
check "profile: samples" grows
check "... of every CPU" eventually 10 says "$(nproc)" "local c = 0 for _ in pairs(cpus) do c = c + 1 end return c"
check "... with addresses" says true "return ips > 0"
check "... of programs, too" eventually 10 says true "return users > 0 and user:match('^0x%x+$') ~= nil and empty == ''"
kill $loop
check "... and of the kernel" eventually 10 says true "return stack ~= nil and stack:match('^[%w_.]+%+0x%x+') ~= nil"

# Condition: a CPU that goes is not sampled any more, and one that comes is.
hotplug() {
	local cpu=/sys/devices/system/cpu/cpu1/online
	echo 0 > $cpu && remote "cpus = {}" && grows && says nil "return cpus[1]" || return 1
	echo 1 > $cpu && eventually 20 says true "return (cpus[1] or 0) > 1"
}
if [ -w /sys/devices/system/cpu/cpu1/online ]; then
	check "CPUs come and go" hotplug
else
	skip "CPUs come and go" "this machine has one CPU"
fi
remote "p:stop() n = 0"
sleep 0.2
check "... stopped" says 0 "return n"

# Condition: functions that take long leave the CPUs half of the time.
greedy() {
	remote "n, all = 0, {} for i = 1, 4 do all[i] = probe.profile(1000, function() n = n + 1 for i = 1, 20000 do end end) end"
	for _ in {1..20}; do /bin/true; done
	grows && remote "for i = 1, 4 do all[i]:stop() end"
}
check "greedy functions" greedy

check "an interval of 0" raises "(0 is not in 1..86400000)" every "0, print"
check "... too long" raises "(86400001 is not in 1..86400000)" every "86400001, print"
check "... no number" raises "number expected, got string" every "'x', print"
check "a rate of 0" raises "(0 is not in 1..1000)" profile "0, print"
check "... too fast" raises "(1001 is not in 1..1000)" profile "1001, print"
check "no function" raises "(function expected, got nil)" every "1, nil"
remote "all = {} for i = 1, 64 do all[i] = probe.every(1000, print) end"
check "64 timers" raises "failed to register probe (-28): there are 64 timers already" profile "1, print"
remote "for i = 1, 64 do all[i]:stop() end all = nil collectgarbage()"
check "... and room again" eventually 10 says userdata "local p = probe.every(1000, print) p:stop() return type(p)"

remote "n = 0 probe.every(1, function() n = n + 1 end) probe.profile(100, function() n = n + 1 end)"
check "stops, with all of them" stops tests/probe/remote

klog_mark
check "a hardirq runtime starts" starts tests/probe/timer --context hardirq
check "... and counts" eventually 30 klog_has "print: 100 times, 100 samples"
check "... stops" stops tests/probe/timer
check "a percpu one starts" starts tests/probe/timer --context hardirq --percpu
check "... and stops" stops tests/probe/timer
check "unload" within 60 lunatik unload
check "the kernel log is clean" eval '! klog_report'
