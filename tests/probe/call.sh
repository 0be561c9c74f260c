#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Functions of the kernel: that they are entered, that they return, both of one call, and names that match a pattern.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

only_one_cpu

# Print a field of the script in the list: FIELD.
field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F '"tests/probe/remote"' | grep -o "\"$1\":[0-9]*" | cut -d: -f2
}

opens() {
	./calls -o "$1" > "$test_folder/pid"
}

lua_cases tests/probe/callerrors
lua_cases tests/probe/callerrors --context hardirq

klog_mark
check "starts" starts tests/probe/remote

remote "n, results = 0, {}
	function ours(event) return event.comm == 'calls' end
	function name(event) local path = event:userstring(event:arg(1)) return path and path:match('^/nothing/.*') end
	p = probe.entry('do_sys_openat2', function(...) local event = ... if ours(event) and name(event) then n = n + 1 got = select('#', ...) end end)"
opens 1000
check "entry: each call" gives "1000 1" "p:stop() return n, got"

remote "n = 0 p = probe.exit('do_sys_openat2', function(event) if ours(event) and event:result() & 0xffffffff == 0xfffffffe then n = n + 1
	got, e, elapsed, argument = event.target, event, event.elapsed, select(2, pcall(event.arg, event, 0)) end end)"
opens 1000
check "exit: each return, with the result" gives "1000 do_sys_openat2 nil" "return n, got, elapsed"
check "... without arguments" says "a function that returns has no arguments any more" "return argument"
check "... void afterwards" says "void: it was lent" "p:stop() return e.pid"

remote "n, wrong, all = 0, 0, 0 p = probe.call('do_sys_openat2', {
	entry = function(event) all = all + 1 return ours(event) and name(event) or nil end,
	exit = function(event, path) if path then if path == '/nothing/' .. n then n = n + 1 else wrong = path end
		time = event.elapsed end end})"
opens 1000
check "call: a string reaches the exit of the same call" gives "1000 0 true" "return n, wrong, time > 0 and time < 1000000000"
remote "p:stop() n = 0 sum = 0 p = probe.call('do_sys_openat2', {
	entry = function(event) if ours(event) and name(event) then n = n + 1 return n end end,
	exit = function(event, number) if number then sum = sum + number end end})"
opens 1000
check "... an integer" gives "1000 500500" "p:stop() return n, sum"
remote "p = probe.call('do_sys_openat2', {exit = function(event, ...) if ours(event) then n, time = select('#', ...), event.elapsed end end})"
opens 1
check "... without entry" gives "0 true" "p:stop() return n, time > 0"

# Condition: something else than an integer or a short string does not reach the exit, and the log says so: LUA.
refused() {
	klog_mark
	remote "p = probe.call('do_sys_openat2', {entry = function(event) if ours(event) and name(event) then return $1 end end,
		exit = function(event, value) if ours(event) then n = value end end})"
	remote "n = 'none'"
	opens 1
	gives "nil" "p:stop() return n" && eventually 10 klog_has "what entry returns does not reach exit"
}
check "... not a table" refused "{}"
check "... not a long string" refused "('x'):rep(33)"
remote "p = probe.call('do_sys_openat2', {entry = function(event) if ours(event) and name(event) then return ('x'):rep(32) end end,
	exit = function(event, value) if value then n = #value end end})"
opens 1
check "... one of 32 bytes" gives 32 "p:stop() return n"

# Condition: the time that a call has taken.
takes() {
	remote "p = probe.call('hrtimer_nanosleep', {exit = function(event) if event.comm == 'sleep' then time = event.elapsed end end})"
	sleep 0.2
	says "true" "p:stop() return time >= 200000000"
}
check "elapsed" takes

# Condition: calls that are under way at once are limited, and those beyond are missed.
exceeds() {
	local before
	before=$(field missed)
	remote "n = 0 p = probe.exit('hrtimer_nanosleep', function(event) if event.comm == 'sleep' then n = n + 1 end end, {maxactive = 1})"
	sleep 3 & sleep 3 & sleep 3 & sleep 3 &
	wait
	gives 1 "p:stop() return n" && [ "$(field missed)" -ge $((before + 3)) ]
}
check "maxactive" exceeds

# Condition: tasks that never return from a function leave nothing behind.
exits() {
	local i
	remote "n, returned = 0, 0 p = probe.call('do_exit', {entry = function() n = n + 1 end, exit = function() returned = returned + 1 end, maxactive = 8})"
	for i in {1..100}; do (exit 0); done
	gives "true 0" "p:stop() return n >= 90, returned"
}
check "a function that never returns" exits

# Condition: calls that are under way when the probe goes return as ever.
under_way() {
	local child
	remote "n = 0 p = probe.exit('hrtimer_nanosleep', function(event) n = n + 1 end)"
	sleep 2 &
	child=$!
	sleep 0.5
	remote "p:stop() n = 0"
	wait $child && gives 0 "return n"
}
check "calls that are under way at stop" under_way

remote "n = 0 p = probe.exit('do_sys_openat2', function(event) if ours(event) then n = n + 1 end end) p:enable(false)"
opens 10
remote "p:enable(true)"
opens 5
check "enable" says true "p:stop() return n >= 5 and n < 10"

remote "p = probe.call('do_sys_openat2', {entry = function(event) if ours(event) then error('in entry') end end,
	exit = function(event, value) if ours(event) then n = value error('in exit') end end}) n = 1"
klog_mark
opens 1
check "an error in entry" eventually 10 klog_has "in entry"
check "... and in exit" eventually 10 klog_has "in exit"
check "... passes nothing" gives nil "p:stop() return n"

# Condition: a loop over names places many, and all go at once.
many() {
	remote "names = probe.symbols('vfs_*') all = {} n = 0
		for i, name in ipairs(names) do all[i] = probe.entry(name, function() n = n + 1 end) end" && opens 100
	says "true true" "return #names > 30, n > 0"
}
check "symbols, and a probe for each" many
check "... are sorted and found" says "true" "local found for i, name in ipairs(names) do if i > 1 and name <= names[i - 1] then return false end found = found or name == 'vfs_read' end return found"
check "... hundreds of names" says true "return #probe.symbols('tcp_*') > 200"
check "... with names that nobody bears" gives 0 "return #probe.symbols('no_such_function_*')"
check "... with names that several bear" gives 0 "return #probe.symbols('c_start')"
check "... of modules, too" says true "local f = probe.symbols('fifo_*') return type(f) == 'table'"
check "stops, with all of them" stops tests/probe/remote

klog_mark
check "a hardirq runtime starts" starts tests/probe/call --context hardirq
./calls -o 300 > "$test_folder/pid"
check "... counts calls and returns" eventually 10 klog_has "print: 300 entries, 300 exits, 300 calls, 45150, /nothing/299"
check "... stops" stops tests/probe/call
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "the kernel log is clean" eval '! klog_report'
