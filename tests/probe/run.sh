#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The probe library: handlers, counts, errors, dumps, and handlers that misbehave.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

call=sched_get_priority_max
# How the kernel calls its system calls, the program counter, and who calls them.
entry=__x64_sys counter=ip caller=do_syscall_64+0x
[ "$(uname -m)" = x86_64 ] || entry=__arm64_sys counter=pc caller=el0_svc_common
only_one_cpu

calls() {
	./calls "$@"
}

# Print a field of a script in the list: SCRIPT FIELD.
field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"$1\"" | grep -o "\"$2\":[0-9]*" | cut -d: -f2
}

# Condition: hits of pre and post, those that were missed included, are the calls made: N LUA-TARGET.
counts() {
	local before after hits
	remote "count($2)" && before=$(field tests/probe/remote missed) && calls "$1" && hits=$(remote 'return hits.pre + hits.post') &&
		remote 'p:stop()' && after=$(field tests/probe/remote missed) || return 1
	echo "$1 calls, hits $hits, missed $before before and $after after"
	[ $((hits + after - before)) = $((2 * $1)) ] && [ "$hits" -gt "$1" ]
}

lua_cases tests/probe/errors
lua_cases tests/probe/errors --context hardirq
check "softirq runtimes are refused" refuses \
	"cannot use non-sleepable runtime in this context (probe needs a process runtime, this one is softirq)" \
	tests/probe/softirq --context softirq
check "nothing is left of it" output_is "" within 20 lunatik list

klog_mark
check "starts" starts tests/probe/remote
check "counts by symbol" counts 500 "'${entry}_$call'"
check "counts by address" counts 500 "syscall.address(syscall.number('$call'))"
check "counts by symbol and offset" counts 500 "'${entry}_$call+0x0'"

# Condition: with a handler alone the other one is not looked for, and nothing is logged.
one_handler() {
	klog_mark
	says "" "n = 0; p = probe.new('${entry}_$call', {$1 = function() n = n + 1 end})" && calls 100 &&
		remote 'p:stop() return n' && ! klog_since | grep -i probe
}
check "D-PRB-8: only pre" one_handler pre
check "D-PRB-8: only post" one_handler post

# Condition: nothing is counted while it is disabled, and it counts again.
switches() {
	remote "count('${entry}_$call') p:enable(false)" && calls 100 && says "0 0" "return hits.pre, hits.post" &&
		remote "p:enable(true)" && calls 100 && says "100 100" "return hits.pre, hits.post" && remote "p:stop()" &&
		calls 100 && says "100 100" "return hits.pre, hits.post"
}
check "enable" switches

check "handlers get target, dump, argument and event" says "${entry}_$call function nil" \
	"p = probe.new('${entry}_$call', {pre = function(...) got = {...} end}) return '${entry}_$call', 'function', nil"
calls 1
check "... the target as it was given" gives "${entry}_$call function function userdata 4" \
	"p:stop() return got[1], type(got[2]), type(got[3]), type(got[4]), #got"
remote "address = syscall.address(syscall.numbers.$call); p = probe.new(address, {post = function(...) got = {...} end})"
calls 1
check "... an address as well" gives "true function 4 true" \
	"p:stop() return got[1] == address, type(got[2]), #got, tostring(got[4]):match('^probe.event: ') ~= nil"

# Handlers are looked up at each hit.
remote "n = 0; t = {pre = function() n = n + 1 end}; p = probe.new('${entry}_$call', t)"
calls 1
remote "t.pre = function() n = n + 10 end"
calls 1
remote "t.pre = nil"
klog_mark
calls 1
check "handlers may be replaced, and removed" gives 11 "return n"
sleep 0.5
check "a removed handler is not missed in the log" eval '! klog_since | grep -i probe'
remote "p:stop()"

# Results mean nothing: the instruction is executed.
remote "p = probe.new('${entry}_$call', {pre = function() return 1, true, -6 end, post = function() return 1 end})"
check "D-PRB-2: results are ignored" calls 100
remote "p:stop()"

