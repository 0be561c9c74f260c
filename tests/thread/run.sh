#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The thread library: kernel threads that run Lua.
. ../lib.sh
. ../cases.sh

klog_mark
lua_cases tests/thread/basic
check "an error in a body is in the log, with script and line" klog_has "fails.lua:6: this body fails"
check "stopping an ended thread is in the log" klog_has "thread has already stopped"
check "D-THR-3: stopping a foreign task is in the log" klog_has "thread wasn't created by us"

spawns() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik spawn "$1"
}

has_thread() { grep -q -x "$1" /proc/[0-9]*/comm 2> /dev/null; }

klog_mark
check "spawn" spawns tests/thread/good
check "the kernel thread has the script's name" eventually 5 has_thread thread/good
check "stop" stops tests/thread/good
check "it left by itself" klog_has "good: left by itself"
check "the kernel thread is gone" eval '! has_thread thread/good'

check "spawn of an endless loop" spawns tests/thread/spin
check "... beside which the machine goes on" within 20 lunatik list
check "D-THR-8: its module cannot be unloaded" eval '! rmmod luathread'
check "stop of an endless loop" stops tests/thread/spin
check "its thread is gone" eval '! has_thread thread/spin'

check "a thread that ends at once" spawns tests/thread/function
check "it has ended" eventually 10 eval '! has_thread thread/function'
check "A35: its script is listed until it is stopped" output_has tests/thread/function lunatik list
check "... which it is" stops tests/thread/function

cycles() {
	local i
	for i in {1..20}; do
		within 20 lunatik spawn tests/thread/good && stops tests/thread/good || return 1
	done
}
check "twenty cycles of spawn and stop" cycles

# The kernel frees a task some time after it has ended.
tasks() { awk '/^task_struct / { print $2 }' /proc/slabinfo; }
few_tasks() { [ $(($(tasks) - $1)) -lt 100 ]; }
drops_tasks() {
	local before
	before=$(tasks)
	starts tests/thread/many || return 1
	eventually 20 few_tasks "$before" || { echo "tasks: $before, then $(tasks)"; return 1; }
	stops tests/thread/many
}
check "objects of threads that have ended hold no task" drops_tasks

check "D-CORE-36: unload while a thread runs" eval '
	spawns tests/thread/spin && within 60 lunatik unload && [ ! -e /sys/module/luathread ]'
check "its thread is gone with it" eval '! has_thread thread/spin'
check "everything loads again" within 60 lunatik load
