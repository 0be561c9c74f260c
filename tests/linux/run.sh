#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The linux library.
. ../lib.sh
. ../cases.sh

lua_cases tests/linux/basic
lua_cases tests/linux/basic --context softirq
lua_cases tests/linux/basic --context hardirq
lua_cases tests/linux/schedule

# A body that sleeps without an end, in the background; $! is its command.
sleeping() {
	lunatik run "$1" > "$work/out" 2>&1 < /dev/null &
	pid=$!
	eventually 10 listed "$1"
	sleep 0.5
}

listed() { lunatik list | grep -q -F "$1"; }

has_ended() { ! kill -0 "$1" 2> /dev/null; }

work=$(mktemp -d)
on_exit rm -rf "$work"
on_exit within 20 lunatik stop tests/linux/sleeper
on_exit within 20 lunatik stop tests/linux/nap

sleeping tests/linux/sleeper
check "a sleep that no signal ends is ended by stop" stops tests/linux/sleeper
check "... and so is its command" eventually 5 has_ended "$pid"

sleeping tests/linux/sleeper
kill -KILL "$pid"
check "a fatal signal ends it, too" eventually 5 has_ended "$pid"
check "of which nothing is left" eventually 10 eval '! listed tests/linux/sleeper'

# A session has no name by which it could be stopped.
for state in UNINTERRUPTIBLE IDLE; do
	lunatik > /dev/null 2>&1 <<< "require('linux').schedule(nil, require('linux').task.$state)" &
	pid=$!
	sleep 1
	check "a session sleeps: $state" kill -0 "$pid"
	kill -KILL "$pid"
	check "a fatal signal ends it: $state" eventually 5 has_ended "$pid"
done

sleeping tests/linux/nap
check "D-LIN-4: 2^32 milliseconds are not none" kill -0 "$pid"
kill -TERM "$pid"
check "an interruptible sleep ends with a signal" eventually 5 has_ended "$pid"
check "nothing is left of it" eventually 10 eval '! listed tests/linux/nap'

# Condition: when the time of day goes back, the clock does not.
clock_stays() {
	local before after
	before=$(lunatik <<< "return require('linux').clock()")
	date -s "-1 hour" > /dev/null
	after=$(lunatik <<< "return require('linux').clock()")
	date -s "+1 hour" > /dev/null
	echo "$before, then $after"
	[ "$after" -gt "$before" ] && [ $((after - before)) -lt 600000000000 ]
}
check "B11: setting the time of day does not change the clock" clock_stays

# Nobody but a privileged process may look symbols up.
lookup_device() {
	starts tests/linux/lookup && [ "$(head -c 4 /dev/lookup_test)" = user ]
}
check "lookup works for a privileged caller" lookup_device
check "D-LIN-6: lookup is refused to an unprivileged caller" \
	output_is "operation not permitted" setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/lookup_test