klog_mark
remote "p = probe.new('${entry}_$call', {pre = function(_, d) d() kept = d end})"
calls 1
check "dump shows place and task" eventually 5 klog_has "(calls), at ${entry}_$call+0x"
check "... registers" eventually 5 klog_has "probe:       $counter "
check "... and callers" eventually 5 klog_has "lunatik: tests/probe/remote: probe:   called by $caller"
check "D-PRB-4: a dump that is kept is void" says "null-pointer dereference" "kept()"
remote "p:stop()"
check "... after stop, too" says "null-pointer dereference" "kept() "
remote "p = probe.new('${entry}_$call', {post = function(_, d) kept = d; error('on purpose') end})"
calls 1
check "an error is logged with script and line" eventually 5 klog_has "lunatik: tests/probe/remote: probe: remote:1: on purpose"
check "D-PRB-4: ... and leaves no registers behind" says "null-pointer dereference" "kept()"
remote "p:stop()"

# Condition: a handler that always fails does not flood the log.
fails_quietly() {
	klog_mark
	remote "p = probe.new('${entry}_$call', {pre = function() error('again and again') end})" && calls 3000 || return 1
	sleep 6 # what was dropped is told with the next line that is let through
	calls 1 && remote "p:stop()" || return 1
	# Ten in five seconds.
	[ "$(klog_since | grep -c 'again and again')" -le 100 ] || { klog_since | wc -l; return 1; }
	eventually 10 klog_has " lines were dropped"
}
check "a handler that fails at each hit does not flood the log" fails_quietly

# Condition: a handler that loops ends with its budget, and is switched off in the end.
loops() {
	local before
	klog_mark
	before=$(field tests/probe/remote exhausted)
	sleep 5 # other errors may have used up what the log takes
	remote "p = probe.new('${entry}_$call', {pre = function() while true do end end})" && calls 30 &&
		eventually 10 klog_has "budget of 100000 units exhausted" && eventually 10 klog_has "switched off" || return 1
	[ "$(field tests/probe/remote exhausted)" -gt "$before" ] && [ "$(field tests/probe/remote off)" = 1 ] && remote "p:stop()"
}
check "a handler that loops" loops

# Condition: garbage of a hundred thousand hits is collected.
allocates() {
	remote "hits = 0; p = probe.new('${entry}_$call', {pre = function(t) local x = {t, {}, t .. hits}; hits = hits + 1 end})" &&
		calls 100000 && remote "p:stop(); collectgarbage()" || return 1
	echo "hits $(remote 'return hits'), errors $(field tests/probe/remote errors)"
	[ "$(remote 'return hits > 90000')" = true ] && [ "$(remote 'return collectgarbage("count") < 4000000')" = true ]
}
check "a handler that makes garbage" allocates

# A probe that stops itself.
remote "n = 0; p = probe.new('${entry}_$call', {pre = function() n = n + 1; p:stop(); p:stop() end})"
calls 10
check "stopped from its own handler, it is disarmed at once" gives 1 "return n"
check "... and enable raises" says "null-pointer dereference" "p:enable(true)"
hooks_are() { [ "$(field tests/probe/remote hooks)" = "$1" ]; }
check "... and it is unregistered" eventually 10 hooks_are 1
remote "p = probe.new('${entry}_$call', {pre = function() r = {pcall(probe.new, 'vfs_read', {pre = print})} e = {pcall(p.enable, p, false)} end})"
calls 1
check "... not another probe" says "cannot create a 'probe' object in a callback that may not sleep" "return table.unpack(r)"
check "... not enable" says "probe.enable may sleep" "p:stop() return table.unpack(e)"

check "garbage is not what the kernel calls" gives 100 \
	"n = 0; probe.new('${entry}_$call', {pre = function() n = n + 1 end}) collectgarbage() collectgarbage() return 100"
calls 100
check "... it goes on without a handle" gives 100 "return n"
check "stops" stops tests/probe/remote
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'

check "a probe of what its handler leaves behind starts" starts tests/probe/echo --memory 1M
calls 500
check "... does not feed itself" output_has tests/probe/echo within 30 lunatik list
check "... stops" stops tests/probe/echo

check "a hardirq runtime starts" starts tests/probe/parent
calls 500
check "... and counts" output_is "500 500" head -c 100 /dev/probe_hardirq
check "... stops" stops tests/probe/parent
check "the kernel log is clean" eval '! klog_report'
