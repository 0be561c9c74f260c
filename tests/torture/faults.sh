#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Each allocation of our code fails once, in scripts of all kinds, in the command's session, in workers, and while modules load.
# Each script runs or ends with an error, and nothing is lost. Needs a kernel with fault injection (make check-torture KERNELS=debug).
# FAULT_FROM, FAULT_STEP: the first allocation that fails, and every how manieth.
# shellcheck source=torture.bash
. ./torture.bash
# shellcheck source=../debug/faults.bash
. ../debug/faults.bash
needs_faults

# After so many runs in a row without a failure, no allocation is left to fail.
enough=6

# Condition: COMMAND survives the failure of its first, second, third, ... allocation, until it has no more, or the time of this
# share is over. Sets count.
each_fails() {
	local n=${FAULT_FROM:-1} good=0 status until=$((SECONDS + share))
	count=0
	while [ $good -lt $enough ] && [ $SECONDS -lt $until ]; do
		progress "allocation $n of $*"
		status=0
		nth_fails "$n" "$@" || status=$?
		if [ "$status" = 124 ] || [ "$status" -gt 128 ]; then
			echo "allocation $n: status $status: $(cat /tmp/fault)"
			return 1
		fi
		if [ "$status" = 0 ]; then good=$((good + 1)); else good=0 count=$((count + 1)); fi
		after || { echo "... after allocation $n failed"; return 1; }
		! klog_report || { echo "... when allocation $n failed"; return 1; }
		n=$((n + ${FAULT_STEP:-1}))
	done
	progress "$count of $n runs failed: $*"
}

# Stop everything after a run.
after() {
	stop_all
}

# The same for workers that run beside a command: one of every N allocations fails, in any task.
beside_fails() {
	local n until=$((SECONDS + share))
	for n in 1 2 3 4 5 7 9 12 16 20 30 50 80; do
		[ $SECONDS -lt $until ] || break
		progress "every $n of $*"
		fault task-filter N && fault interval "$n" && fault times 1 && fault probability 100 || return 1
		"$@" > /tmp/fault 2>&1 < /dev/null
		fault probability 0
		fault interval 1
		fault times -1
		after || { echo "... after one of every $n failed"; return 1; }
		! klog_report || { echo "... when one of every $n failed"; return 1; }
	done
}

# Run a script, use its device, and stop it.
runs_and_stops() {
	lunatik run tests/torture/cycle && echo x > /dev/torture_cycle && within 30 head -c 1 /dev/torture_cycle && lunatik stop tests/torture/cycle
}

hooks() {
	local kind
	for kind in netfilter xtable xdp notifier probe device thread socket fib mailbox; do
		local context=process
		case $kind in netfilter | xtable | xdp) context=softirq ;; esac
		printf 'require("tests.torture.hooks").%s()\n' "$kind" > "$scripts/$kind.lua"
		check "allocations of $kind" each_fails lunatik run "torture/$kind" --context "$context"
	done
}

on_exit faults_off
on_exit stop_all
mkdir -p "$scripts"
on_exit rm -rf "$scripts"
share=$((${SECONDS_ALL:-600} / 20 + 1))
klog_mark
check "everything loads" within 60 lunatik load
check "the injectors are set up" set_up
check "they know our functions" only_from "$ours"
check "a session" each_fails bash -c "exec 5<> /dev/lunatik; printf '\1return 1, lunatik.list(true)' >&5; head -c 100 <&5"
check "a script that holds everything" each_fails lunatik run tests/torture/cycle
hooks
check "a hook at each packet" each_fails lunatik run tests/torture/softirq --context softirq
check "spawn" each_fails lunatik spawn tests/torture/nothing
within 30 lunatik run tests/torture/cycle
check "use of a device" each_fails bash -c "exec 5<> /dev/torture_cycle; echo socket >&5; head -c 1 <&5"
check "list" each_fails lunatik list -l
check "stop" each_fails lunatik stop tests/torture/cycle
check "workers, while a script runs and stops" beside_fails runs_and_stops
check "workers, while everything unloads and loads" beside_fails eval 'lunatik unload; lunatik load'
faults_off
check "afterwards everything works" runs_and_stops
check "and unloads" within 60 lunatik unload
check "the kernel log is clean" nothing_reported
