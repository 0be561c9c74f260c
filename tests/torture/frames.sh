#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Mutated chunks for /dev/lunatik, and mutated files of scripts in every context. Sessions and scripts end, and the machine answers.
# shellcheck source=torture.bash
. ./torture.bash

answers() {
	[ "$(echo '1 + 1' | within 20 lunatik)" = 2 ] || { echo "a session does not answer"; return 1; }
}

# Condition: mutated chunks of a seed leave a session that works to the next one. A chunk may wait for ever: its process ends by a signal.
frames() {
	progress "frames"
	ends 10 lua5.4 mutate.lua frames "$1" 40 && answers && nothing_reported
}

# Processes open the device, write, and go without reading, or are killed.
leavers() {
	local i
	for i in {1..8}; do
		ends 1 bash -c 'exec 5<> /dev/lunatik; printf "\1while true do end" >&5' || return 1
		ends 5 bash -c 'exec 5<> /dev/lunatik; printf "\1return (\"x\"):rep(100000)" >&5; head -c 1 <&5' || return 1
	done
	answers && nothing_reported
}

# Condition: a script whose text was mutated runs or not, and nothing of it stays: SEED FILE.
script() {
	local context=${contexts[$1 % 3]}
	lua5.4 mutate.lua script "$1" "$2" > "$scripts/m.lua" || return 1
	ends 5 lunatik run torture/m --context "$context" || return 1
	stop_all && answers && nothing_reported
}
contexts=(process softirq hardirq)

mkdir -p "$scripts"
on_exit rm -rf "$scripts"
on_exit unload_all
dmesg -n 1
check "everything loads" within 60 lunatik load
check "a session answers" answers
klog_mark
check "processes that leave" leavers
time_of_part 15
mapfile -t files < <(find /lib/modules/lua/examples /lib/modules/lua/tests/data /lib/modules/lua/tests/netfilter /lib/modules/lua/tests/probe \
	/lib/modules/lua/tests/device -name '*.lua' | sort)
seed=${SEED:-$(date +%s)}
while time_left && [ "$test_failures" = 0 ]; do
	file=${files[seed % ${#files[@]}]}
	echo "# seed $seed: ${file##*/}"
	check "frames of seed $seed" frames "$seed"
	check "script of seed $seed, ${file##*/}" script "$seed" "$file"
	seed=$((seed + 1))
done
check "everything unloads" unload_all
check "the kernel log is clean" nothing_reported
