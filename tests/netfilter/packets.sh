#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The netfilter library: reading and writing packets, of one piece, of fragments and of segments; floods.
# shellcheck source=net.bash
. ./net.bash

klog_mark
mark=$klog_marker
check "the network stands" build_network

# ---- the object of a packet ----

# Send bytes 0, 1, ... 255, 0, ... to port 7400 as one UDP packet: SIZE
send_bytes() {
	lua5.4 -e "for i = 0, $1 - 1 do io.write(string.char(i & 0xff)) end" > "$work/bytes"
	client socat -u -b 65536 "OPEN:$work/bytes" UDP-SENDTO:10.77.1.1:7400,sndbuf=200000
}

# Report the cases that a script prints into the log: NAME SIZE MTU
access_cases() {
	local line
	client ip link set eth0 mtu "$3"
	ip link set nfc0 mtu "$3"
	klog_mark
	check "$1: starts" starts tests/netfilter/access --context softirq --budget 5000000
	check "$1: sent" send_bytes "$2"
	check "$1: ends" eventually 20 klog_has "ok the end"
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "$1: ${line#ok }" ;;
		'not ok '*) not_ok "$1: ${line#not ok }" "$(klog_printed | grep '^# ')" ;;
		esac
	done < <(klog_printed)
	check "$1: no errors" has_field tests/netfilter/access errors 0
	check "$1: stops" stops tests/netfilter/access
}
access_cases "small packet" 1000 1500
access_cases "jumbo packet" 8000 9000
access_cases "UDP fragments" 20000 1500
client ip link set eth0 mtu 1500
ip link set nfc0 mtu 1500

# ---- rewriting ----
offload() {
	client ethtool -K eth0 tx "$1" tso "$1" gso on && server ethtool -K eth0 tx "$1"
}

# Condition: a packet to a port of the server arrives rewritten: PORT ADDRESS
rewritten() {
	: > "$work/$1"
	client bash -c "printf hello-$1 > /dev/udp/$2/$1" && eventually 20 grep -q "^HELLO-$1" "$work/$1"
}

not_rewritten() {
	: > "$work/$1"
	client bash -c "printf hello-$1 > /dev/udp/$2/$1"
	rewritten 7100 "$2" && [ ! -s "$work/$1" ]
}

check "rewrite: starts" starts tests/netfilter/rewrite --context softirq
for port in 7100 7101 7102; do
	check "the server listens to $port" collect server "$port" "$work/$port" ipv6
done
check "checksums are left to the device" offload on
check "D-NF-9: a payload is rewritten" rewritten 7100 10.77.2.2
check "... IPv6" rewritten 7100 fd77:2::2
check "... without checksum()" rewritten 7101 10.77.2.2
check "... with the checksum field written by the script" rewritten 7102 10.77.2.2
check "checksums are made by the sender" offload off
check "D-NF-9: a payload is rewritten" rewritten 7100 10.77.2.2
check "... IPv6" rewritten 7100 fd77:2::2
check "... a wrong checksum is noticed by the receiver" not_rewritten 7101 10.77.2.2
check "... with the checksum field written by the script" rewritten 7102 10.77.2.2

head -c 8000 /dev/urandom | base64 -w 0 | head -c 8000 > "$work/long"
sed -i 's/^...../hello/; s/.....$/WORLD/' "$work/long"
long_rewritten() {
	: > "$work/7100"
	client socat -u -b 65536 "OPEN:$work/long" UDP-SENDTO:10.77.2.2:7100 || return 1
	eventually 20 test "$(stat -c %s "$work/7100")" -ge 8000 || eventually 20 grep -q WORLD "$work/7100"
	cmp "$work/7100" <(sed 's/^hello/HELLO/' "$work/long")
}
for link in nfc0 nfs0; do
	ip link set "$link" mtu 9000
done
client ip link set eth0 mtu 9000
server ip link set eth0 mtu 9000
check "D-NF-9: in a jumbo packet" long_rewritten
check "checksums are left to the device" offload on
check "D-NF-9: in a jumbo packet, unfinished checksum" long_rewritten

head -c 1000000 /dev/urandom > "$work/sent"

# Condition: a file that the hooks change twice arrives as it was: ADDRESS
transferred() {
	rm -f "$work/file"
	background server socat -u TCP6-LISTEN:7200,reuseaddr "OPEN:$work/file,creat"
	eventually 20 listens server 7200
	client socat -u -b 60000 "OPEN:$work/sent" "TCP:$1:7200" || return 1
	eventually 30 cmp -s "$work/sent" "$work/file"
}
check "the other hook starts" starts tests/netfilter/again --context softirq
klog_mark
check "TCP segments are rewritten, twice" transferred 10.77.2.2
check "... in packets that are still to be segmented" klog_has "largest: segments"
check "... IPv6" transferred "[fd77:2::2]"
check "checksums are made by the sender" offload off
client ethtool -K eth0 gso off sg off
check "... in small packets" transferred 10.77.2.2
check "nothing failed" has_field tests/netfilter/rewrite errors 0
check "... in the other hook" has_field tests/netfilter/again errors 0
client ethtool -K eth0 gso on sg on
offload on
check "again: stops" stops tests/netfilter/again
check "rewrite: stops" stops tests/netfilter/rewrite

# ---- floods ----
klog_mark
check "litter: starts" starts tests/netfilter/litter --context softirq
send_many() {
	client timeout $((60 * test_slow)) bash -c 'head -c 1100000 /dev/zero | socat -u -b 100 - UDP-SENDTO:10.77.1.1:7300'
}
check "D-NF-2: a hook that nobody keeps sees" send_many
check "... ten thousand packets" eventually 20 klog_has "ten thousand packets"
check "... without an error" has_field tests/netfilter/litter errors 0
check "litter: stops" stops tests/netfilter/litter

check "hooks that stay: start" holds_points
background client ping -q -f 10.77.1.1
fifty_times() {
	local i
	for ((i = 0; i < 50; i++)); do
		within 60 lunatik run tests/netfilter/flood --context softirq || return 1
		within 20 lunatik stop tests/netfilter/flood || return 1
	done
}
check "D-NF-3, D-NF-5: run and stop fifty times under a flood" fifty_times
check "flood: starts" starts tests/netfilter/flood --context softirq
judges() {
	[ "$(field tests/netfilter/flood entries)" -gt 1000 ]
}
check "... it evaluates" eventually 30 judges
check "... without an error" has_field tests/netfilter/flood errors 0
check "flood: stops" stops tests/netfilter/flood
kill "$started"
check "hooks that stay: stop" stops tests/netfilter/points

unloads() {
	within 60 lunatik unload && [ ! -e /sys/module/luanetfilter ] && [ ! -e /sys/module/lunatik ]
}
on_exit within 60 lunatik load
check "the modules can be removed" unloads

klog_marker=$mark
check "the kernel logs no fault" nothing_reported
