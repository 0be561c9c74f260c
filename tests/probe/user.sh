#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Programs: calls and returns of a function, other files, and files that lie.
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

program=$PWD/calls
only_one_cpu

# Condition: a call of probe.user raises a text: TEXT ARGUMENTS.
raises() {
	says "$1" "return select(2, pcall(probe.user, $2))"
}

klog_mark
check "starts" starts tests/probe/remote
remote "n, sum = 0, 0 p = probe.user('$program', 'calls_add', function(...) local event = ... n = n + 1 sum = sum + event:arg(0) + event:arg(2)
	text = event:userstring(event:arg(1)) stack = event:userstack(2) kernel = event:stack() kept = event
	got = table.pack(select('#', ...), event.comm, event.ip > 0, event.target, (pcall(event.result, event))) end)"
./calls -u 1000
check "each call, with its arguments" gives "1000 1000499500 a text of the program" "return n, sum, text"
check "the event" gives "1 calls true $program:calls_add false" "return table.unpack(got, 1, got.n)"
check "... its stacks" gives "true true" "return stack:match('^0x%x+') ~= nil, kernel == ''"
check "... void afterwards" says "void: it was lent" "return kept.pid"
remote "p:enable(false) n = 0"
./calls -u 10
check "disabled" gives 0 "return n"
remote "p:enable(true)"
./calls -u 10
check "enabled" gives 10 "return n"
remote "p:stop()"
./calls -u 10
check "stopped" gives 10 "return n"
check "... enabled after stop" says "null-pointer dereference" "p:enable(true)"

remote "n, sum = 0, 0 p = probe.userexit('$program', 'calls_add', function(event) n = n + 1 sum = sum + event:result()
	argument = select(2, pcall(event.arg, event, 0)) end)"
./calls -u 1000
check "each return, with its result" gives "1000 1000499500" "return n, sum"
check "... without arguments" says "a function that returns has no arguments any more" "p:stop() return argument"

# Condition: a program that runs already is probed, too.
running() {
	./calls -a &
	local child=$!
	sleep 0.3
	remote "n = 0 p = probe.user('$program', 'main', function() n = n + 1 end) q = probe.user('/bin/true', 'main', function() n = n + 1 end)" > /dev/null
	kill $child
	./calls -u 1 && gives 1 "p:stop() return n"
}
check "before and after it starts" running

offset=$(remote "return select(2, pcall(probe.user, '$program', 'calls_add+0x100000', print))")
check "an offset behind the file" says "the offset lies behind the end of the file" "return [[$offset]]"
check "64 at one place" says "there are 64 probes at that place already" "all = {} for i = 1, 64 do all[i] = probe.user('$program', 'calls_add', print) end
	return select(2, pcall(probe.user, '$program', 'calls_add', print))"
remote "for i = 1, 64 do all[i]:stop() end all = nil n = 0"

check "no such file" raises "the file cannot be opened" "'/no/such/file', 'main', print"
check "a folder" raises "not a regular file" "'/bin', 'main', print"
check "a device" raises "not a regular file" "'/dev/null', 'main', print"
check "no function" raises "the tables of the file have no such function" "'$program', 'no_such_function', print"
check "not a program" raises "not a program or library" "'/etc/passwd', 'main', print"
check "not a path" raises "not an absolute path" "'calls', 'main', print"
check "a path with a zero byte" raises "not an absolute path" "'/bin/true\\0', 'main', print"
check "no place" raises "symbol or offset expected, got table" "'$program', {}, print"
check "a negative offset" raises "the offset is negative" "'$program', -1, print"
check "a large offset" raises "the offset lies behind the end of the file" "'$program', 1 << 40, print"
check "a wrong offset" raises "the offset after '+' is not a number" "'$program', 'main+x', print"
check "no name" raises "not the name of a function" "'$program', '', print"
check "no handler" raises "function expected, got no value" "'$program', 'main'"

# Condition: files of ELF with random bytes in their headers and tables do no harm.
lies() {
	local i size place
	size=$(stat -c %s "$program")
	for i in {1..60}; do
		cp "$program" "$test_folder/lie"
		place=$((i % 3 ? RANDOM % 64 : RANDOM * 32768 % size))
		head -c 4 /dev/urandom | dd of="$test_folder/lie" bs=1 seek=$place conv=notrunc status=none
		remote "ok, p = pcall(probe.user, '$test_folder/lie', 'calls_add', print) if ok then p:stop() end p = nil" > /dev/null || return 1
	done
	head -c 100 "$program" > "$test_folder/lie"
	raises "not a program or library" "'$test_folder/lie', 'main', print"
}
check "files that lie" lies

remote "n = 0 probe.user('$program', 'calls_add', function() n = n + 1 end) probe.userexit('$program', 'calls_add', function() n = n + 1 end)"
./calls -u 100
check "stops, with all of them" stops tests/probe/remote
./calls -u 100
check "the program runs on" ./calls -u 1

klog_mark
check "a hardirq runtime starts" starts tests/probe/user --context hardirq
./calls -u 500
check "... and counts" eventually 10 klog_has "print: 500 calls, 500 returns"
check "... stops" stops tests/probe/user
check "unload" within 60 lunatik unload
check "the kernel log is clean" eval '! klog_report'
