#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Prepared entries: a packet does not depend on how the one before it has ended.
. ../lib.sh
. ../cases.sh

event=tests/netfilter/event

field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"$event\"" | grep -o "\"$1\":[0-9]*" | cut -d: -f2
}

# Send packets: CASE [NUMBER].
send() {
	local i
	for ((i = 0; i < ${2:-1}; i++)); do
		echo "$1" > /dev/udp/127.0.0.1/7001
	done
}

# Condition: a case ends without an error: CASE [NUMBER].
passes() {
	local before after
	before="$(field errors) $(field exhausted) $(field off)"
	send "$1" "${2:-1}"
	after="$(field errors) $(field exhausted) $(field off)"
	[ "$before" = "$after" ] && return 0
	echo "errors, exhausted, off: $before, then $after"
	klog_since | tail
	return 1
}

# Condition: a case counts one error, and the log holds it: CASE TEXT.
fails() {
	local before
	before=$(field errors)
	send "$1"
	[ "$(field errors)" = $((before + 1)) ] && klog_has "$2"
}

# Condition: each packet enters by four hooks, each time.
counts() {
	local before after
	before=$(field entries)
	send t 30
	after=$(field entries)
	[ $((after - before)) -ge 120 ] && [ "$(field missed)" = 0 ] && return 0
	echo "entries: $before, then $after, missed: $(field missed)"
	return 1
}

klog_mark
check "starts" starts $event --context softirq
check "a coroutine of the hook's" passes t
check "entries are counted" counts
check "more than a slice, again and again" passes b 40
check "a stack that moves and shrinks" passes d 2
check "a verdict with a mark" passes m
check "an error closes variables" fails c "planned closing"
check "... while the packet is there" passes C
check "an error of Lua's names the line" fails n "event.lua:62: attempt to index a nil value (local 'none')"
check "an exhausted budget passes handlers" fails x "budget of 100000 units exhausted"
check "... which nothing finds afterwards" fails e "(error object is a table value)"
check "... and the next packets have theirs" passes b 5
check "stops" stops $event
check "starts again, where packets come meanwhile" starts $event --context softirq
ping -q -f -s 1000 127.0.0.1 > /dev/null &
on_exit kill $!
check "stops under a flood" stops $event

# Condition: 3,000 packets, and their answers, end with an error each.
closes() {
	event=tests/netfilter/frame
	ping -q -f -c 3000 127.0.0.1 > /dev/null
	[ "$(field errors)" -ge 6000 ] && [ "$(field missed)" = 0 ] && return 0
	echo "errors: $(field errors), missed: $(field missed)"
	return 1
}
check "callbacks that fail, and collect while they do" starts tests/netfilter/frame --context softirq
check "each fails" closes
check "stops after all" stops tests/netfilter/frame
check "the kernel log is clean" eval '! klog_report'
