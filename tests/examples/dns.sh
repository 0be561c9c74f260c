#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The examples dnsblock and dnsdoctor, both forms, against a DNS server.
# shellcheck disable=SC2016 # eval expands
# shellcheck source=net.bash
. ./net.bash

start_server() {
	serve dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --bind-interfaces --listen-address=10.1.2.3 \
		--cname=www.lunatik.com,lunatik.com --address=/lunatik.com/192.168.10.1 --address=/example.org/192.168.10.2 \
		--address=/github.com/192.168.10.3 --address=/notgithub.com/192.168.10.4
	eventually 20 eval '[ "$(query example.org)" = 192.168.10.2 ]'
}

# Print the address that the server has for a name: NAME, asked from here or by "client".
query() { "${@:2}" dig +short +tries=1 +time=2 @10.1.2.3 "$1"; }
resolves() { output_is "$2" query "$1" "${@:3}"; }
is_blocked() { ! query "$1" "${@:2}" | grep -q '^[0-9]'; }

check "the network" build_network
check "the server" start_server
check "everything resolves" resolves github.com 192.168.10.3

# ---- dnsblock -----------------------------------------------------------------------------

judged() {
	check "$1: a blocked domain" is_blocked github.com
	check "$1: below it" is_blocked www.github.com
	check "$1: in capitals" is_blocked GitHub.com
	check "$1: another domain" resolves example.org 192.168.10.2
	check "$1: D-EX-7: a domain that ends alike" resolves notgithub.com 192.168.10.4
}

# Condition: questions over TCP, and garbage, do a DNS server no harm.
garbage() {
	local i
	for i in 0 1 11 12 13 60 300; do
		head -c "$i" /dev/urandom | within 5 nc -u -q 0 -w 1 10.1.2.3 53
	done
	resolves example.org 192.168.10.2
}


klog_mark
check "nf_dnsblock starts" within 30 lunatik run examples/dnsblock/nf_dnsblock false
judged nf_dnsblock
check "nf_dnsblock: logs it" klog_has "DNS query for github.com blocked"
check "nf_dnsblock: garbage" garbage
check "nf_dnsblock stops" stops examples/dnsblock/nf_dnsblock
check "it resolves again" resolves github.com 192.168.10.3

check "dnsblock starts" within 30 lunatik run examples/dnsblock/dnsblock false
on_exit lunatik-xtables remove dnsblock
check "dnsblock: the plugin" lunatik-xtables install dnsblock
for tables in iptables-nft iptables-legacy; do
	klog_mark
	check "$tables: a rule" $tables -A OUTPUT -m dnsblock -j DROP
	judged "dnsblock, $tables"
	check "$tables: logs it" klog_has "DNS query for github.com blocked"
	check "$tables: another rule" $tables -A OUTPUT -m dnsblock --domain example.org -j DROP
	check "$tables: its domain" is_blocked example.org
	check "$tables: saved" eval '$tables-save | grep -qx -- "-A OUTPUT -m dnsblock --domain example.org -j DROP"'
	check "$tables: restored" eval '$tables-save > $work/rules && $tables -F && $tables-restore $work/rules && is_blocked example.org'
	check "$tables: the rules go" $tables -F OUTPUT
done
check "dnsblock stops" stops examples/dnsblock/dnsblock

# ---- dnsdoctor ---------------------------------------------------------------------------------

doctored() {
	check "$1: the client gets another address" resolves lunatik.com 10.1.2.3 client
	check "$1: other names stay" resolves example.org 192.168.10.2 client
	check "$1: others get the server's" resolves lunatik.com 192.168.10.1
}

check "the client resolves" resolves lunatik.com 192.168.10.1 client
check "nf_dnsdoctor starts" within 30 lunatik run examples/dnsdoctor/nf_dnsdoctor false
doctored nf_dnsdoctor
check "nf_dnsdoctor stops" stops examples/dnsdoctor/nf_dnsdoctor
check "the client resolves again" resolves lunatik.com 192.168.10.1 client

check "dnsdoctor starts" within 30 lunatik run examples/dnsdoctor/dnsdoctor false
on_exit lunatik-xtables remove dnsdoctor
check "dnsdoctor: the plugin" lunatik-xtables install dnsdoctor
for tables in iptables-nft iptables-legacy; do
	check "$tables: a rule" $tables -t mangle -A PREROUTING -p udp --sport 53 -j dnsdoctor
	doctored "dnsdoctor, $tables"
	check "$tables: the rule goes" $tables -t mangle -F PREROUTING
done
check "dnsdoctor stops" stops examples/dnsdoctor/dnsdoctor
