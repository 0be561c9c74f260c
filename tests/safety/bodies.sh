#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Hostile script bodies: those that go wrong say so, those that never end can be ended, others go on meanwhile.
# shellcheck source=safety.bash
. ./safety.bash
on_exit rm -rf "$scripts/tests/safety/case"

klog_mark

# A smaller limit is reached sooner.
memory=16M
[ "$test_slow" = 1 ] || memory=4M

# Condition: a case fails with its message, which names file and line.
fails_properly() {
	local text=$2
	make_case failing "$1"
	fails_with 1 within 100 lunatik run "$made" --memory "$memory" || { lunatik stop "$made"; return 1; }
	[[ $output == *"$text"* ]] || { printf 'expected: %s\ngot: %s\n' "$text" "$output"; return 1; }
	[[ $output =~ hostile\.lua:[0-9]+ ]] || { echo "$output"; return 1; }
}

# Condition: a case ends by itself.
ends_well() {
	make_case heavy "$1"
	within 100 lunatik run "$made" && within 30 lunatik stop "$made"
}

# Run a case in the background; sets pid.
background() {
	make_case endless "$1"
	# A shell has its background commands ignore Control-C.
	env --default-signal=INT lunatik run "$made" > "/tmp/$(basename "$made")" 2>&1 < /dev/null &
	pid=$!
}

# Condition: Control-C ends a case at once.
interruptible() {
	local pid status=0
	background "$1"
	eventually 30 listed "$made" || { echo "does not run"; cat "/tmp/$(basename "$made")"; return 1; }
	kill -INT "$pid"
	eventually 20 ended "$pid" || { lunatik stop "$made"; return 1; }
	wait "$pid" || status=$?
	[ "$status" = 130 ] && grep -q interrupted "/tmp/$(basename "$made")" && return 0
	echo "status $status"
	cat "/tmp/$(basename "$made")"
	return 1
}

# Condition: a case that has been stopped has said so.
said_stopped() {
	local status=0
	wait "$2" || status=$?
	[ "$status" = 1 ] && grep -qE 'hostile.lua:[0-9]+: stopped' "/tmp/$1" && return 0
	echo "status $status"
	cat "/tmp/$1"
	return 1
}

# Stop some cases at once while they run.
stop_together() {
	local name pids=() made_names=() stops=() i
	for name in "$@"; do
		background "$name"
		pids+=("$pid")
		made_names+=("$made")
	done
	for name in "${made_names[@]}"; do
		eventually 60 listed "$name" || echo "# $name does not run"
	done
	check "a script runs beside $# endless ones" answers
	for name in "${made_names[@]}"; do
		within 60 lunatik stop "$name" > /dev/null 2>&1 &
		stops+=($!)
	done
	for i in "${!stops[@]}"; do
		check "stop: $1" wait "${stops[i]}"
		check "stop: $1: reported" said_stopped "$(basename "${made_names[i]}")" "${pids[i]}"
		shift
	done
}

while IFS=$'\t' read -r name text <&3; do
	check "fails: $name" fails_properly "$name" "$text"
done 3< <(failing_cases)
check "nothing is left of the failed" nothing_runs
check "the machine answers" answers

mapfile -t heavy < <(cases heavy)
for name in "${heavy[@]}"; do
	check "ends: $name" ends_well "$name"
done

mapfile -t endless < <(cases endless)
for name in "while" "pcall around a loop" "__gc" "pattern" "table.move" "a million concatenations of 8 MiB"; do
	check "Control-C: $name" interruptible "$name"
done
check "nothing is left of the interrupted" nothing_runs

for ((i = 0; i < ${#endless[@]}; i += 3)); do
	stop_together "${endless[@]:i:3}"
done
check "the machine answers after all" answers
check "everything is gone" all_gone
