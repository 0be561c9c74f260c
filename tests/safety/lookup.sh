#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A file system that does not answer: scripts that look up a file there can be stopped, and others go on.
# shellcheck source=safety.bash
. ./safety.bash

hung=$scripts/hung
child=tests/core/child

modprobe -q fuse
[ -e /dev/fuse ] || skip_all "the kernel has no FUSE"

# A thread that waits for such a file system looks like a hung task to the kernel, as every process there does.
timeout=/proc/sys/kernel/hung_task_timeout_secs
if [ -e $timeout ]; then
	on_exit eval "echo $(cat $timeout) > $timeout"
	echo 0 > $timeout
fi
mkdir -p "$hung"
on_exit rmdir "$hung"
on_exit umount -l "$hung"
./hung "$hung" &
daemon=$!
on_exit kill -KILL "$daemon"
check "a file system that hangs" eventually 10 mountpoint -q "$hung"

# Print how many look-ups hang: threads of the kernel. One that waits for a call is idle.
lookups() { ps -C lunatik_detour -o state= | awk '$1 != "I" { n++ } END { print n + 0 }'; }
hanging() { [ "$(lookups)" -ge "$1" ]; }
none_hangs() { [ "$(lookups)" = 0 ]; }

# Run a script that hangs, in the background: NAME. Sets pid.
runs() {
	local more=$(($(lookups) + 1))
	env --default-signal=INT lunatik run "$1" > "$test_folder/runs" 2>&1 < /dev/null &
	pid=$!
	eventually 30 listed "$1" && eventually 10 hanging $more
}

others_run() { within 30 lunatik run $child && within 20 lunatik stop $child; }

# Condition: a script that hangs can be stopped, and others run meanwhile.
stops_while_it_hangs() {
	runs "$1" || { echo "it does not hang"; cat "$test_folder/runs"; return 1; }
	others_run || { echo "no other runs"; return 1; }
	within 20 lunatik stop "$1" || { echo "it does not stop"; return 1; }
	eventually 10 ended "$pid" || { echo "its command goes on"; return 1; }
	cat "$test_folder/runs"
	eventually 10 nothing_runs
}

# Write a script that uses a socket of AF_UNIX: NAME CALL.
unix_script() {
	script "tests/safety/$1" <<< "
		local socket = require('socket')
		local s <close> = socket.new(socket.af.UNIX, socket.sock.STREAM, 0)
		s:$2('$hung/never')"
}

within 60 lunatik load
script tests/safety/wants <<< 'require("hung/never")'
script tests/safety/insists <<< 'while true do pcall(require, "hung/never") end'
script tests/safety/inherits <<< 'require("lunatik").runtime("hung/never")'
unix_script connects connect
unix_script binds bind
check "a script whose look-up hangs stops" stops_while_it_hangs hung/never
check "... one whose read hangs" stops_while_it_hangs hung/file
check "... one that requires such a file" stops_while_it_hangs tests/safety/wants
check "... one that does so again and again" stops_while_it_hangs tests/safety/insists
check "... one that creates a runtime from it" stops_while_it_hangs tests/safety/inherits
check "... one that connects a socket there" stops_while_it_hangs tests/safety/connects
check "... one that binds a socket there" stops_while_it_hangs tests/safety/binds

# Condition: a socket's file gets the mode that the umask of the task leaves.
masked() {
	script tests/safety/named <<< "
		local socket = require('socket')
		local s = socket.new(socket.af.UNIX, socket.sock.STREAM, 0)
		s:bind('$test_folder/named')"
	(umask "$1" && within 30 lunatik run tests/safety/named) && output_is "$2" stat -c %a "$test_folder/named"
	within 20 lunatik stop tests/safety/named && rm "$test_folder/named"
}
check "a socket's file has the caller's umask" masked 027 750
check "... whatever that is" masked 0 777

interrupted() {
	runs hung/never || return 1
	kill -INT "$pid"
	eventually 20 ended "$pid" && eventually 10 nothing_runs
}
check "Control-C ends it" interrupted

killed() {
	runs hung/never || return 1
	kill -KILL "$pid"
	eventually 20 ended "$pid" && eventually 10 nothing_runs
}
check "so does a fatal signal" killed

# Condition: many look-ups hang, and scripts from elsewhere run.
many() {
	local pids=() i pid
	for ((i = 0; i < 33; i++)); do
		env --default-signal=INT lunatik run "hung/never$i" > /dev/null 2>&1 < /dev/null &
		pids+=($!)
	done
	eventually 60 hanging 40 || { lookups; return 1; }
	kill -INT "${pids[@]}"
	for pid in "${pids[@]}"; do eventually 60 ended "$pid" || return 1; done
	hanging 33 && eventually 10 nothing_runs && others_run
}
check "many of them do not keep others from running" many
check "the modules stay as long as a look-up hangs" eval '! within 60 lunatik unload && [ -e /sys/module/lunatik ]'
within 60 lunatik load

kill -KILL "$daemon"
check "all threads end with the file system" eventually 20 none_hangs
# Threads that were left behind go; that of the next look-up stays.
check "the next look-up" others_run
check "... leaves one that waits" [ "$(pgrep -cx lunatik_detour)" = 1 ]
check "the machine answers" answers
check "everything is gone" all_gone
check "... also the thread that waited" [ "$(pgrep -cx lunatik_detour)" = 0 ]
