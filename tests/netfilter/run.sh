#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The netfilter library: families, hook points, verdicts, marks, limits. Packets are in packets.sh.
# shellcheck source=net.bash
. ./net.bash

klog_mark
mark=$klog_marker
check "the network stands" build_network
check "the bridge stands" build_bridge
modprobe nfnetlink_queue

# ---- registration ----
lua_cases tests/netfilter/basic --context softirq
check "D-NF-1: a process runtime is refused" refuses "cannot use sleepable runtime in this context (netfilter needs a softirq runtime, this one is process)" tests/netfilter/hostile
check "... and a hardirq runtime" refuses "(netfilter needs a softirq runtime, this one is hardirq)" tests/netfilter/hostile --context hardirq

elsewhere() {
	fails_with 1 client lunatik run tests/netfilter/hostile --context softirq || return 1
	[[ $output == *"initial network namespace"* ]] && return 0
	echo "$output"
	return 1
}
check "D-NF-12: so is another network namespace" elsewhere
check "... which leaves nothing" fails_with 1 lunatik stop tests/netfilter/hostile

# ---- families and hook points ----
sees() {
	grep -F "seen $1" "$work/seen" && return 0
	cat "$work/seen"
	return 1
}

klog_mark
check "all hook points: starts" starts tests/netfilter/points --context softirq
ip neigh flush dev nfc0
check "D-NF-8: without a verdict, packets pass: IPv4" answers client 10.77.1.1
check "... IPv6" answers client fd77:1::1
check "... forwarded" answers client 10.77.2.2
check "... forwarded IPv6" answers client fd77:2::2
check "... bridged" answers ip netns exec nfbridge1 10.77.3.12
check "... to the bridge" answers ip netns exec nfbridge1 10.77.3.1
check "... and from it" answers env 10.77.3.11
klog_since > "$work/seen"
for family in INET IPV4 IPV6; do
	for point in "PRE_ROUTING ipv: at 14" "LOCAL_IN ipv: at 14" "FORWARD ipv: at 14" "LOCAL_OUT ipv: at 0" "POST_ROUTING ipv: at"; do
		[ "$family" = IPV6 ] || check "A11: $family ${point/ipv/ipv4}" sees "$family ${point/ipv/ipv4}"
		[ "$family" = IPV4 ] || check "A11: $family ${point/ipv/ipv6}" sees "$family ${point/ipv/ipv6}"
	done
done
for point in PRE_ROUTING LOCAL_IN FORWARD LOCAL_OUT POST_ROUTING; do
	check "A11: BRIDGE $point" sees "BRIDGE $point ipv4: at 14"
done
check "A11: BRIDGE sees ARP" sees "BRIDGE FORWARD arp: at 14"
check "A11: ARP IN" sees "ARP IN arp: at 14"
check "A11: ARP OUT" sees "ARP OUT arp: at 0"
config=/boot/config-$(uname -r)
for point in INGRESS EGRESS; do
	if [ -e "$config" ] && ! grep -q "^CONFIG_NETFILTER_$point=y" "$config"; then
		skip "A11: NETDEV $point" "CONFIG_NETFILTER_$point is not in this kernel"
		continue
	fi
	check "A11: NETDEV $point" sees "NETDEV $point ipv4: at 14"
	check "A11: NETDEV $point sees ARP" sees "NETDEV $point arp: at 14"
done
# A packet inside another: the MAC header that is set is the inner one's.
if modprobe -q ipip; then
	on_exit ip link del nftun
	check "a tunnel stands" ip link add nftun type ipip local 10.77.1.1 remote 10.77.1.2
	ip addr add 10.77.9.1/24 dev nftun
	ip link set nftun up
	ip netns exec nfserver ping -q -c 2 -W 1 10.77.9.2 > /dev/null || true
else
	skip "a tunnel stands" "this kernel has no tunnels of IPv4 in IPv4"
fi
check "D-NF-10: each object ended where its packet does" fails_with 1 klog_has "odd"
check "all hook points: stops" stops tests/netfilter/points

# ---- verdicts ----
klog_mark
check "the receiver listens" collect client 7000 "$work/received"
check "verdicts: starts" starts tests/netfilter/verdicts --context softirq
check "ACCEPT" arrives "A ACCEPT"
check "DROP: the sender gets an error" dropped "D DROP"
check "STOLEN: the sender gets no error" lost "S STOLEN"
check "D-NF-7: STOP accepts" arrives "T STOP"
check "nil accepts" arrives "N nil"
check "QUEUE without a listener drops" lost "Q QUEUE"
check "... unless bypass is set" arrives "B QUEUE with bypass"
check "REPEAT calls again" arrives "r REPEAT"
check "CONTINUE goes on" arrives "C CONTINUE"
check "RETURN goes on" arrives "R RETURN"
check "no verdict was an error yet" has_field tests/netfilter/verdicts errors 0

# Condition: a verdict is refused, counted and reported, and the packet passes: TEXT MESSAGE
refused_verdict() {
	local before
	before=$(field tests/netfilter/verdicts errors)
	klog_mark
	arrives "$1" && has_field tests/netfilter/verdicts errors $((before + 1)) && klog_has "$2"
}
check "REPEAT for ever is an error" refused_verdict "e REPEAT" "REPEAT again and again"
check "a string is an error" refused_verdict "x string" "a verdict that is neither an integer nor nil"
check "an unknown verdict is an error" refused_verdict "y 6" "an unknown verdict"
check "high bits are an error" refused_verdict "z high" "an unknown verdict"
# The log takes ten errors in five seconds.
sleep 5
check "a boolean is an error" refused_verdict "b boolean" "a verdict that is neither an integer nor nil"
check "A13: a mark that is a string is an error" refused_verdict "m mark" "a mark that is not an integer"
check "A13: a mark of more than 32 bits is an error" refused_verdict "M mark" "a mark that is not an integer"
check "a yield is an error" refused_verdict "Y yield" "attempt to yield"

