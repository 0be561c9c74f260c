#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Runtimes: creation, resume, stop, registry, limits; access to the control device.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

klog_mark
# Code in a session has the runner as a global, too.
sed 's/^local lunatik = .*/&\nlunatik.runner = require("lunatik.runner")/' /lib/modules/lua/tests/core/runtimes.lua \
	> /lib/modules/lua/tests/core/runtimes_run.lua
on_exit rm -f /lib/modules/lua/tests/core/runtimes_run.lua
lua_cases tests/core/runtimes_run

check "nothing is left" output_is "" within 30 lunatik list
lua_cases tests/core/threads
check "limits as options" starts tests/core/child --context softirq --memory 1M --budget 5000
check "limits are listed" eval 'output_has "\"limit\": 1048576" lunatik list --json && output_has "\"budget\": 5000" lunatik list --json'
check "running twice is refused" refuses "tests/core/child is already running" tests/core/child.lua
check "stop" stops tests/core/child
check "a limit beyond reason is refused" refuses "bad field 'memory'" tests/core/child --memory 5000G

check "a budget beyond reason is refused" refuses "bad field 'budget'" tests/core/child --budget 1

gone() {
	[ ! -e /dev/core_selfstop ] && [ -z "$(lunatik list)" ]
}
self_stop() {
	local i
	for i in 1 2 3; do
		within 30 lunatik run tests/core/selfstop || return 1
		(echo x > /dev/core_selfstop) 2> /dev/null
		eventually 20 gone || return 1
	done
}
check "a callback stops its own script" self_stop

alive() { [ "$(within 20 head -c 100 /dev/core_survivor)" = alive ]; }
on_exit lunatik stop tests/core/survivor
check "a thread's body fails" within 30 lunatik spawn tests/core/survivor
check "... which is logged" eventually 20 klog_has "the body is dead"
check "D-CORE-16: its device works all the same" eval 'alive && alive'
check "... and stops" stops tests/core/survivor

klog_mark
check "a failing script: message and traceback" refuses "failing.lua:5: on purpose" tests/core/failing
traceback() {
	capture within 30 lunatik run tests/core/failing
	[[ $output == *"stack traceback:"*"tests/core/failing.lua:5:"* ]] && return 0
	echo "$output"
	return 1
}
check "with the traceback" traceback
check "the error is not logged, somebody has it" eval '! klog_has "on purpose" > /dev/null'

# Access: capabilities count, not the permission bits.
unprivileged() {
	! setpriv --bounding-set=-sys_module --inh-caps=-sys_module dd if=/dev/lunatik of=/dev/null count=0 2> /tmp/dd &&
		grep -q 'Operation not permitted' /tmp/dd
}
check "open without CAP_SYS_MODULE is refused" unprivileged
nobody() {
	! setpriv --reuid 65534 --clear-groups dd if=/dev/lunatik of=/dev/null count=0 2> /tmp/dd && grep -q 'denied' /tmp/dd
}
check "open by another user is refused" nobody
even_then() {
	chmod 666 /dev/lunatik
	! setpriv --reuid 65534 --clear-groups dd if=/dev/lunatik of=/dev/null count=0 2> /tmp/dd || return 1
	grep -q 'not permitted' /tmp/dd
}
check "even when the node lets them" even_then
chmod 600 /dev/lunatik
namespace() {
	! unshare -Ur dd if=/dev/lunatik of=/dev/null count=0 2> /tmp/dd
}
check "root of another user namespace is refused" namespace

check "the kernel log is clean" eval '! klog_report'
check "unload" within 60 lunatik unload
