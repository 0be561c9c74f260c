#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The parameters of the module refuse a value out of range, at load time and later, and the log names the range.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

parameters=/sys/module/lunatik/parameters
child=tests/core/child

within 60 lunatik load

set_to() { echo "$2" > "$parameters/$1"; }

# Condition: values are refused, and leave the parameter as it was: NAME VALUE...
keeps() {
	local name=$1 before value
	before=$(cat "$parameters/$name")
	shift
	for value; do
		klog_mark
		! set_to "$name" "$value" 2> "$test_folder/error" || { echo "takes '$value'"; return 1; }
		grep -q 'Invalid argument' "$test_folder/error" || { cat "$test_folder/error"; return 1; }
		klog_has "lunatik: parameter $name: an integer from " || return 1
		[ "$(cat "$parameters/$name")" = "$before" ] || { echo "'$value' has changed it"; return 1; }
	done
}

# Condition: values are taken: NAME VALUE...
takes() {
	local name=$1 before value
	before=$(cat "$parameters/$name")
	shift
	for value; do
		set_to "$name" "$value" && [ "$(cat "$parameters/$name")" = "$value" ] || return 1
	done
	set_to "$name" "$before"
}

garbage=(-1 -9223372036854775808 18446744073709551615 18446744073709551616 99999999999999999999999 1x x 1.5 "1 2" 64M)
for name in memory memory_atomic; do
	check "$name: out of range" keeps $name 0 1 131071 1073741825 "${garbage[@]}"
	check "$name: its ends" takes $name 131072 1073741824
done
check "budget: out of range" keeps budget 0 1 999 2147483648 "${garbage[@]}"
check "budget: its ends" takes budget 1000 2147483647
check "grace: out of range" keeps grace 60001 "${garbage[@]}"
check "grace: its ends" takes grace 0 1 60000
check "runtimes: out of range" keeps runtimes 0 65537 "${garbage[@]}"
check "runtimes: its ends" takes runtimes 1 65536
check "total: out of range" keeps total 1 4194303 1125899906842624 "${garbage[@]}"
check "total: 0 is an eighth of the memory" takes total 4194304 0
check "jit: out of range" keeps jit 2 "${garbage[@]}"
check "jit: its ends" takes jit 0 1

# The smallest values cause an error at most. They do not harm the kernel.
smallest() {
	local status=0
	klog_mark
	set_to memory_atomic 131072 && set_to budget 1000 && set_to grace 0 || return 1
	for context in process softirq hardirq; do
		within 30 lunatik run $child --context $context && { within 30 lunatik stop $child || status=1; }
	done
	set_to memory_atomic 4194304 && set_to budget 100000 && set_to grace 1000
	within 30 lunatik list && ! klog_report && return $status
}
check "the smallest values harm nothing" smallest

limit_is() { output_has "\"limit\": $1" lunatik list --json; }

# Nobody has set memory so far but to what it was; load anew.
quarter() {
	within 60 lunatik unload && within 60 lunatik load && set_to total 16777216 || return 1
	starts $child && limit_is 4194304 && stops $child || return 1
	set_to memory 8388608 && starts $child && limit_is 8388608 && stops $child
}
check "a runtime gets a quarter of all memory, unless memory was set" quarter

# Condition: the module does not load with a parameter.
does_not_load() {
	within 60 lunatik unload || return 1
	for value; do
		klog_mark
		! modprobe lunatik "$value" || { echo "loads with $value"; return 1; }
		klog_has "lunatik: parameter ${value%%=*}: an integer from " && [ ! -e /sys/module/lunatik ] || return 1
	done
}
check "at load time, too" does_not_load memory=0 memory_atomic=0 budget=-1 grace=x runtimes=0 total=1
# Condition: a module does not load with a value for what can only be read: MODULE PARAMETER.
only_read() {
	! modprobe "$1" "$2=1" || { echo "loads"; return 1; }
	[ ! -e "/sys/module/$1" ] && ! klog_report && { [ ! -e /sys/module/lunatik ] || within 60 lunatik unload; }
}
check "what can only be read, of the core" only_read lunatik jit_state
check "... and of a library" only_read luaxdp unknown
loads_with() {
	modprobe lunatik memory=1048576 && within 60 lunatik load && starts $child && limit_is 1048576 && stops $child &&
		within 60 lunatik unload && within 60 lunatik load
}
check "good ones load" loads_with
check "the kernel log is clean" eval '! klog_report'
