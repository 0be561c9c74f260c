#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The surroundings of scripts freeze, fill up and go away: suspend, cgroups, memory, /run, RTNL, namespaces, modules.
# After many cycles of run and stop the kernel holds as much memory as before.
# shellcheck source=torture.bash
. ./torture.bash

cycle=tests/torture/cycle
device=/dev/torture_cycle

start_all() {
	within 30 lunatik run $cycle || return 1
	[ -n "$(lacking luanetfilter)" ] || within 30 lunatik run tests/torture/softirq --context softirq
}

stop_both() {
	within 30 lunatik stop $cycle || return 1
	[ -n "$(lacking luanetfilter)" ] || within 30 lunatik stop tests/torture/softirq
}

# Start a process in a cgroup of its own that runs COMMAND, then waits in a read of the device: [COMMAND].
wait_in_device() {
	mkdir -p $group
	bash -c "echo \$\$ > $group/cgroup.procs; exec 5<> $device; ${1:-:}; exec head -c 10 <&5" > /dev/null 2>&1 &
	waiter=$!
	sleep 0.5
}

end_waiter() {
	kill -KILL "$waiter" 2> /dev/null
	wait "$waiter" 2> /dev/null
	eventually 10 rmdir $group
}

group=/sys/fs/cgroup/torture

kill_group() {
	local process
	while read -r process; do
		kill -KILL "$process"
	done < $group/cgroup.procs
} 2> /dev/null

# ---- freezer ------------------------------------------------------------------------------------------------------------

frozen() {
	grep -q 'frozen 1' $group/cgroup.events
}

# Condition: a cgroup whose process waits in a callback freezes, thaws, and can be killed.
freezes() {
	local status=0
	start_all && wait_in_device "$1" || return 1
	echo 1 > $group/cgroup.freeze
	eventually 10 frozen || { echo "not frozen: $(cat $group/cgroup.events)"; status=1; }
	echo 0 > $group/cgroup.freeze
	end_waiter || return 1
	stop_both && return $status
}

# Condition: the machine goes to sleep as far as its test goes, with scripts that wait.
suspends() {
	local status=0
	start_all && wait_in_device && lunatik list > /dev/null || return 1
	echo freezer > /sys/power/pm_test
	echo mem > /sys/power/state || status=1
	echo none > /sys/power/pm_test
	end_waiter || return 1
	stop_both && return $status
}

# ---- memory ---------------------------------------------------------------------------------------------------------------

# Condition: readers in a cgroup with little memory fail or not; the script goes on for others.
limited() {
	start_all || return 1
	mkdir -p $group
	echo +memory > /sys/fs/cgroup/cgroup.subtree_control 2> /dev/null
	[ ! -e $group/memory.max ] || echo 2M > $group/memory.max
	for _ in 1 2 3; do
		bash -c "echo \$\$ > $group/cgroup.procs; head -c 500000 /dev/zero | tr '\\0' x > $device; lunatik list; exec head -c 50 $device" > /dev/null 2>&1 &
		sleep 2
		# A reader that is left holds the runtime.
		kill_group
		wait $!
	done
	eventually 10 rmdir $group || { echo "the cgroup stays"; return 1; }
	if ! echo x > $device || [ "$(within 20 head -c 1 $device)" != x ]; then
		echo "the device does not answer"
		return 1
	fi
	stop_both
}

# Condition: scripts come and go, or fail, while next to no memory is left. A file takes it: programs would be killed, which counts as a report.
pressed() {
	local i done=0 full=$work/full available
	mkdir "$full" && mount -t tmpfs -o size=100% none "$full" || return 1
	available=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
	fallocate -l $((available - 49152))K "$full/file" || { umount "$full"; return 1; }
	for i in {1..4}; do
		ends 20 lunatik run $cycle && ends 20 lunatik run tests/torture/softirq --context softirq && stop_all && done=$i
	done
	umount "$full"
	[ "$done" = 4 ] && start_all && stop_both
}

# Condition: scripts run after the command has met a /run without room.
full_run() {
	unshare -m bash -c 'mount --make-rprivate / && mount -t tmpfs -o size=4k none /run && head -c 100000 /dev/zero > /run/full 2> /dev/null
		lunatik unload; lunatik load && lunatik run tests/torture/cycle && lunatik list && lunatik stop tests/torture/cycle' ||
		[ -e /dev/lunatik ] || within 30 lunatik load
	start_all && stop_both
}

# ---- what comes and goes -----------------------------------------------------------------------------------------------------

# Condition: scripts with hooks come and go while RTNL is never free for long.
contended() {
	local i
	churn interfaces
	churn interfaces_too
	churn namespaces
	for i in {1..3}; do
		start_all && stop_both || return 1
	done
	quiet
	interfaces_go
	return 0
}

