#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The xdp library: an eBPF program asks a script about packets that come from another namespace.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

judge=tests/xdp/judge
pinned=/sys/fs/bpf/lunatik_xdp
cpus=0,1
work=$(mktemp -d)
on_exit rm -rf "$work"
[ -e /sys/kernel/btf/vmlinux ] || skip_all "this kernel has no BTF"
needs_module luaxdp

# A device asks the program, for packets of several pieces, too.
build_network() {
	on_exit ip netns del xdp
	on_exit ip link del xdp0
	ip netns add xdp && ip link add xdp0 mtu 9000 type veth peer name eth0 netns xdp && ip -n xdp link set eth0 mtu 9000 &&
		ip link set xdp0 up && ip addr add 10.76.0.1/24 dev xdp0 &&
		ip -n xdp link set eth0 up && ip -n xdp addr add 10.76.0.2/24 dev eth0 &&
		eventually 10 ip netns exec xdp ping -q -c 1 -W 1 10.76.0.1
}

load_program() {
	on_exit rm -rf $pinned ${pinned}_maps
	bpftool prog load ./program.bpf.o $pinned pinmaps ${pinned}_maps
}

attach() {
	on_exit ip link set dev xdp0 xdp off
	ip link set dev xdp0 xdp pinned $pinned
}

# Print what the program noted: NUMBER (0: packets, 1: result, 2: argument, 3: the names are intact).
note() {
	bpftool -j map lookup pinned ${pinned}_maps/notes key "$1" 0 0 0 | sed 's/.*"formatted":.*"value":\(-\?[0-9]*\).*/\1/'
}

counted() { [ "$(note 0)" -gt "$1" ]; }

# Condition: a packet that begins with a letter gives a result: LETTER RESULT [SIZE].
gives() {
	local before result
	before=$(note 0)
	printf '%*s' "${3-1}" '' | tr ' ' "$1" > "$work/packet"
	# One write is one packet.
	ip netns exec xdp taskset -c "$cpus" bash -c "dd if=$work/packet bs=9000 status=none > /dev/udp/10.76.0.1/7000"
	eventually 10 counted "$before" || { echo "no answer"; return 1; }
	result=$(note 1)
	[ "$result" = "$2" ] && [ "$(note 3)" = 1 ] && return 0
	echo "result $result, names intact $(note 3)"
	return 1
}

# Print the entries of the state of a CPU: NUMBER.
state_entries() {
	echo "for _, r in ipairs(lunatik.list(true)) do if r.name == '$judge' and r.cpu == $1 then return r.entries end end" | lunatik
}

unknown() { cat /sys/module/luaxdp/parameters/unknown; }

# Condition: no script is found: -1, and counted: LETTER.
unfound() {
	local before
	before=$(unknown)
	gives "$1" -1 && [ "$(unknown)" -gt "$before" ]
}

# Condition: an error is -1, and reported: LETTER TEXT.
error_of() {
	klog_mark
	gives "$1" -1 && klog_has "$2"
}

under_flood() {
	local i pid status=0
	ip netns exec xdp bash -c 'while :; do printf P > /dev/udp/10.76.0.1/7000; done' 2> /dev/null &
	pid=$!
	for i in {1..6}; do
		if ! stops $judge || ! within 30 lunatik run $judge --context softirq; then
			status=1
			break
		fi
	done
	kill "$pid"
	wait "$pid" 2> /dev/null
	return "$status"
}

klog_mark
mark=$klog_marker
within 60 lunatik load
check "the network" build_network
check "D-XDP-4: a process runtime is refused" refuses "xdp needs a softirq runtime, this one is process" $judge
check "... and a hardirq runtime" refuses "xdp needs a softirq runtime, this one is hardirq" $judge --context hardirq
modprobe luaxdp
check "the program loads" load_program
[ -e $pinned ] || exit 0
check "it attaches" attach
check "D-XDP-2: nobody has attached a function" unfound P
check "the script starts" starts $judge --context softirq
check "D-XDP-7: the last function counts, other arguments mean nothing" gives P 2
check "ABORTED" gives A 0
check "DROP" gives D 1
check "TX" gives T 3
check "REDIRECT" gives R 4
check "A31: nil passes" gives N 2
check "D-XDP-5: a number that is no action" error_of 5 "the function returned an unknown action: a value of xdp.action or nil expected"
for letter in - H S B; do
	check "... nor is $letter" gives "$letter" -1
done
check "an error" error_of E "judge fails"
check "a loop" error_of L "budget of 100000 units exhausted"
check "the argument is the program's" gives W 2
check "... and its bytes, once written" output_is 75 note 2
check "an empty argument" gives e 1
check "D-XDP-1: an empty name" unfound z
check "... one without a zero byte at its end" gives u 1
check "... one that is too long" unfound l
check "... another one" unfound o
check "a packet that is kept" gives K 2
check "... is void" gives V 1
check "D-XDP-8: a packet in several pieces" gives J 1 8000
check "D-XDP-9: stops under its program" stops $judge
check "... and the log says so" unfound P
check "D-XDP-3: starts again" starts $judge --context softirq
check "... and evaluates again" gives D 1
within 30 lunatik stop $judge
within 60 lunatik run $judge --context softirq
check "... after another restart, too" gives D 1
check "D-XDP-6: scripts come and go under a flood" under_flood
within 30 lunatik stop $judge
check "a state for each CPU" starts $judge --percpu
for cpus in 0 1; do
	entries=$(state_entries $cpus)
	check "CPU $cpus asks" gives D 1
	check "... its state" [ "$(state_entries $cpus)" -gt "${entries:-0}" ]
done
cpus=0,1
check "... nil" gives N 2
check "... an error" error_of E "judge fails"
check "... a kept packet" gives K 2
check "a callback detaches" gives Q 2
check "... itself" unfound P
check "... and stops" stops $judge
check "what a program calls stays" fails_with 1 rmmod luaxdp
klog_marker=$mark
check "the kernel logs no fault" eval '! klog_report'
