#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The syscall library: numbers, addresses, and the table.
. ../lib.sh
. ../cases.sh

header=$(compgen -G "/lib/modules/$(uname -r)/build/arch/*/include/generated/uapi/asm/unistd_64.h")
entry=__x64_sys
[ "$(uname -m)" = x86_64 ] || entry=__arm64_sys
kprobes=/sys/kernel/debug/kprobes/list
only_one_cpu
work=$(mktemp -d)
on_exit rm -rf "$work"

lua_cases tests/syscall/basic
lua_cases tests/syscall/basic --context softirq
lua_cases tests/syscall/basic --context hardirq

# Condition: the numbers are those that the kernel's header gives.
numbers_agree() {
	local name number count=0
	within 60 lunatik run tests/syscall/numbers > "$work/ours" || return 1
	while read -r name number; do
		grep -qE "^#define __NR_$name $number\$" "$header" || { echo "$name is not $number in $header"; return 1; }
		count=$((count + 1))
	done < "$work/ours"
	# Of several kernels: those that this one has.
	for name in landlock_create_ruleset quotactl_fd process_mrelease; do
		grep -q "^#define __NR_$name " "$header" || continue
		grep -q "^$name " "$work/ours" || { echo "no number of $name"; return 1; }
	done
	echo "$count numbers"
	[ "$count" -gt 250 ]
}
if [ -e "$header" ]; then
	check "numbers are those of the kernel's header" numbers_agree
	within 20 lunatik stop tests/syscall/numbers
else
	skip "numbers are those of the kernel's header" "no $header"
fi

# Condition: a probe at an address of ours lies at the function that /proc/kallsyms names: NAME.
in_kallsyms() {
	local symbol=${entry}_$1 there ours
	there=$(awk -v symbol="$symbol" '$3 == symbol { print $1; exit }' /proc/kallsyms)
	ours=$(awk -v symbol="$symbol+" 'index($3, symbol) == 1 { print $1; exit }' "$kprobes")
	echo "$symbol: $there, probe at $ours"
	[ -n "$there" ] && [ -n "$ours" ] && [ $((16#${ours:4} - 16#${there:4})) -ge 0 ] && [ $((16#${ours:4} - 16#${there:4})) -lt 16 ]
}
if [ -e "$kprobes" ]; then
	check "probes at addresses" starts tests/syscall/address
	for name in read write openat statx getcwd; do
		check "$name is where /proc/kallsyms says" in_kallsyms "$name"
	done
	check "stops" stops tests/syscall/address
fi
check "the kernel log is clean" eval '! klog_report'