# Let interfaces come and go again, after quiet.
interfaces_go() {
	local name
	ip netns del tcn
	for name in tcx tc0 td0; do
		ip link del $name
	done
} 2> /dev/null

interfaces_too() {
	while :; do
		ip link add td0 type dummy
		ip link set td0 up
		ip link set td0 mtu 1000
		ip rule add priority 40005 table 1005
		ip rule del priority 40005
		ip link del td0
	done
}

namespace_gone() {
	! ip netns list | grep -q tgone
}

# Condition: a network namespace goes while its processes have files and sockets of scripts, and an interface of it a hook.
namespace_goes() {
	ip netns add tgone && ip link add tcx type veth peer name eth0 netns tgone && ip link set tcx up && start_all || return 1
	ip netns exec tgone bash -c "for i in 1 2 3 4 5 6; do echo socket > $device; done"
	ip netns exec tgone bash -c "exec 5<> $device; exec sleep 3" &
	local user=$!
	ip netns del tgone && namespace_gone || return 1
	kill "$user"
	wait "$user" 2> /dev/null
	stop_both && eventually 10 eval '! ip link show tcx'
}

# Condition: a module goes while its functions are probed, comes back, and goes again.
module_goes() {
	modprobe dummy numdummies=1 || return 0
	ip link set dummy0 up
	within 30 lunatik run tests/torture/module || return 1
	ping -q -c 1 -W 1 -I dummy0 10.99.0.1 > /dev/null 2>&1
	modprobe -r dummy || return 1
	modprobe dummy numdummies=1 && ip link set dummy0 up || return 1
	ping -q -c 1 -W 1 -I dummy0 10.99.0.1 > /dev/null 2>&1
	within 30 lunatik stop tests/torture/module && modprobe -r dummy
}

# ---- many cycles ----------------------------------------------------------------------------------------------------------------

# Print what the kernel holds for good, in kB: slab, vmalloc, percpu.
held() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 1
	awk '/^SUnreclaim:|^VmallocUsed:|^Percpu:|^KernelStack:/ { printf "%s%s ", $1, $2 } END { print "" }' /proc/meminfo
}

# Condition: the scripts of a cycle run, are used, and stop.
turn() {
	within 30 lunatik run $cycle && echo x > $device && within 10 head -c 1 $device > /dev/null && within 30 lunatik stop $cycle || return 1
	[ -n "$(lacking luanetfilter)" ] ||
		{ within 30 lunatik run tests/torture/softirq --context softirq && within 30 lunatik stop tests/torture/softirq; }
}

# Print the caches of the slab allocator that have grown since their sizes were written to "$work/slabs".
grown_caches() {
	slab_sizes | awk 'FNR == NR { had[$1] = $2; next } $2 > had[$1] + 16 { print $1 " grew from " had[$1] + 0 " to " $2 " kB" }' "$work/slabs" -
}

slab_sizes() {
	awk 'NR > 2 { print $1, int($3 * $4 / 1024) }' /proc/slabinfo
}

# How many kB more each cycle may leave, and all of them together, because the kernel's own caches change as well.
each=1 all=400

# Condition: as many cycles as there is time for, at least some, do not make the kernel hold more.
no_growth() {
	local before after name had has n=0 i
	for i in {1..4}; do
		turn || return 1
	done
	before=$(held)
	slab_sizes > "$work/slabs"
	while time_left || [ $n -lt 10 ]; do
		turn || return 1
		n=$((n + 1))
	done
	after=$(held)
	progress "$n cycles: $before-> $after"
	for name in $before; do
		had=${name#*:} name=${name%:*}
		has=${after#*"$name":}
		has=${has%% *}
		[ $((has - had)) -le $((n * each + all)) ] || { echo "$name grew in $n cycles from $had to $has kB"; grown_caches; return 1; }
	done
}

on_exit quiet
on_exit stop_all
dmesg -n 1
klog_mark
check "everything loads" within 60 lunatik load
time_of_part 10
check "a cgroup freezes whose process waits in a callback" freezes
check "... or sleeps in one" freezes "echo sleep >&5"
if [ -e /sys/power/pm_test ]; then
	check "the machine suspends while scripts wait" suspends
else
	skip "the machine suspends while scripts wait" "this kernel has no test of suspend"
fi
check "cgroups with little memory" limited
check "no memory left" pressed
check "a full /run" full_run
check "RTNL is contended" contended
check "a network namespace goes" namespace_goes
check "a module goes" module_goes
check "many cycles leave nothing" no_growth
check "everything unloads" within 60 lunatik unload
check "the kernel log is clean" nothing_reported
