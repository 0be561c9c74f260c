#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What scripts hold is counted, is charged to nobody else, and does not keep root from stopping them.
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

# Condition: the commands that root needs work.
commands_work() {
	output_has "$1" within 60 lunatik list --long && output_has "$1" within 60 lunatik list --json &&
		within 60 lunatik status && within 60 lunatik doctor &&
		output_has 42 eval "echo 'return 6 * 7' | within 60 lunatik"
}

full() {
	klog_mark
	within 60 lunatik spawn $hog --memory 1G && eventually 120 klog_has "the hog is full"
}

refuses_more() {
	fails_with 1 within 60 lunatik run $child && [[ $output == *"too much memory in all of them"* ]]
}

within 60 lunatik load
with total 16777216
check "a script holds all memory that there is for scripts" full
check "others are refused" refuses_more
check "list, status, doctor and a chunk work" commands_work $hog
check "ten times" eval 'for i in {1..10}; do within 60 lunatik list || break; done > /dev/null; [ $i = 10 ]'
check "stop works" within 60 lunatik stop $hog
check "others run again" eval "within 60 lunatik run $child && within 60 lunatik stop $child"
check "full again" full
check "unload works" within 60 lunatik unload
check "load" within 60 lunatik load

too_many() {
	within 60 lunatik run $child || return 1
	fails_with 1 within 60 lunatik run tests/safety/cycle && [[ $output == *"too many runtimes"* ]]
}
with runtimes 2
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
check "what is taken is counted" counts_all

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

check "the machine answers" answers
check "everything is gone" all_gone
