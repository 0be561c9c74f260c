#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Packets of all kinds, mutated, pass every example that filters: they come in from another namespace, are routed and bridged, and leave
# this machine. Afterwards other packets pass, and the script can be stopped.
# shellcheck source=torture.bash
. ./torture.bash

object=/usr/lib/lunatik/examples/filter/https.o
# The frames of a run, about a second of them.
frames=400

pings() {
	eventually 20 ping -q -c 1 -W 1 10.79.1.2 && eventually 20 ip netns exec tort1 ping -q -c 1 -W 1 10.79.2.2
}

# Some examples need a rule, a program or a reader beside the script.
rule_dnsblock() {
	lunatik-xtables install dnsblock && on_exit lunatik-xtables remove dnsblock &&
		iptables-legacy -A OUTPUT -m dnsblock -j ACCEPT && iptables-legacy -A FORWARD -m dnsblock -j ACCEPT && iptables-legacy -A INPUT -m dnsblock -j ACCEPT &&
		ip6tables-legacy -A INPUT -m dnsblock -j ACCEPT
}

rule_dnsdoctor() {
	lunatik-xtables install dnsdoctor && on_exit lunatik-xtables remove dnsdoctor &&
		iptables-legacy -t mangle -A PREROUTING -j dnsdoctor && iptables-legacy -t mangle -A OUTPUT -j dnsdoctor
}

program_sni() {
	[ -z "$(lacking luaxdp)" ] || return 0
	within 60 xdp-loader load -m skb t0 $object
}

reads_tap() {
	churn timeout 20 cat /dev/tap
}

away() {
	iptables-legacy -F
	ip6tables-legacy -F
	iptables-legacy -t mangle -F
	xdp-loader unload t0 --all
	ip link set dev t0 xdpgeneric off
} > /dev/null 2>&1

# Condition: an example stands a run of frames: SEED EXAMPLE CONTEXT [FUNCTION].
stands() {
	local seed=$1 example=$2 context=$3 pid=()
	klog_mark
	within 30 lunatik run "examples/$example" --context "$context" || return 1
	[ $# -lt 4 ] || "$4" || return 1
	ip netns exec tort1 ./inject eth0 1 "$seed" $frames & pid+=($!)
	ip netns exec tort3 ./inject eth0 3 "$seed" $frames & pid+=($!)
	./inject raw 0 "$seed" $frames & pid+=($!)
	wait "${pid[@]}"
	pings || return 1
	away
	within 30 lunatik stop "examples/$example" && nothing_reported
}

examples=("dnsblock/nf_dnsblock softirq" "dnsblock/dnsblock softirq rule_dnsblock" "dnsdoctor/nf_dnsdoctor softirq"
	"dnsdoctor/dnsdoctor softirq rule_dnsdoctor" "filter/nf_sni softirq" "filter/sni softirq program_sni" "tap process reads_tap")

# A new example that filters has to be in the list.
all_named() {
	local file name
	for file in $(cd /lib/modules/lua/examples && grep -lE 'require\("(netfilter|xtable|xdp)"\)' -- */*.lua); do
		name=${file%.lua}
		[[ " ${examples[*]} " == *" $name "* || " ${examples[*]}" == *"$name "* ]] || { echo "$name is not tortured"; return 1; }
	done
}

on_exit quiet
on_exit away
dmesg -n 1
check "the network" build_network
check "packets pass" pings
check "every example that filters is tortured" all_named
time_of_part 15
seed=${SEED:-$(date +%s)} rounds=0
while time_left && [ "$test_failures" = 0 ]; do
	for example in "${examples[@]}"; do
		[ "$test_failures" = 0 ] || break
		[ $rounds = 0 ] || time_left || break
		read -r name context function <<< "$example"
		echo "# seed $seed: $name"
		check "$name, seed $seed" stands "$seed" "$name" "$context" ${function:+"$function"}
	done
	seed=$((seed + 1)) rounds=$((rounds + 1))
done
quiet
check "everything unloads" within 60 lunatik unload
check "the kernel log is clean" nothing_reported
