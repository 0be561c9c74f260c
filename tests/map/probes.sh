#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The map library: a filter, a probe and a device count in one map; probes that fire inside changes of maps.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luamap
only_one_cpu

counts() {
	head -c 4000 /dev/map_counters > "$test_folder/counters"
	head -n 1 "$test_folder/counters"
}

check "a filter, a probe and a device start" starts tests/map/counters
ping -q -c 20 -i 0.05 -s 100 127.0.0.1 > /dev/null
(cd ../probe && ./calls 50)
check "they count in one map" output_is "device=1 filter=40 post=50 probe=50" counts
check "... and in a histogram" grep -qF "[128, 256)            40 |@@@@" "$test_folder/counters"
check "they stop under traffic" eval 'ping -q -f -w 5 127.0.0.1 > /dev/null & stops tests/map/counters; kill $!; wait $! || true'

# Condition: some changes inside of changes worked or were refused, and the machine goes on.
nests() {
	local i worked refused shared
	for i in 1 2 3; do
		echo > /dev/map_inside || return 1
	done
	read -r worked refused shared <<< "$(head -c 100 /dev/map_inside)"
	echo "worked $worked, refused $refused, refused for a shared map $shared"
	[ "$refused" -gt 0 ] && [ "$shared" -gt 0 ]
}

check "probes inside changes of maps start" starts tests/map/inside
check "D-MAP-1: a change inside a change is refused" nests
check "... and the script stops" stops tests/map/inside
