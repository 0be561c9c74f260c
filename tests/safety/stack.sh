#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The C stack that is left where a script calls deep into the kernel from deep inside itself. The kernel's own
# tracer is the ruler.
# shellcheck source=safety.bash
. ./safety.bash

tracer=/proc/sys/kernel/stack_tracer_enabled
tracing=/sys/kernel/tracing
size=16384

[ -e "$tracer" ] || skip_all "no tracer of the stack (CONFIG_STACK_TRACER) in this kernel"
# The kernel's checks (KASAN) make stacks larger. Divide the size of all by their number.
[ $(($(awk '/^KernelStack:/ { print $2 }' /proc/meminfo) / $(find /proc/[0-9]*/task -mindepth 1 -maxdepth 1 2> /dev/null | wc -l))) -lt 24 ] || size=32768
mountpoint -q "$tracing" || mount -t tracefs nodev "$tracing"

# A bridge over a tunnel over ...: each takes stack of the sender. The nearest end of each tunnel is a neighbour that never
# answers.
neighbour() { ip neigh add "$1" lladdr 02:00:00:00:00:99 dev "$2" nud permanent; }

build_network() {
	local i below=stack0
	ip link add stack0 type dummy && ip addr add 10.0.0.1/24 dev stack0 && ip link set stack0 up || return 1
	neighbour 10.0.0.2 stack0 || return 1
	for i in 1 2 3; do
		ip link add "stackv$i" type vxlan id "$i" local "10.$((i - 1)).0.1" remote "10.$((i - 1)).0.2" \
			dev "$below" dstport $((4788 + i)) && ip link set "stackv$i" up &&
			ip link add "stack$i" type bridge && ip link set "stackv$i" master "stack$i" &&
			ip addr add "10.$i.0.1/24" dev "stack$i" && ip link set "stack$i" up &&
			neighbour "10.$i.0.2" "stack$i" || return 1
		below=stack$i
	done
}

remove_network() {
	local i
	for i in 3 2 1; do
		ip link del "stack$i"
		ip link del "stackv$i"
	done
	ip link del stack0
} 2> /dev/null

# Print the bytes that nobody used of the stack that was used most while a command ran.
measure() {
	echo 0 > "$tracing/stack_max_size"
	echo 1 > "$tracer"
	"$@" > "$test_folder/measured" 2>&1
	echo 0 > "$tracer"
	echo $((size - $(cat "$tracing/stack_max_size")))
}

exec 3>&1

# Condition: so many bytes of the stack are left at least, while the script sends.
leaves() {
	local left
	left=$(measure within 60 lunatik run tests/safety/stack)
	lunatik stop tests/safety/stack
	cat "$test_folder/measured"
	echo "# bytes left: $left" >&3
	echo "bytes left: $left"
	[ "$left" -ge "$1" ] && return 0
	sed 40q "$tracing/stack_trace"
	return 1
}

# Condition: the script sent from so many calls inside each other, and reported a lack of stack when deeper.
sent_from() {
	local depth refused
	read -r depth refused < "$test_folder/measured"
	echo "depth $depth, then: $refused"
	[ "$depth" -ge "$1" ] && [[ $refused == *"stack overflow"* ]]
}

on_exit remove_network
check "three bridges over tunnels" build_network
within 60 lunatik load
klog_mark
check "a datagram from the deepest call leaves 4 KiB of the stack" leaves 4096
check "... and is sent from six protected calls inside each other" sent_from 6

level=$(cut -f 1 /proc/sys/kernel/printk)
on_exit dmesg -n "$level"
on_exit iptables -F OUTPUT
dmesg -n 8
check "a rule that logs" iptables -A OUTPUT -p udp -j LOG
check "a datagram that is logged to a serial console leaves 4 KiB as well" leaves 4096
check "nothing in the kernel log is a report" eval '! klog_report'
within 30 lunatik unload
