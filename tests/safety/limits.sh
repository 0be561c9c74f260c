#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The memory of scripts is counted, nobody else is charged for it, and root can stop scripts that hold all of it.
# shellcheck source=safety.bash
. ./safety.bash

parameters=/sys/module/lunatik/parameters
hog=tests/safety/hog
child=tests/core/child

# Set a parameter until the script ends: NAME VALUE.
with() {
	on_exit eval "echo $(cat "$parameters/$1") > $parameters/$1"
	echo "$2" > "$parameters/$1"
}

# ---- root gets in

# Condition: the doctor can open the device, whatever else it finds.
doctor_opens() {
	within 60 lunatik doctor > "$test_folder/doctor" 2>&1
	! grep 'problem: /dev/lunatik' "$test_folder/doctor"
}

# Condition: the commands that root needs work.
commands_work() {
	output_has "$1" within 60 lunatik list --long && output_has "$1" within 60 lunatik list --json &&
		within 60 lunatik status && doctor_opens &&
		output_has 42 eval "echo 'return 6 * 7' | within 60 lunatik"
}

full() {
	klog_mark
	within 60 lunatik spawn $hog --memory 1G && eventually 120 klog_has "the hog is full"
}

refuses_more() {
	fails_with 1 within 60 lunatik run $child && [[ $output == *"too much memory in all of them"* ]]
}

lists_often() {
	for _ in {1..10}; do
		within 60 lunatik list > /dev/null || return 1
	done
}

within 60 lunatik load
with total 16777216
check "a script holds all memory of scripts" full
check "others are refused" refuses_more
check "list, status, doctor and a chunk work" commands_work $hog
check "ten times" lists_often
check "stop works" within 60 lunatik stop $hog
check "others run again" eval "within 60 lunatik run $child && within 60 lunatik stop $child"
check "full again" full
check "unload works" within 60 lunatik unload
check "load" within 60 lunatik load

too_many() {
	within 60 lunatik run $child || return 1
	fails_with 1 within 60 lunatik run tests/safety/cycle && [[ $output == *"too many runtimes"* ]]
}
with runtimes 1
check "as many scripts run as may" too_many
check "list, status, doctor and a chunk work" commands_work $child
check "stop works" within 60 lunatik stop $child
with runtimes 1024

# ---- memory is counted as it is

# Pages that wait for reuse in the lists of CPUs are not available to the kernel's count.
available() {
	local available waiting
	available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	waiting=$(awk '$1 == "count:" { pages += $2 } END { print pages * 4 }' /proc/zoneinfo)
	echo $((available + waiting))
}

charged() { echo 'return lunatik.status().memory' | within 60 lunatik | grep -o '[0-9]*' | tail -n 1; }

counts_all() {
	local before taken counted
	with total 268435456
	within 60 lunatik list > /dev/null
	sync
	echo 3 > /proc/sys/vm/drop_caches
	before=$(available) counted=$(charged)
	within 100 lunatik run tests/safety/counted --memory 256M || return 1
	echo 3 > /proc/sys/vm/drop_caches
	taken=$((before - $(available))) counted=$((($(charged) - counted) / 1024))
	within 60 lunatik stop tests/safety/counted
	echo "taken: $taken KiB, counted: $counted KiB"
	[ $taken -lt $((counted + counted / 10 + 4096)) ]
}
check "taken memory is counted" counts_all

# ---- nobody else pays

cgroup=/tmp/safety_cgroup

make_cgroup() {
	mkdir -p $cgroup
	mount -t cgroup2 none $cgroup || return 1
	on_exit umount $cgroup
	echo +memory > $cgroup/cgroup.subtree_control || return 1
	on_exit rmdir $cgroup/reader
	mkdir $cgroup/reader && echo $((8 << 20)) > $cgroup/reader/memory.max
}

read_inside() {
	starts_shared || return 1
	sh -c "echo \$\$ > $cgroup/reader/cgroup.procs && exec cat /dev/safety_shared" > "$test_folder/shared" 2>&1
	cat "$test_folder/shared"
	[ "$(cat "$test_folder/shared")" = kept ]
}

starts_shared() {
	on_exit within 30 lunatik stop tests/safety/shared
	within 60 lunatik run tests/safety/shared
}

little_left() {
	[ "$(cat $cgroup/reader/memory.current)" -lt $((1 << 20)) ]
}

if make_cgroup; then
	check "a reader in a small cgroup does not fail the script" read_inside
	check "... nor pays for what the script keeps" eventually 10 little_left
	check "... which stops" within 30 lunatik stop tests/safety/shared
else
	skip "a reader in a small cgroup" "no memory controller of version 2"
fi

# ---- a library that never comes

# Kill what the rule of modprobe has started.
end_modprobe() {
	local pid
	for pid in $(pidof sleep); do
		[ "$(tr '\0' ' ' < "/proc/$pid/cmdline")" != "sleep 4711 " ] || kill "$pid"
	done
}

modprobe_hangs() { pgrep -fx 'sleep 4711' > /dev/null; }

printf 'install lunatik-lib-hang sleep 4711\ninstall ipt_hang sleep 4711\ninstall xt_hang sleep 4711\n' > /etc/modprobe.d/hang.conf
on_exit rm -f /etc/modprobe.d/hang.conf
on_exit end_modprobe
script tests/safety/hang <<< 'require("hang")'
script tests/safety/hangs <<< 'local lunatik = require("lunatik") pcall(lunatik.runtime, "tests/safety/hang")'

# Run a script in the background; sets pid.
waits() {
	env --default-signal=INT lunatik run "$1" > "$test_folder/waits" 2>&1 < /dev/null &
	pid=$!
	eventually 30 modprobe_hangs && listed "$1"
}

hangs_and_stops() {
	waits "$1" || return 1
	within 30 lunatik run $child && within 20 lunatik stop $child || return 1
	within 20 lunatik stop "$1" && eventually 10 ended "$pid" || return 1
	cat "$test_folder/waits"
	end_modprobe
	within 30 lunatik run $child && within 20 lunatik stop $child && nothing_runs
}
check "a script whose library never comes stops" hangs_and_stops tests/safety/hang
check "... and one whose child waits for it" hangs_and_stops tests/safety/hangs

interrupted() {
	waits tests/safety/hang || return 1
	kill -INT "$pid"
	eventually 20 ended "$pid" && end_modprobe && nothing_runs
}
check "Control-C ends it" interrupted

unloads() {
	waits tests/safety/hang && within 60 lunatik unload && [ ! -e /sys/module/lunatik ]
}
check "the modules go meanwhile" unloads
end_modprobe
check "... and come back" within 60 lunatik load

check "the machine answers" answers
check "everything is gone" all_gone
