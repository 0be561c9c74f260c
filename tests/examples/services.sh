#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The examples passwd, tap, shared and echod.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

work=$(mktemp -d)
on_exit rm -rf "$work"

spawns() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik spawn "$1"
}

# ---- passwd ------------------------------------------------------------------------------

check "passwd starts" starts examples/passwd
check "sixteen printable characters" eval 'within 20 head -c 16 /dev/passwd | grep -aqx "[ -~]\{16\}"'
check "passwd stops" stops examples/passwd

# ---- tap ---------------------------------------------------------------------------------

add_veth() {
	on_exit ip netns del tap
	on_exit ip link del tap0
	ip netns add tap && ip link add tap0 type veth peer name eth0 netns tap &&
		ip link set tap0 address 02:00:00:00:00:0a up && ip addr add 10.79.0.1/24 dev tap0 &&
		ip -n tap link set eth0 address 02:00:00:00:0b:00 up && ip -n tap addr add 10.79.0.2/24 dev eth0 &&
		ip -n tap link set lo up && eventually 10 ping -q -c 1 -W 1 10.79.0.2
}

# An echo request of 100 bytes in a frame of 142.
taps() {
	local reader status=0
	timeout $((20 * test_slow)) cat /dev/tap > "$work/frames" &
	reader=$!
	sleep 1
	ping -q -c 3 -s 100 10.79.0.2 > /dev/null
	eventually 10 grep -qx $'2:0:0:0:B:0\t2:0:0:0:0:A\t800\t142' "$work/frames" || status=1
	eventually 10 grep -qx $'2:0:0:0:0:A\t2:0:0:0:B:0\t800\t142' "$work/frames" || status=1
	cat "$work/frames"
	kill "$reader"
	return $status
}

stops_while_read() {
	local reader
	cat /dev/tap > /dev/null 2>&1 &
	reader=$!
	sleep 0.5
	stops examples/tap || return 1
	eventually 10 eval '! kill -0 '"$reader"
}

check "a pair of interfaces" add_veth
check "tap starts" starts examples/tap
check "tap shows frames" taps
check "tap stops while it is read" stops_while_read

# ---- shared --------------------------------------------------------------------------------

ask() { printf '%s\n' "$@" '!' | within 20 nc 127.0.0.1 90; }

eight() {
	local i clients=() status=0
	for i in {1..8}; do
		(for j in {1..10}; do
			[ "$(ask "key$i=value$j" "key$i")" = "value$j" ] || exit 1
		done) &
		clients+=($!)
	done
	for i in "${clients[@]}"; do
		wait "$i" || status=1
	done
	return $status
}

check "shared starts" spawns examples/shared
check "assign and read" output_is blue ask color=blue color
check "read again" output_is blue ask color
check "a shorter value" output_is x ask color=x color
check "delete" output_is "" ask color= color
check "an unknown name, and the server goes on" output_is "" ask unknown
check "two lines in one piece, one in two" output_is $'1\n2' eval \
	'{ printf "a=1\na\na="; sleep 0.5; printf "2\na\n!\n"; } | within 20 nc 127.0.0.1 90'
check "eight clients at once" eight
silent() {
	local client
	sleep 30 | nc 127.0.0.1 90 &
	client=$!
	sleep 0.5
	output_is blue ask color=blue color && stops examples/shared
	status=$?
	kill "$client"
	return $status
}
check "a silent client delays neither others nor the stop" silent

# ---- echod -----------------------------------------------------------------------------------

hundred() {
	local i
	for i in {1..100}; do
		[ "$(echo "hello $i" | within 20 nc -N 127.0.0.1 1337)" = "hello $i" ] || { echo "connection $i"; return 1; }
	done
}

twenty() {
	local i clients=() status=0
	for i in {1..20}; do
		(output_is "hello $i" eval "{ echo hello $i; sleep 2; } | within 30 nc -N 127.0.0.1 1337") &
		clients+=($!)
	done
	for i in "${clients[@]}"; do
		wait "$i" || status=1
	done
	return $status
}

no_workers() { ! pgrep -f 'echod/worker'; }

stops_with_client() {
	local client
	sleep 30 | nc 127.0.0.1 1337 &
	client=$!
	eventually 10 pgrep -f echod/worker > /dev/null && stops examples/echod/daemon
	local status=$?
	kill "$client"
	return $status
}

klog_mark
check "echod starts" spawns examples/echod/daemon
check "a hundred connections" hundred
check "twenty at once" twenty
check "workers end" eventually 20 no_workers
check "and say so" klog_has "echod [worker #1]: stopped"
check "echod stops with a silent client" stops_with_client
check "no worker is left" eventually 10 no_workers
