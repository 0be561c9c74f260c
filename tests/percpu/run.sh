#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Scripts with a state for each CPU: packets on all CPUs, bodies that differ, limits, statistics, CPUs that go and come.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

count=tests/percpu/count
online=/sys/devices/system/cpu/cpu1/online
{ [ -e $online ] && [ "$(nproc)" = 2 ]; } || skip_all "this machine does not have two CPUs, of which one can go"
needs_module luamap

# Send UDP packets from a task on one CPU: CPU NUMBER [PORT].
send() {
	# shellcheck disable=SC2016 # the inner shell's
	taskset -c "$1" bash -c 'for ((i = 0; i < $1; i++)); do echo > /dev/udp/127.0.0.1/$2; done' - "$2" "${3:-7002}" 2> /dev/null
}

# Print how many packets the states of CPU 0 and 1 have seen.
counted() {
	echo "local c = lunatik._ENV.percpu_counts return c[0] .. ' ' .. c[1]" | lunatik
}

sees() { output_is "$1" counted; }

seen_first() { [ "$(counted | cut -d " " -f 1)" = "$1" ]; }
# Send on both CPUs at once: NUMBER0 NUMBER1.
send_both() {
	send 0 "$1" &
	send 1 "$2"
	wait $!
}

# Condition: packets are sent, each CPU's state sees its own, and no other: FROM0 FROM1 SEEN0 SEEN1.
splits() {
	local before0 before1
	read -r before0 before1 <<< "$(counted)"
	send_both "$1" "$2"
	sees "$((before0 + $3)) $((before1 + $4))"
}

# Print a field of each state: SCRIPT FIELD.
states() {
	# The command runs each line on its own.
	echo "local t = {} for _, r in ipairs(lunatik.list(true)) do if r.name == '$1' then t[#t + 1] = r.cpu .. ':' .. r.$2 end end" \
		"table.sort(t) return table.concat(t, ' ')" | lunatik
}

nothing_left() {
	[ -z "$(lunatik list)" ] && return 0
	lunatik list --json
	return 1
}

# Condition: running a script fails with a message, and nothing of it is left: TEXT SCRIPT [OPTION...].
leaves_nothing() {
	refuses "$@" --percpu && nothing_left
}

flood() {
	local cpu
	floods=()
	for cpu in 0 1; do
		taskset -c $cpu ping -q -f 127.0.0.1 > /dev/null &
		floods+=($!)
		on_exit kill $!
	done
}

drain() {
	kill "${floods[@]}"
	wait "${floods[@]}"
} 2> /dev/null

within 60 lunatik load
klog_mark
mark=$klog_marker

# ---- bodies ----
check "a body that differs" leaves_nothing "on CPU 1: " tests/percpu/differs
check "... is named" output_has "netfilter: registration 2 differs from that of CPU 0" echo "$output"
check "... if it catches the error, too" leaves_nothing "on CPU 1: it registers something else than CPU 0" tests/percpu/caught
check "one that registers less" leaves_nothing "on CPU 1: it registers 1 hooks, and CPU 0 has 2" tests/percpu/fewer
check "... or more" leaves_nothing "netfilter: registration 2, and CPU 0 has 1 only" tests/percpu/more
check "one that fails" leaves_nothing "planned for one CPU" tests/percpu/broken
check "a device" leaves_nothing "cannot use 'device' class on non-sleepable runtime" tests/percpu/device
if [ -n "$(lacking luanotifier)" ]; then
	skip "the keyboard" "$(lacking luanotifier)"
else
	check "the keyboard" leaves_nothing "a percpu script cannot register it" tests/percpu/keyboard --context hardirq
fi
check "a process runtime" fails_with 2 lunatik run $count process --percpu
check "a thread" fails_with 2 lunatik spawn $count --percpu
check "less memory than two states need" refuses "bad field 'memory' (131072 is not in 262144..2147483648)" $count --percpu --memory 128K
check "more than a state has" leaves_nothing "on CPU 1: " tests/percpu/glutton --memory 512K
check "... is named" output_has "not enough memory" echo "$output"
check "what the kernel refuses" starts tests/percpu/refused --percpu
check "... no state has" has_field tests/percpu/refused hooks 1
check "... stops" stops tests/percpu/refused
check "each state knows its CPU" output_is "0
1" lunatik run tests/percpu/fine --percpu
check "... and stops" stops tests/percpu/fine
check "a script stops hooks in its body" starts tests/percpu/stopping --percpu
send 0 2
send 1 1
check "... which are never called" sees "200 100"
check "... and stops" stops tests/percpu/stopping

