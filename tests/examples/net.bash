# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For the test scripts of this group: a client's namespace, this machine as its router, a server's namespace.
#
#	client 10.1.1.2 --- exc [this machine] exs --- 10.1.2.3 server
# shellcheck source=../lib.sh
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

work=$(mktemp -d)
on_exit rm -rf "$work"

add_namespace() {
	on_exit ip netns del "$1"
	on_exit ip link del "$2"
	ip netns add "$1" && ip link add "$2" type veth peer name eth0 netns "$1" &&
		ip link set "$2" up && ip addr add "$3.1/24" dev "$2" &&
		ip -n "$1" link set lo up && ip -n "$1" link set eth0 up && ip -n "$1" addr add "$3.$4/24" dev eth0 &&
		ip -n "$1" route add default via "$3.1"
}

client() { within 30 ip netns exec client "$@"; }
server() { ip netns exec server "$@"; }

# Start a server for the time of the test: COMMAND...
serve() {
	server "$@" > "$work/server.log" 2>&1 &
	on_exit kill $!
}

build_network() {
	on_exit sysctl -qw net.ipv4.ip_forward="$(sysctl -n net.ipv4.ip_forward)"
	sysctl -qw net.ipv4.ip_forward=1
	add_namespace client exc 10.1.1 2 && add_namespace server exs 10.1.2 3 &&
		eventually 10 client ping -q -c 1 -W 1 10.1.2.3
}
