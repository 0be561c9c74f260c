#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# lunatik trace: programs of probes, beside numbers that are known, and beside the kernel's own tracing.
# shellcheck disable=SC2016 # eval, Lua and other shells expand
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luaprobe
needs_module luamap
only_one_cpu

calls=$PWD/../probe/calls
tracefs=/sys/kernel/tracing
[ -e $tracefs/events ] || mount -t tracefs tracefs $tracefs

trace() { within 60 lunatik trace "$@"; }

lua_cases tests/trace/clauses

# ---- what a program prints

check "a watcher of programs" output_has "	true" trace -c '/bin/true; exit 0' \
	'tracepoint:sched:sched_process_exec { print(event.pid, event.comm) }'
check "texts come as they are written" output_is "$(printf 'begin\t5\nnil\ttrue\tx\n7%%\nend')" trace -d 0.5 \
	'BEGIN { n = 5 print("begin", n) print(nil, true, "x") printf("%d%%\n", 7) } END { print("end") }'
check "intervals" eval '[ "$(trace -d 1 "interval:ms:100 { print(1) }" | wc -l)" -ge 5 ]'
check "exit()" output_is once trace 'BEGIN { print("once") exit() } interval:ms:10 { print("never") }'
check "a file" eval 'printf "#!/usr/sbin/lunatik trace\nBEGIN { print(1) exit() }\n" > "$test_folder/program" &&
	output_is 1 trace "$test_folder/program"'
output_from_stdin() { [ "$(trace -)" = 2 ]; }
check "standard input" eval 'echo "BEGIN { print(2) exit() }" | output_from_stdin'

# ---- known numbers

counted() {
	output_has "$1" trace "${@:2}"
}

check "each call counts once" counted "count[calls]: 1000" -c "$calls 1000" \
	'BEGIN { number = syscall.numbers.sched_get_priority_max }
	tracepoint:raw_syscalls:sys_enter { if event:arg(1) == number then count(event.comm) end }'
check "... at the entry and the return of its function" counted "count[exit]: 1000" -c "$calls 1000" \
	'kprobe:__x64_sys_sched_get_priority_max { count("entry") return event.pid }
	kretprobe:__x64_sys_sched_get_priority_max { if value == event.pid and event.elapsed > 0 then count("exit") end }'
check "... in a histogram" counted "[64, 128)            500 |@" -c "$calls 500" \
	'kprobe:__x64_sys_sched_get_priority_max { hist(100) }'
check "... in a map of the program" counted "$(printf 'mine[b]: 150\nmine[a]: 300')" -c "$calls 300" \
	'BEGIN { mine = map.hash(10, {key = 8, percpu = true}) }
	kprobe:__x64_sys_sched_get_priority_max { mine:add("a") n = (n or 0) + 1 if n % 2 == 0 then mine:add("b") end }'

check "arguments by name" output_has "-100	/etc/hostname" trace -c 'cat /etc/hostname > /dev/null' \
	'kprobe:do_sys_openat2 { print(args.dfd << 32 >> 32 == 0xffffff9c and -100 or args.dfd, event:userstring(args.filename)) }'
check "... a wrong one" output_has "do_sys_openat2 has no argument 'file'" trace -c 'cat /dev/null' 'kprobe:do_sys_openat2 { print(args.file) }'

check "a process that is not there" fails_with 1 trace -p 4194304 'kprobe:vfs_read { print(1) }'

# The kernel's own tracing in the same run.
execs() {
	local ours theirs
	echo > $tracefs/trace
	echo 1 > $tracefs/events/sched/sched_process_exec/enable
	ours=$(trace -c 'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done' \
		'tracepoint:sched:sched_process_exec { if event.comm == "true" then print(event.pid) end }' | sort -n)
	echo 0 > $tracefs/events/sched/sched_process_exec/enable
	theirs=$(sed -n 's/.*sched_process_exec: filename=[^ ]*true pid=\([0-9]*\) .*/\1/p' $tracefs/trace | sort -n)
	printf 'ours: %s\ntheirs: %s\n' "${ours//$'\n'/ }" "${theirs//$'\n'/ }"
	[ "$(wc -l <<< "$ours")" = 20 ] && [ "$ours" = "$theirs" ]
}
check "tracefs has the same programs" execs

# ---- whose events, and for how long

