#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The socket library and socket.inet.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh

ip link set lo up
# Nobody answers behind it: packets vanish.
ip link add lunatik_hole address 02:00:00:00:00:77 type dummy
on_exit ip link del lunatik_hole
ip addr add 10.77.0.1/24 dev lunatik_hole
ip link set lunatik_hole up

lua_cases tests/socket/basic
rm -f /tmp/ppp*
lua_cases tests/socket/inet
lua_cases tests/socket/stops

check "A24: constants in a softirq runtime, sockets refused" \
	refuses "cannot use 'socket' class on non-sleepable runtime" tests/socket/atomic --context softirq
check "... and in a hardirq runtime" \
	refuses "cannot use 'socket' class on non-sleepable runtime" tests/socket/atomic --context hardirq

spawns() {
	on_exit within 30 lunatik stop "${*: -1}"
	within 60 "$@"
}

asks() { nc -N -w 20 "$@" <<< "hello"; }
asks_udp() { echo hello | socat -t 5 - "udp:$1:1778"; }

# Here, not where the thread thinks its root is.
mkdir -p /tmp/lunatik_paths
on_exit rm -rf /tmp/lunatik_paths
klog_mark
check "a kernel thread names sockets by paths" spawns lunatik spawn tests/socket/paths
check "... sends to one" eventually 20 klog_has "paths: 	datagram"
check "... and connects to one" eventually 20 klog_has "paths: 	stream"
check "... which are files" test -S /tmp/lunatik_paths/datagram -a -S /tmp/lunatik_paths/stream
check "stop it" stops tests/socket/paths

check "a server in a thread" spawns lunatik spawn tests/socket/echo
check "nc talks to it" output_is "echo from 127.0.0.1: hello" asks 127.0.0.1 1777

# So many connections at once, all open until the last is answered.
crowd() {
	local i fd fds=() line
	for ((i = 0; i < 200; i++)); do
		exec {fd}<> /dev/tcp/127.0.0.1/1777 || return 1
		fds+=("$fd")
	done
	for fd in "${fds[@]}"; do
		echo "client $fd" >&"$fd"
	done
	for fd in "${fds[@]}"; do
		read -r -t 20 line <&"$fd" && [ "$line" = "echo from 127.0.0.1: client $fd" ] || return 1
		exec {fd}>&-
	done
}
check "200 connections" crowd
check "its module cannot be unloaded" eval '! rmmod luasocket'
klog_mark
check "stop while it waits in accept" stops tests/socket/echo
check "... which is no error" eval '! klog_since | grep tests/socket/echo'
check "it listens no more" eval '! nc -z -w 5 127.0.0.1 1777'
check "started again at once, in spite of what its connections left behind" spawns lunatik spawn tests/socket/echo
silent() {
	exec {silent_fd}<> /dev/tcp/127.0.0.1/1777 && sleep 0.5
}
silent
check "stop while a client is silent" stops tests/socket/echo
exec {silent_fd}>&-

ip netns add lunatik_a
ip netns add lunatik_b
on_exit ip netns del lunatik_a
on_exit ip netns del lunatik_b
# A wire between two namespaces: NAMESPACE INTERFACE ADDRESS, of each end.
wire() {
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	while [ $# -gt 0 ]; do
		ip -n "$1" addr add "$3/24" dev "$2"
		ip -n "$1" link set "$2" up
		shift 3
	done
}
wire lunatik_a lunatik_va 10.88.0.1 lunatik_b lunatik_vb 10.88.0.2

in_ns() { ip netns exec "lunatik_$1" "${@:2}"; }
asks_from_b() { in_ns b nc -N -w 20 10.88.0.1 1777 <<< "hello"; }
asks_udp_from_b() { echo hello | in_ns b socat -t 5 - "udp:10.88.0.1:1778,bind=10.88.0.2:4000"; }

check "D-SOCK-13: TCP in the namespace of the caller" spawns ip netns exec lunatik_a lunatik spawn tests/socket/echo
check "... and UDP" spawns ip netns exec lunatik_a lunatik spawn tests/socket/udp
check "TCP between namespaces" eventually 20 output_is "echo from 10.88.0.2: hello" asks_from_b
check "UDP between namespaces" eventually 20 output_is "10.88.0.2:4000 said hello" asks_udp_from_b
check "nobody listens in the namespace of the machine" eval '! nc -z -w 5 127.0.0.1 1777'
ip netns del lunatik_a
check "a socket holds its namespace" output_is "echo from 10.88.0.2: hello" asks_from_b
check "stop TCP" stops tests/socket/echo
check "stop UDP" stops tests/socket/udp
check "then its namespace goes, and the interface with it" eventually 30 eval '! ip -n lunatik_b link show lunatik_vb'

starts_in_b() {
	on_exit within 30 lunatik stop "$1"
	in_ns b timeout $((60 * test_slow)) lunatik run "$1"
}

# A server's connection that has something to send outlives the script: its namespace has to, as well.
ip netns add lunatik_c
on_exit ip netns del lunatik_c
wire lunatik_c lunatik_vc 10.89.0.1 lunatik_b lunatik_vd 10.89.0.2
lingers() { sleep 2 && ip -n lunatik_b link show lunatik_vd; }
if modprobe -q sctp; then
	klog_mark
	check "SCTP: a server" spawns ip netns exec lunatik_c lunatik spawn tests/socket/sctp
	check "SCTP: a client" starts_in_b tests/socket/sctp_client
	check "SCTP: a connection" eventually 20 klog_has "sctp: 	connected"
	ip -n lunatik_b link set lunatik_vd down
	ip netns del lunatik_c
	check "SCTP: the server stops" stops tests/socket/sctp
	check "SCTP: its connection holds the namespace" lingers
	ip -n lunatik_b link set lunatik_vd up
	check "SCTP: until it has sent all" eventually 60 eval '! ip -n lunatik_b link show lunatik_vd'
	check "SCTP: the client stops" stops tests/socket/sctp_client
else
	skip "SCTP: a connection holds its namespace" "this kernel has no SCTP"
fi

check "a device whose reader waits" starts tests/socket/reader
reading() {
	timeout $((120 * test_slow)) cat /dev/socket_reader > /dev/null 2>&1 < /dev/null &
	reader=$!
	sleep 1
}
gone() { ! kill -0 "$1" 2> /dev/null; }
reading
kill -TERM "$reader"
check "a signal ends the reader's wait" eventually 10 gone "$reader"
received() { echo -n datagram | socat - udp:127.0.0.1:1779 & head -c 8 /dev/socket_reader; }
check "it still works" output_is datagram within 20 bash -c "$(declare -f received); received"

klog_mark
check "a process ends with the device open" within 20 bash -c 'exec sleep 0.2 < /dev/socket_release'
check "... and has no namespace for a new socket" eventually 10 klog_has "release: 	false	3"
check "... but may still use one" klog_has "release: 	true	8"
check "... but for paths" klog_has "release by path: 	false	3"
check "... and for requests that may name its files" klog_has "release by request: 	false	3"
klog_mark
check "a process closes the device" within 20 bash -c 'exec 3< /dev/socket_release; exec 3<&-'
check "... and a request may name its files" eventually 10 klog_has "release by request: 	true	36"
reading
check "stop while a reader waits" stops tests/socket/reader
check "... ends the reader" eventually 10 gone "$reader"

check "unload with a server that waits" eval '
	spawns lunatik spawn tests/socket/echo && within 60 lunatik unload && [ ! -e /sys/module/luasocket ]'
check "everything loads again" within 60 lunatik load
