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
	within 30 lunatik run tests/core/talkative && cat /dev/core_talkative > /dev/null && klog_has "talkative: somebody reads"
}
on_exit lunatik stop tests/core/talkative
check "a callback's print goes to the log" later
callback_error() {
	! (echo x > /dev/core_talkative) 2> /tmp/error && grep -q canceled /tmp/error &&
		klog_has "device: tests/core/talkative: /lib/modules/lua/tests/core/talkative.lua:17: somebody writes"
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
check "the errors are counted" eval 'output_has "\"errors\": 301" lunatik list --json'
check "stop the device" stops tests/core/talkative
