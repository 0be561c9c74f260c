#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The libraries completion, fifo and mailbox: runtimes that wait for each other.
. ../lib.sh
. ../cases.sh

lua_cases tests/sync/completion
lua_cases tests/sync/fifo
lua_cases tests/sync/fifo --context softirq
lua_cases tests/sync/fifo --context hardirq
lua_cases tests/sync/mailbox

# Condition: Control-C ends a command that waits.
interrupt() {
	# env restores what bash makes background jobs ignore.
	fails_with 130 timeout --preserve-status -k 20 -s INT 2 env --default-signal=INT "$@"
}
check "Control-C ends a wait" interrupt lunatik run tests/sync/blocked
check "what waited does not run" eval '! lunatik list | grep -q blocked'

lunatik run tests/sync/blocked > /dev/null 2>&1 &
check "a body that waits is listed" eventually 10 output_has tests/sync/blocked lunatik list
check "... and stopped" stops tests/sync/blocked
wait $!

spawns() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik spawn "$1"
}
klog_mark
check "a thread waits" spawns tests/sync/polite
check "A19: stop interrupts it" stops tests/sync/polite
check "... and says so" klog_has $'polite:\tnil\tinterrupt'
check "a thread waits again and again" spawns tests/sync/stubborn
check "stop ends it, too" stops tests/sync/stubborn

check "unload while a thread waits" eval '
	spawns tests/sync/stubborn && within 60 lunatik unload && [ ! -e /sys/module/luacompletion ]'
check "everything loads again" within 60 lunatik load
