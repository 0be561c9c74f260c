#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Stop and the ends of things: devices in use, threads that do not poll, many cycles, many commands at once.
# shellcheck source=safety.bash
. ./safety.bash

klog_mark

# ---- a body that fails

fails_halfway() {
	fails_with 1 within 60 lunatik run tests/safety/halfway || return 1
	[[ $output == *"halfway.lua:14: after the device"* ]] && [ ! -e /dev/safety_halfway ] && return 0
	echo "$output"
	ls /dev/safety_halfway
}
check "a body that fails leaves no device" fails_halfway
check "and can be run again" fails_halfway
check "and is not listed" nothing_runs

# ---- no memory for a message that nothing protects

klog_mark
check "a thread runs out of memory" within 60 lunatik spawn tests/safety/dead --memory 1M
check "what it then resumes in vain says why" eventually 30 \
	klog_has $'dead:\ttrue\ttrue\tfalse\tcannot resume dead coroutine'
check "it can be stopped" within 30 lunatik stop tests/safety/dead

# ---- a device in use

# Condition: stop ends a read that would last for ever. HOW.
stop_ends_read() {
	local reader status=0
	within 60 lunatik run tests/safety/device || return 1
	echo "$1" > /dev/safety || return 1
	dd if=/dev/safety bs=16 count=1 > "/tmp/read" 2>&1 &
	reader=$!
	sleep 1
	! ended "$reader" || { echo "the read ended at once"; cat /tmp/read; return 1; }
	within 20 lunatik stop tests/safety/device || return 1
	eventually 10 ended "$reader" || return 1
	wait "$reader" || status=$?
	[ ! -e /dev/safety ] || return 1
	# A reader that was only asked to end may have ended well.
	[ "$status" = 1 ] || [ "$1" = sleep ] && return 0
	echo "the reader's status: $status"
	return 1
}
for how in spin sleep sleeps caught memory; do
	check "stop ends a read that would last: $how" stop_ends_read "$how"
done

# Condition: a signal ends such a read, and the device answers the next one.
kill_ends_read() {
	local reader
	within 60 lunatik run tests/safety/device && echo "$1" > /dev/safety || return 1
	dd if=/dev/safety bs=16 count=1 > /tmp/read 2>&1 &
	reader=$!
	sleep 1
	kill -KILL "$reader"
	eventually 10 ended "$reader" || return 1
	echo plain > /dev/safety && output_is plain within 10 head -n 1 /dev/safety || return 1
	within 20 lunatik stop tests/safety/device
}
for how in spin sleep caught; do
	check "kill ends a read that would last: $how" kill_ends_read "$how"
done

# Condition: many readers wait for one that does not end, and stop ends them all.
stop_ends_readers() {
	local readers=() i
	within 60 lunatik run tests/safety/device && echo spin > /dev/safety || return 1
	for ((i = 0; i < 6; i++)); do
		dd if=/dev/safety bs=16 count=1 > /tmp/read 2>&1 &
		readers+=($!)
	done
	sleep 1
	within 20 lunatik stop tests/safety/device || return 1
	for i in "${readers[@]}"; do
		eventually 10 ended "$i" || return 1
	done
	wait
}
check "stop ends those that wait for their turn" stop_ends_readers

read_kept() {
	dd bs=16 count=1 <&7
}

kept_open() {
	within 60 lunatik run tests/safety/device || return 1
	exec 7<> /dev/safety
	within 20 lunatik stop tests/safety/device || return 1
	fails_with 1 read_kept || return 1
	! (echo x >&7) 2> /dev/null || return 1
	within 60 lunatik run tests/safety/device || return 1
	output_is plain within 10 head -n 1 /dev/safety || return 1
	! (echo x >&7) 2> /dev/null || return 1
	exec 7>&-
	output_is plain within 10 head -n 1 /dev/safety || return 1
	within 20 lunatik stop tests/safety/device
}
check "a file kept open across the stop" kept_open
exec 7>&-

