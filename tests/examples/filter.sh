#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The example filter, both forms, against a TLS server.
# shellcheck disable=SC2016 # eval expands
# shellcheck source=net.bash
. ./net.bash

start_server() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/certificate" -subj /CN=test -days 2 2> "$work/req" ||
		{ cat "$work/req"; return 1; }
	# For each client a process: one whose hello never arrives holds nobody up.
	serve socat "OPENSSL-LISTEN:443,reuseaddr,fork,certificate=$work/certificate,key=$work/key,verify=0" OPEN:/dev/null
	eventually 20 handshake example.org
}

# Condition: a TLS handshake succeeds: NAME, or nothing, [OPTIONS of s_client]. From the client, or, with from=here, from here.
from=client
handshake() {
	local name=(-servername "$1") run=()
	[ -n "$1" ] || name=(-noservername)
	shift
	[ "$from" = here ] || run=(ip netns exec client)
	timeout $((6 * test_slow)) "${run[@]}" openssl s_client -connect 10.1.2.3:443 "${name[@]}" "$@" < /dev/null 2>&1 | grep -q "Cipher is [A-Z]"
}
no_handshake() { ! handshake "$@"; }

# A ClientHello in pieces, truncated, or wrong: its sender gets no answer, and nobody is harmed.
hostile_hellos() {
	local i
	for i in 0 1 5 6 43 44 45 100 1000; do
		{ printf '\x16\x03\x01\x7f\xff\x01'; head -c "$i" /dev/urandom; } |
			timeout 2 ip netns exec client nc -q 0 10.1.2.3 443 > /dev/null
	done
	{ printf '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'; head -c 32 /dev/zero; printf '\xff\xff\xff\xff'; head -c 900 /dev/zero | tr '\0' '\377'; } |
		timeout 2 ip netns exec client nc -q 0 10.1.2.3 443 > /dev/null
	handshake example.org
}

# Protocols to ask for that make a ClientHello take two segments.
long=$(for i in 1 2 3 4 5 6 7 8; do printf 'p%0240d,' "$i"; done)
long=${long%,}

filtered() {
	check "$1: a name on the list, TLS 1.3" no_handshake ebpf.io -tls1_3
	check "$1: TLS 1.2" no_handshake ebpf.io -tls1_2
	check "$1: in capitals" no_handshake eBPF.io
	check "$1: in a hello of two segments" no_handshake ebpf.io -alpn "$long"
	check "$1: another name in one" handshake example.org -alpn "$long"
	check "$1: another name, TLS 1.3" handshake example.org -tls1_3
	check "$1: TLS 1.2" handshake example.org -tls1_2
	check "$1: no name" handshake ""
	check "$1: logs the dropped packets" klog_has "filter_sni: ebpf.io DROP"
}

check "the network" build_network
check "the server" start_server
check "handshakes succeed" handshake ebpf.io
from=here
klog_mark
check "nf_sni starts" within 30 lunatik run examples/filter/nf_sni false
filtered nf_sni
check "nf_sni stops" stops examples/filter/nf_sni
check "handshakes succeed again" handshake ebpf.io

reason=$(lacking luaxdp)
if [ -n "$reason" ]; then
	skip "sni" "$reason"
	check "the modules unload" within 30 lunatik unload
	exit 0
fi

from=client
klog_mark
object=/usr/lib/lunatik/examples/filter/https.o
check "sni starts" within 30 lunatik run examples/filter/sni false
on_exit xdp-loader unload exc --all
check "the program loads" within 60 xdp-loader load -m skb exc $object
filtered sni
check "sni: passes others, and says so" klog_has "filter_sni: example.org PASS"
check "sni: hostile hellos" hostile_hellos
check "sni stops under its program" stops examples/filter/sni
check "packets pass without the script" handshake ebpf.io
check "and are counted" eval '[ "$(cat /sys/module/luaxdp/parameters/unknown)" -gt 0 ]'
check "sni starts again" within 30 lunatik run examples/filter/sni false
check "sni: filters again" no_handshake ebpf.io
check "the program unloads" within 60 xdp-loader unload exc --all
check "handshakes succeed without it" handshake ebpf.io
check "sni stops" stops examples/filter/sni
check "the modules unload" within 30 lunatik unload