check "the status is that of the command" fails_with 3 trace -c 'exit 3' 'kprobe:vfs_read {}'
check "... if it does not exist" fails_with 127 trace -c /nothing 'kprobe:vfs_read {}'
check "... if a signal ends it" fails_with 137 trace -c 'kill -9 $$' 'kprobe:vfs_read {}'
check "cpid" output_is true trace -c 'exec sleep 0.5' \
	'BEGIN { print(cpid > 0) exit() } kprobe:vfs_read {}'

one_process() {
	local pid
	"$calls" 100000000 & pid=$!
	capture trace -d 1 -p $pid "tracepoint:raw_syscalls:sys_enter { count(event.comm) }"
	kill $pid
	wait $pid 2> /dev/null
	[[ $output == "count[calls]: "* ]] && [ "$(wc -l <<< "$output")" = 1 ] && return 0
	echo "$output"
	return 1
}
check "one process" one_process
ends_with_process() {
	sleep 1 &
	trace -p $! 'kprobe:vfs_read {}'
}
check "... and its end" ends_with_process

interrupted() {
	local pid
	lunatik trace 'kprobe:vfs_read { count(event.comm) } END { print("bye") }' > "$test_folder/out" 2>&1 & pid=$!
	sleep 2
	head -c 1 /etc/hostname > /dev/null
	kill "-$1" $pid
	wait $pid || return 1
	grep -q bye "$test_folder/out" && grep -q 'count\[head\]' "$test_folder/out" && return 0
	cat "$test_folder/out"
	return 1
}
check "SIGTERM ends it with all results" interrupted TERM
head_closes() {
	trace 'kprobe:vfs_write { print(event.comm) }' | head -n 1 > /dev/null
	return 0
}
check "a closed pipe ends it" head_closes
killed() {
	local pid
	lunatik trace 'kprobe:vfs_read {}' & pid=$!
	sleep 2
	kill -9 $pid
	wait $pid 2> /dev/null
	eventually 10 eval '! echo "for _, r in ipairs(lunatik.list(true)) do print(r.name) end" | lunatik | grep -q traced'
}
check "D-TRC-2: a command that is killed leaves nothing" killed

# ---- mistakes

check "an error of the compiler has line and column" fails_with 1 trace 'kprobe:vfs_read { x = = 1 }'
check "... which the message names" eval '[[ $output == "lunatik: trace:1:23: unexpected symbol near '"'='"'" ]]'
run_error() {
	capture trace -c 'cat /dev/null' 'kprobe:vfs_read {
	local x = event.nothing.more }'
	[[ $output == *"lunatik: trace:2:26: attempt to index a nil value (field 'nothing')"*"errors in all"* ]] && return 0
	echo "$output"
	return 1
}
check "an error in a clause, too" run_error
check "a function that is not there" fails_with 1 trace 'kprobe:nosuchfunction {}'
check "... which the message names" eval '[[ $output == "lunatik: kprobe:nosuchfunction: failed to register probe (-2)"* ]]'
check "a pattern without a match" fails_with 1 trace 'kprobe:nosuch* {}'
check "a pattern" counted "count[vfs_readv]: 0" -c true 'BEGIN { count = map.hash(9, {key = 32}) count["vfs_readv"] = 0 } kprobe:vfs_read* {}'
check "a map in a handler" output_has "map.hash: BEGIN makes maps" trace -c 'cat /dev/null' 'kprobe:vfs_read { map.hash(1) }'
check "no program" fails_with 2 trace
check "no file" fails_with 1 trace /nothing
check "-c and -p" fails_with 2 trace -c true -p 1 'BEGIN {}'
check "D-TRC-1: lines that come too fast are dropped, and the message says how many" output_has "lines were dropped" \
	trace -c "$calls 20000 > /dev/null" 'tracepoint:raw_syscalls:sys_enter { for i = 1, 20 do print(("x"):rep(200)) end }'

# ---- lists

check "functions" output_has "kprobe:vfs_read" within 30 lunatik trace --list 'vfs_rea*'
check "tracepoints" output_is "$(printf 'tracepoint:sched:sched_process_exec\ntracepoint:sched:sched_process_exit')" \
	within 30 lunatik trace --list 'tracepoint:sched_process_e*'

check "nothing is left" output_is "" lunatik list
check "unload" within 60 lunatik unload
check "load" within 60 lunatik load
