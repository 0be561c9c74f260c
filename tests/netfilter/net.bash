# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For the test scripts of this group: the initial namespace, where hooks live, between two others, and a bridge.
#
#   nfclient (10.77.1.2, fd77:1::2) --- nfc0 [initial namespace] nfs0 --- nfserver (10.77.2.2, fd77:2::2)
#   nfbridge1 (10.77.3.11) --- nfb1 [nfbr0: 10.77.3.1] nfb2 --- nfbridge2 (10.77.3.12)
# shellcheck source=../lib.sh
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

work=$(mktemp -d)
on_exit rm -rf "$work"

# Connect a new namespace: NAME INTERFACE. Its end is called eth0.
add_namespace() {
	on_exit ip netns del "$1"
	# At once: a namespace goes when its last process has.
	on_exit ip link del "$2"
	ip netns add "$1" &&
		ip link add "$2" type veth peer name eth0 netns "$1" &&
		ip link set "$2" up &&
		ip -n "$1" link set lo up &&
		ip -n "$1" link set eth0 up
}

# Connect a routed namespace: NAME INTERFACE NUMBER.
add_routed() {
	add_namespace "$1" "$2" &&
		ip addr add "10.77.$3.1/24" dev "$2" &&
		ip addr add "fd77:$3::1/64" dev "$2" nodad &&
		ip -n "$1" addr add "10.77.$3.2/24" dev eth0 &&
		ip -n "$1" addr add "fd77:$3::2/64" dev eth0 nodad &&
		ip -n "$1" route add default via "10.77.$3.1" &&
		ip -n "$1" route add default via "fd77:$3::1"
}

# Set a sysctl until the script ends: NAME VALUE.
set_sysctl() {
	on_exit sysctl -qw "$1=$(sysctl -n "$1")"
	sysctl -qw "$1=$2"
}

build_network() {
	set_sysctl net.ipv4.ip_forward 1 && set_sysctl net.ipv6.conf.all.forwarding 1 &&
		add_routed nfclient nfc0 1 && add_routed nfserver nfs0 2
}

build_bridge() {
	on_exit ip link del nfbr0
	ip link add nfbr0 type bridge && ip link set nfbr0 up && ip addr add 10.77.3.1/24 dev nfbr0 &&
		add_namespace nfbridge1 nfb1 && ip link set nfb1 master nfbr0 &&
		add_namespace nfbridge2 nfb2 && ip link set nfb2 master nfbr0 &&
		ip -n nfbridge1 addr add 10.77.3.11/24 dev eth0 &&
		ip -n nfbridge2 addr add 10.77.3.12/24 dev eth0
}

client() { ip netns exec nfclient "$@"; }
server() { ip netns exec nfserver "$@"; }

# Condition: pings are answered: COMMAND (client, server, or a namespace's ip netns exec) ADDRESS [OPTION...]
answers() {
	"${@:1:$#-1}" ping -q -c 1 -W 5 "${@: -1}"
}

answers_not() {
	! "${@:1:$#-1}" ping -q -c 1 -W 1 "${@: -1}"
}

# Start a program that ends with the script: COMMAND... (client and server too)
background() {
	case $1 in
	# Not through the function: its shell would be killed, not the program.
	client | server) set -- ip netns exec "nf$1" "${@:2}" ;;
	esac
	"$@" < /dev/null > /dev/null 2>&1 &
	on_exit kill $!
	# shellcheck disable=SC2034 # for the scripts
	started=$!
}

# Collect what comes by UDP: COMMAND PORT FILE [ipv6].
collect() {
	background "$1" socat -u "UDP${4:+6}-RECV:$2" "OPEN:$3,creat,append"
	eventually 20 listens "$1" "$2"
}

listens() {
	"$1" ss -lnutH | grep -q ":$2 "
}

# Send one UDP packet from the initial namespace: TEXT.
send() {
	printf '%s\n' "$1" > /dev/udp/10.77.1.2/7000
}

received() {
	grep -qxF -e "$1" "$work/received"
}

# Condition: a packet is sent, and arrives.
arrives() {
	send "$1" && eventually 20 received "$1"
}

# Condition: a packet is sent, and lost: it has not arrived when a later one has.
lost() {
	send "$1" && after_that_one "$1"
}

# Condition: the sender is told that its packet was dropped.
dropped() {
	! send "$1" && after_that_one "$1"
}

after_that_one() {
	tokens=$((${tokens:-0} + 1))
	arrives "A token $tokens" && ! received "$1"
}

# The kernel patches its own code for the first hook at a point and after the last one, and an emulated CPU may run the old
# code once more, which is the end of the machine. So where hooks come and go under traffic, others stay at their points.
holds_points() {
	starts tests/netfilter/points --context softirq
}

nothing_reported() {
	! klog_report
}