unload_refused() {
	within 60 lunatik run tests/safety/device || return 1
	exec 7<> /dev/safety
	capture within 60 lunatik unload
	exec 7>&-
	[[ $output == *"/dev/safety is open in bash (process "* ]] || { echo "$output"; return 1; }
}
check "unload with a file open says what holds it" unload_refused
exec 7>&-
check "and works afterwards" eventually 10 within 60 lunatik unload

# ---- threads

thread_stops() {
	within 60 lunatik spawn "$1" || return 1
	sleep 1
	within 20 lunatik stop "$1" && nothing_runs
}
check "a thread that never polls is stopped" thread_stops tests/safety/thread
check "a thread that never wakes is stopped" thread_stops tests/safety/sleeper

# ---- cycles

# Pages that wait for reuse in the lists of CPUs are not available to the kernel's count; Linux 6.7 and later let
# many wait there once many were freed.
memory() {
	local available waiting
	available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	waiting=$(awk '$1 == "count:" { pages += $2 } END { print pages * 4 }' /proc/zoneinfo)
	echo $((available + waiting))
}

# As quick as possible: in one session, so that no process starts in between.
cycle_file() {
	local chunk="local n = 0 for i = 1, $1 do lunatik.runner.run('$2', $3) n = n + (lunatik.runner.stop('$2') and 1 or 0) end return n"
	output=$(echo "$chunk" | within 150 lunatik 2>&1)
	[[ $output == *"$1"* ]] && return 0
	echo "$output"
	return 1
}

# Memory freed after a grace period or by a worker comes back late. The caller tries again for a while, which a leak outlasts.
memory_is_back() {
	echo 3 > /proc/sys/vm/drop_caches
	[ $(($1 - $(memory))) -lt 8192 ]
}

leaks_little() {
	local before area
	cycle_file 20 tests/safety/cycle true || return 1
	sync
	sleep 1
	echo 3 > /proc/sys/vm/drop_caches
	before=$(memory) area=$(awk '/^VmallocUsed/ { print $2 }' /proc/meminfo)
	cycle_file 200 tests/safety/cycle true || return 1
	if ! eventually 20 memory_is_back "$before"; then
		echo "available: $before KiB, then $(memory) KiB"
		return 1
	fi
	# An arena for each cycle would be 12 MiB.
	area=$(($(awk '/^VmallocUsed/ { print $2 }' /proc/meminfo) - area))
	[ "$area" -lt 1024 ] || { echo "$area KiB of arenas are left"; return 1; }
}
check "two hundred cycles leak nothing" leaks_little
check "the machine answers" answers
check "fifty cycles of a softirq runtime" cycle_file 50 tests/safety/alive '"softirq"'
check "fifty cycles of a hardirq runtime" cycle_file 50 tests/safety/alive '"hardirq"'

# ---- many commands at once

client() {
	echo "local t = {} for i = 1, 200 do t[i] = '$1' if i % 50 == 0 then print('$1') end end return table.concat(t)" |
		within 90 lunatik > "/tmp/client.$1" 2>&1
}

own_results() {
	local count
	[ "$(grep -o "$1" "/tmp/client.$1" | wc -l)" = 204 ] || { head -c 2000 "/tmp/client.$1"; return 1; }
	count=$(tr -d "\n$1> " < "/tmp/client.$1" | wc -c)
	[ "$count" = 0 ] || { head -c 2000 "/tmp/client.$1"; return 1; }
}

pids=()
echo 'while true do end' | env --default-signal=INT timeout 300 lunatik > /tmp/client.loop 2>&1 &
looping=$!
for name in A B C D E F G; do
	client "$name" &
	pids+=($!)
done
for name in A B C D E F G; do
	check "client $name of eight ends" wait "${pids[0]}"
	check "client $name gets its own results" own_results "$name"
	pids=("${pids[@]:1}")
done
still_loops() {
	! ended "$looping"
}
check "the eighth loops on" still_loops
kill -INT "$(pgrep -P "$looping")"
check "until Control-C" eventually 20 ended "$looping"

check "the machine answers" answers
check "everything is gone" all_gone
