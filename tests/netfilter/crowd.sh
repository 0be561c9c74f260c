#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Many hooks for one packet: how many there may be at a hook point, and what all hooks of a script together may take of an event.
. ../lib.sh
. ../cases.sh

crowd=tests/netfilter/crowd

# Print a field of the script in the list.
field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"$crowd\"" | grep -o "\"$1\":[0-9]*" | cut -d: -f2
}

# Send some packets to a port: PORT [NUMBER].
send() {
	local i
	for ((i = 0; i < ${2:-1}; i++)); do
		echo x > "/dev/udp/127.0.0.1/$1"
	done
}

# Condition: a field is a number, or lies between two: FIELD LEAST [MOST].
is() {
	local value
	value=$(field "$1")
	[ "$value" -ge "$2" ] && [ "$value" -le "${3:-$2}" ] && return 0
	echo "$1 is $value"
	return 1
}

# Condition: another script gets no hook where there are as many as may be, and one elsewhere.
crowded() {
	local full="there are 64 at that hook point already"
	capture within 60 lunatik run tests/netfilter/crowded --context softirq || { echo "$output"; return 1; }
	echo "$output"
	grep -q "^IPV4.LOCAL_OUT.*$full" <<< "$output" && grep -q "^INET.LOCAL_OUT.*$full" <<< "$output" &&
		grep -q "^IPV6.LOCAL_OUT.registered" <<< "$output" && grep -q "^IPV4.LOCAL_IN.registered" <<< "$output"
}

# Condition: where the others have gone, there is room again.
roomy() {
	capture within 60 lunatik run tests/netfilter/crowded --context softirq
	within 30 lunatik stop tests/netfilter/crowded
	echo "$output"
	[ "$(grep -c registered <<< "$output")" = 4 ]
}

# Condition: many cheap packets exhaust nothing.
floods() {
	local before
	before=$(field entries)
	send 9 500
	[ $(($(field entries) - before)) -ge 30000 ] && is exhausted 0 && is off 0
}

# Condition: one packet takes four budgets of the script, whatever the number of hooks.
squeezes() {
	send 40001 && send 9 || return 1
	# Each is answered by another packet: the port is closed.
	is exhausted 160 252 && klog_has "budget of 80000 units for one event exhausted"
}

# Condition: ten such packets within a second switch off the hooks for which nothing is left, and no others.
switches_off() {
	send 9 40
	is off 40 63 && klog_has "switched off: it and the script's other hooks exhaust the budget of one event again and again"
}

# Condition: the other hooks go on within the budget of the event.
goes_on() {
	local before
	before=$(field exhausted)
	send 9 40
	is exhausted "$before"
}

rearms() {
	within 30 lunatik rearm $crowd && is off 0 && send 40002 && floods_again
}

floods_again() {
	local before
	before=$(field exhausted)
	send 9 200
	is exhausted "$before" && is off 0
}

klog_mark
check "64 hooks at one hook point" starts $crowd --context softirq --budget 20000
check "one more is refused, for any script" crowded
check "... the other script stops" stops tests/netfilter/crowded
check "many cheap packets" floods
check "one packet may take four budgets" squeezes
check "... hooks that get nothing are switched off" switches_off
check "... the others go on" goes_on
check "... rearm arms them again" rearms
check "stops" stops $crowd
check "a new one fits again" roomy
check "the kernel log is clean" eval '! klog_report'