# Allocated objects of a slab cache. KASAN keeps freed ones for a while, unless the cache is shrunk.
objects() {
	echo 1 > "/sys/kernel/slab/$1/shrink"
	awk -v cache="$1" '$1 == cache { print $2 }' /proc/slabinfo
}

# Condition: stolen packets are freed.
steals() {
	local before i
	before=$(objects skbuff_head_cache)
	for ((i = 0; i < 5000; i++)); do
		printf 'S\n' >&3
	done 3> /dev/udp/10.77.1.2/7000
	[ $(($(objects skbuff_head_cache) - before)) -lt 2500 ]
}
check "D-NF-7: five thousand stolen packets are freed" steals
check "verdicts: stops" stops tests/netfilter/verdicts
check "... and nothing is dropped any more" arrives "D after the stop"

# ---- marks ----
klog_mark
check "marks: starts" starts tests/netfilter/marks --context softirq
on_exit iptables -D OUTPUT -p udp --dport 7000 -m mark --mark 42
iptables -A OUTPUT -p udp --dport 7000 -m mark --mark 42
for number in 0 1 2 3 4; do
	check "marks: packet $number passes" arrives "$number"
done

# Condition: hooks saw just these packets: NAME NUMBERS
saw() {
	output_is "$2" eval "klog_since | sed -n 's/.*mark $1 saw //p' | tr -d '\n'"
}
check "D-NF-6: without a mark, all packets" saw absent 01234
check "D-NF-6: with mark 0, all packets" saw zero 01234
check "A12: with a mark, packets that have it" saw answer 2
check "A12: with another mark" saw all 3
marked_once() {
	iptables -nvxL OUTPUT | awk '/mark match 0x2a/ { n = $1 } END { exit n != 1 }'
}
check "A13: the rest of netfilter sees the mark" marked_once
check "marks: stops" stops tests/netfilter/marks

# ---- errors and budget ----
hostile=tests/netfilter/hostile
klog_mark
check "hostile: starts" starts "$hostile" --context softirq
check "an error accepts" arrives "E error"
check "... and names script and line" klog_has "tests/netfilter/hostile.lua:14: planned failure"
check "D-NF-13: a hook cannot be registered from inside one" arrives "G register"
check "... which the log has" klog_has "a callback cannot register hooks"
check "an endless loop accepts" arrives "L loop"
check "... and names script and line" klog_has "tests/netfilter/hostile.lua:16: budget of 100000 units exhausted"
check "the hook still evaluates" dropped "D drop"
check "errors are counted" has_field "$hostile" errors 3

# Condition: ten exhaustions within a second switch the hook off.
switched_off() {
	local try i
	for ((try = 0; try < 10; try++)); do
		for ((i = 0; i < 12; i++)); do
			send L
		done
		[ "$(field "$1" off)" != 1 ] || return 0
	done
	has_field "$1" off 1
}
check "exhausted ten times, it is switched off" switched_off "$hostile"
check "... and accepts" arrives "D switched off"
check "hostile: stops" stops "$hostile"

closed=tests/netfilter/fallback
check "fallback: starts" starts "$closed" --context softirq
check "fallback: a packet that the function evaluates passes" arrives "A judged"
check "fallback: an error drops" dropped "E closed"
check "fallback: a bad verdict drops" dropped "W verdict"
check "fallback: a loop drops" dropped "L closed"
check "fallback: errors are counted" has_field "$closed" errors 3
switched_off "$closed" 2> /dev/null
check "fallback: switched off" has_field "$closed" off 1
check "... everything is dropped" fails_with 1 send "A nobody judges"
check "fallback: stops" stops "$closed"
check "... and everything passes" arrives "E nobody cares"

# ---- a hook that stops itself ----
check "once: starts" starts tests/netfilter/once --context softirq
check "once: a callback stops its own hook" dropped "A first"
check "... without an error" has_field tests/netfilter/once errors 0
check "once: stops" stops tests/netfilter/once

# ---- devices ----
klog_mark
modprobe dummy
add_device() {
	ip link add nfd0 type veth peer name nfd1 && ip link set nfd0 up && ip link set nfd1 up && ip addr add 10.77.4.1/24 dev nfd0
}
on_exit ip link del nfd0
check "device: none yet" refuses "no device 'nfd0'" tests/netfilter/device --context softirq
check "device: made" add_device
check "hooks that stay: start" holds_points
check "device: starts" starts tests/netfilter/device --context softirq
background ping -q -f -b 10.77.4.255
check "D-NF-11: it may go, with traffic on it" within 20 ip link del nfd0
check "... and the script still runs" output_has tests/netfilter/device lunatik list
check "device: stops" stops tests/netfilter/device
check "device: made again" add_device
check "device: starts again" starts tests/netfilter/device --context softirq
check "device: goes to another namespace" ip link set nfd0 netns nfclient
check "device: stops again" stops tests/netfilter/device
kill "$started"
client ip link del nfd0
check "hooks that stay: stop" stops tests/netfilter/points

klog_marker=$mark
check "the kernel logs no fault" nothing_reported
