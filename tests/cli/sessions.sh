#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Eight commands at once, one of them in an endless loop: each gets its own results. Control-C ends what runs.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

lunatik load
folder=$(mktemp -d)
on_exit rm -rf "$folder"

# One command: fifteen chunks in one session, results that name the command.
session() {
	local i
	for ((i = 1; i <= 15; i++)); do
		echo "print('out $1', $i) return '$1:' .. $i"
	done | within 120 lunatik > "$folder/$1"
}

own_results() {
	local i expected
	expected=$(for ((i = 1; i <= 15; i++)); do printf 'out %s\t%s\n%s:%s\n' "$1" "$i" "$1" "$i"; done)
	[ "$(< "$folder/$1")" = "$expected" ] || { head -n 5 "$folder/$1"; return 1; }
}

echo 'while true do pcall(function() while true do end end) end' | lunatik > "$folder/loop" 2>&1 &
loop=$!
on_exit kill -KILL "$loop"
sleep 1
others=()
for n in 1 2 3 4 5 6 7; do
	session "$n" &
	others+=($!)
done
check "list answers meanwhile" output_is '' within 60 lunatik list
wait "${others[@]}"
for n in 1 2 3 4 5 6 7; do
	check "command $n of seven got its own results" own_results "$n"
done
check "the endless loop still runs" kill -0 "$loop"
# The command, not the shell's job: background jobs of a script ignore SIGINT.
check "TERM ends it" kill -TERM "$loop"
wait "$loop"
check "the loop has printed nothing" fails_with 1 test -s "$folder/loop"

started() { lunatik run tests/cli/hello > /dev/null 2>> "$folder/refused" && echo >> "$folder/started"; }
one_of_four() {
	local pids=()
	for _ in 1 2 3 4; do
		started &
		pids+=($!)
	done
	wait "${pids[@]}"
	within 30 lunatik stop tests/cli/hello || return 1
	[ "$(wc -l < "$folder/started")" = 1 ] && [ "$(grep -c 'already running' "$folder/refused")" = 3 ] && return 0
	cat "$folder/refused"
	return 1
}
check "D-CLI-12: of four that run a script at once, one does" one_of_four

# Condition: SECONDS after its start, Control-C ends a command with STATUS and a message.
interrupt() {
	local status=0
	# env restores what bash makes background jobs ignore.
	timeout --preserve-status -k 20 -s INT $((2 * test_slow)) env --default-signal=INT "$@" > "$folder/out" 2>&1 || status=$?
	[ "$status" = 130 ] && grep -q '^lunatik: .*interrupted' "$folder/out" && return 0
	echo "status $status"
	cat "$folder/out"
	return 1
}
check "Control-C ends run" interrupt lunatik run tests/cli/loop
check "a script that was being started does not run" output_is '' lunatik list

again() {
	timeout -k 20 -s INT $((2 * test_slow)) lunatik run tests/cli/loop > /dev/null 2>&1
	output_is $'hello\t42\nagain' lunatik run tests/cli/hello && lunatik stop tests/cli/hello
}
check "after that, scripts run" again

lunatik run tests/cli/loop > "$folder/run" 2>&1 &
run=$!
stop_other() {
	eventually 10 output_has tests/cli/loop lunatik list && lunatik stop tests/cli/loop
}
check "another command stops a script whose body runs" stop_other
check "run then ends" eventually 20 eval "! kill -0 $run 2> /dev/null"
wait "$run"
status=$?
check "with status 1" test "$status" = 1
check "and a message" grep -q '^lunatik: ' "$folder/run"
