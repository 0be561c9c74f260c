#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# print: to the session that started the work, and to the kernel log as one harmless record.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

klog_mark
capture within 30 lunatik run tests/core/printing
printed=$output

has() {
	[[ $printed == *"$1"* ]] && return 0
	printf '%s\n' "$printed"
	return 1
}
check "the session gets the text" has $'tabs\t1\tnil\ttrue\tbetween'
check "as it is" has $'\x1b[31mred'
check "whole" has "$(printf 'x%.0s' {1..5000})"
check "with an object's own text" has "own text"
check "an error in __tostring is the script's" has $'false\t'
# Condition: each line that the script has printed bears its name.
named() {
	! klog_since | grep -E 'tabs|0fatal|first line|second line|own text|xxxx|yyyy|naïve|a warning' |
		grep -v '^lunatik: tests/core/printing: \(print\|runtime\): '
}
check "each line bears the script's name" named
check "the second line of a text, too" klog_has "lunatik: tests/core/printing: print: <0>second line"
check "characters that are no ASCII stay" klog_has "print: naïve → 𝛌"
check "bytes that are no characters do not" klog_has "print: a?b ??31m ?"
check "one record, tabs in between" klog_has $'tabs\t1\tnil\ttrue\tbetween'
check "no control bytes" eval '! klog_since | grep -P "[\x01-\x08\x0b-\x1f\x7f]"'
check "no level of a script's" klog_has "?0fatal"
level() {
	! dmesg --level emerg,alert,crit | grep 'second line\|fatal'
}
check "no record has a level of a script's" level
check "NUL does not end a record" klog_has "a?b"
cut_once() {
	[ "$(klog_since | grep -c xxxxxxxxxx)" = 1 ]
}
check "a long text is cut" cut_once
check "a warning is logged" klog_has "a warning"
check "stop" stops tests/core/printing

# After the session's end, what a script prints is the log's alone.
later() {
	within 30 lunatik run tests/core/talkative && cat /dev/core_talkative > /dev/null && klog_has "lunatik: tests/core/talkative: print: talkative: somebody reads"
}
on_exit lunatik stop tests/core/talkative
check "a callback's print goes to the log" later
callback_error() {
	! (echo x > /dev/core_talkative) 2> /tmp/error && grep -q canceled /tmp/error &&
		klog_has "lunatik: tests/core/talkative: device: /lib/modules/lua/tests/core/talkative.lua:17: somebody writes"
}
check "its errors too, with module, script and line" callback_error
# Ten in five seconds are logged.
flooded() {
	local i start=$SECONDS count
	klog_mark
	for ((i = 0; i < 300; i++)); do (echo x > /dev/core_talkative) 2> /dev/null; done
	count=$(klog_since | grep -c 'somebody writes')
	echo "$count in $((SECONDS - start)) s"
	[ "$count" -lt $((40 + (SECONDS - start) * 2)) ]
}
check "not all of them when there are many" flooded
check "the log says that there were more" klog_has "lunatik: tests/core/talkative: device: more than 10 lines in 5 s: others are dropped"
# Two hundred lines in five seconds are printed. Earlier tests have printed in the five seconds before.
floods() {
	local i start count
	sleep $((5 * test_slow))
	start=$SECONDS
	klog_mark
	for ((i = 0; i < 500; i++)); do read -r < /dev/core_talkative; done
	count=$(klog_since | grep -c 'somebody reads')
	echo "$count in $((SECONDS - start)) s"
	[ "$count" -ge 200 ] && [ "$count" -lt $((280 + (SECONDS - start) * 40)) ] && klog_has "more than 200 lines in 5 s" || return 1
	sleep $((5 * test_slow))
	read -r < /dev/core_talkative
	klog_has " lines were dropped"
}
check "prints of a callback are limited, and the log says so" floods
check "the errors are counted" eval 'output_has "\"errors\": 301" lunatik list --json'
check "stop the device" stops tests/core/talkative

# Text of a script or a peer makes no records of its own.
on_exit lunatik stop tests/core/forging
forged() {
	klog_since | grep -v '^lunatik: ' | grep -i 'forged' && return 1
	! klog_since | grep -P '[\x01-\x08\x0b-\x1f\x7f]'
}
forges() {
	klog_mark
	within 30 lunatik run tests/core/forging || return 1
	(echo x > /dev/core_forging) 2> /tmp/error
	klog_has "lunatik: tests/core/forging: device: " && klog_has "first ?[31m lunatik: forged: device: message" && forged
}
check "an error with line ends and escape sequences is one record" forges
session_fails() {
	klog_mark
	! (: < /dev/core_forgingsession) 2> /tmp/error && klog_has "lunatik: tests/core/failing_session: runtime: " && klog_has "lunatik: forged: session" && forged
}
check "a session's script that fails so, too" session_fails
check "stop the forger" stops tests/core/forging