# ---- packets ----
# The kernel patches its code for the first hook at a point, which an emulated CPU may not notice: another one stays there.
check "other hooks" starts tests/percpu/points --context softirq
check "starts" starts $count --percpu --memory 1M
check "packets on both CPUs" splits 50 70 50 70
check "... on one" splits 0 30 0 30
check "no packet was missed" has_field $count missed 0
check "... or failed" has_field $count errors 0
check "the limit is that of all states" has_field $count limit 1048576
check "... of which each has a part" output_is "0:524288 1:524288" states $count limit
check "it is one script" output_is "$count, tests/percpu/points" lunatik list
check "... with a mark" output_has "softirq+percpu" lunatik list -l
check "... of the number of states" has_field $count percpu 2
check "... and one hook" has_field $count hooks 1

# Condition: entries are the sum of those of the states.
sums() {
	local all part sum=0
	all=$(field $count entries)
	for part in $(states $count entries); do
		sum=$((sum + ${part#*:}))
	done
	[ "$all" -ge 150 ] && [ "$sum" -ge "$all" ] && return 0
	echo "$all entries; of the states: $(states $count entries)"
	return 1
}
check "statistics are summed" sums
send 1 1 7005
check "an error of one state" klog_has "planned"
check "... counts for the script" has_field $count errors 1

# ---- switched off, rearmed, stopped ----
send 1 40 7003
check "a hook is switched off on one CPU" has_field $count off 1
check "... and goes on on the other" splits 5 5 5 0
check "rearm" lunatik rearm $count
check "... arms it" has_field $count off 0
check "... and both count" splits 5 5 5 5
send 1 1 7004
check "a state stops its hook for all" eventually 10 has_field $count hooks 0
check "... and none counts" splits 5 5 0 0
check "stops" stops $count

# ---- CPUs that go and come ----
check "starts on both CPUs" starts $count --percpu
flood
echo 0 > $online
check "a CPU goes: the other one gets the packets" eval 'send 0 20 && sees "20 0"'
echo 1 > $online
drain
check "it comes back: its state gets them" splits 10 15 10 15
check "stops" stops $count
echo 0 > $online
check "starts on one CPU" starts $count --percpu
check "... with one state" has_field $count percpu 1
echo 1 > $online
check "a CPU without a state uses the first" eval "send 0 10; send 1 10; seen_first 20"
flood
check "... under a flood" eval "send_both 50 50; seen_first 120"
check "... without misses" has_field $count missed 0
for round in 1 2 3; do
	check "stops under a flood ($round)" stops $count
	check "starts under a flood ($round)" starts $count --percpu
done
drain
check "packets on both CPUs again" splits 5 6 5 6
check "stops" stops $count

# ---- children ----
klog_mark
check "a percpu child" starts tests/percpu/parent
check "... counts" splits 7 8 7 8
check "... is listed as one" has_field $count percpu 2
check "... cannot be resumed" klog_has "none that could be resumed"
check "... needs a boolean" klog_has "bad field 'percpu' (boolean expected, got number)"
check "... a context for events" klog_has "softirq or hardirq expected"
check "... and memory for all" klog_has "bad field 'memory' (131072 is not in 262144"
check "... and ends with its parent" stops tests/percpu/parent
check "... which leaves nothing" output_is tests/percpu/points lunatik list

# ---- reload and unload ----
check "starts" starts $count --percpu --memory 2M
check "reload" within 60 lunatik reload
check "... starts it as it was" has_field $count percpu 2
check "... with its limit" has_field $count limit 2097152
flood
check "unload under a flood" within 60 lunatik unload
drain
within 60 lunatik load
klog_marker=$mark
check "the kernel has nothing to complain of" eval '! klog_report'
