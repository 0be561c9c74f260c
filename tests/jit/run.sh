#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Native code of hooks: the same values, errors, budgets and numbers as in the interpreter; where it is off or impossible.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

filter=tests/jit/filter
parameters=/sys/module/lunatik/parameters
work=$(mktemp -d)
on_exit rm -rf "$work"
grep -q '^flags.* lm ' /proc/cpuinfo || skip_all "native code is tried on x86-64 only"

within 60 lunatik load

set_to() { echo "$2" > "$parameters/$1"; }
on_exit set_to jit "$(cat $parameters/jit)"
on_exit set_to jit_stress 0

field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"$filter\"" | grep -o "\"$1\":[0-9]*" | cut -d: -f2
}

# Send packets: CASES [TIMES].
send() {
	local i times
	for ((times = 0; times < ${2:-1}; times++)); do
		for ((i = 0; i < ${#1}; i++)); do
			# One write is one packet; that of D is refused.
			printf '%s' "${1:i:1}-xyz0123456789" 2> /dev/null > /dev/udp/127.0.0.1/7002
		done
	done
}

has() {
	local value
	value=$(field "$1")
	[ "$value" = "$2" ] && return 0
	echo "$1 is $value, not $2"
	return 1
}

has_some() { [ "$(field "$1")" -gt 0 ]; }

# Send all packets, and keep the lines and numbers of the script: FILE. The log takes ten errors in five seconds.
observe() {
	within 60 lunatik run $filter --context softirq || return 1
	klog_mark
	send vitskpD
	send efghwp
	send v 3
	sleep $((6 * test_slow))
	send apbpcpdpq
	send vqp 2
	klog_since | grep "$filter" > "$work/$1"
	for name in errors missed exhausted off hooks; do
		echo "$name $(field $name)" >> "$work/$1"
	done
}

# Condition: native code does the same as the interpreter: STRESS
same() {
	set_to jit 1
	set_to jit_stress "$1"
	observe native && diff "$work/interpreted" "$work/native"
}

ends() {
	within 20 lunatik stop $filter
	sleep 6	# see observe
}

set_to jit 0
check "without native code: runs" observe interpreted
check "... and prints its lines" eval "[ \$(grep -c print: $work/interpreted) = 21 ]"
check "... and nothing is native" has native 0
check "... or leaves native code" has exits 0
check "... or shows" eval '! lunatik list --long | grep -q NATIVE'
check "... and status does not speak of it" eval '! lunatik status | grep -q native'
check "... and stops" ends
for stress in 0 1 2 3 7 20; do
	check "native code, exit at the instruction $stress: the same" same $stress
	[ $stress != 0 ] || check "... all hooks are native" has native "$(field hooks)"
	[ $stress != 0 ] || check "... some were left" has_some exits
	[ $stress != 0 ] || check "... the list shows it" output_has NATIVE lunatik list --long
	[ $stress != 0 ] || check "... status shows it" output_has "native functions: $(field hooks)" lunatik status
	check "... stops" ends
	check "... and frees it" eventually 10 eval "[ \"\$(cut -d: -f1 $parameters/jit_state)\" = 0 ]"
done

# ---- where it is impossible ----
set_to jit_stress 0
impossible() {
	local before status=0
	before=$(sysctl -n "$1")
	sysctl -qw "$1=$2" || { echo "cannot be set"; return 1; }
	same 0 && has native 0 && output_has "$1" lunatik status || status=1
	sysctl -qw "$1=$before"
	return $status
}
if sysctl -qw net.core.bpf_jit_enable="$(sysctl -n net.core.bpf_jit_enable)" && sysctl -qw net.core.bpf_jit_enable=0; then
	sysctl -qw net.core.bpf_jit_enable=1
	check "without the kernel's JIT: the same, not native" impossible net.core.bpf_jit_enable 0
	check "... stops" ends
else
	skip "without the kernel's JIT: the same, not native" "this kernel does not let it be switched off"
fi
check "with hardening: the same, not native" impossible net.core.bpf_jit_harden 2
check "... stops" ends

# ---- life ----
set_to jit 1
ping -q -f -s 1000 127.0.0.1 > /dev/null &
on_exit kill $!
again() {
	local i
	for i in 1 2 3 4 5 6; do
		within 60 lunatik run $filter --context softirq && within 20 lunatik stop $filter || return 1
	done
}
check "starts and stops under a flood" again
percpu() { within 60 lunatik run $filter --context softirq --percpu && [ "$(field native)" = "$(field hooks)" ]; }
check "a state for each CPU: native, too" percpu
klog_mark
send vitsp
check "... and answers" klog_has "print: p"
check "... stops" within 20 lunatik stop $filter
check "all is freed" eventually 20 eval "[ \"\$(cut -d: -f1 $parameters/jit_state)\" = 0 ]"
check "the modules go" within 60 lunatik unload
within 60 lunatik load
klog_marker=
check "the kernel log is clean" eval '! klog_report'
