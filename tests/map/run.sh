#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The map library: maps of scripts, and what bpftool and an eBPF program of type XDP make of them.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luamap
bpf=/sys/fs/bpf/lunatik_map
hits=${bpf}_hits

lua_cases tests/map/basic
lua_cases tests/map/basic --context softirq
lua_cases tests/map/basic --context hardirq
lua_cases tests/map/shared

# ---- bpftool ----

pins() {
	on_exit rm -f ${bpf}_hits ${bpf}_percpu ${bpf}_histogram
	on_exit within 30 lunatik stop tests/map/pin
	output_is "false	failed to pin $hits (there is such a file, error 17)
false	failed to pin /sys/fs/bpf/no/such/folder (there is no such file, error 2)
false	bad argument #2 to '?' (not a path below /sys/fs/bpf/)
false	bad argument #1 to '?' (not a shared map: make it with {shared = true})" within 30 lunatik run tests/map/pin
}

# Print a value that bpftool reads: KEY-BYTES.
value() {
	# shellcheck disable=SC2086 # several words
	bpftool -j map lookup pinned $hits key $1 | grep -o '"value":\["0x[0-9a-f]*"' | grep -o '0x[0-9a-f]*'
}

# The number of the map that the script has kept for itself: the only one of this name without a file.
private() {
	bpftool -f -j map show | tr -d ' ' | sed 's/},{/}\n{/g' | grep '"name":"pin"' | grep -v '"pinned":\["' |
		grep -o '"id":[0-9]*' | head -n 1 | cut -d : -f 2
}

writes_private() {
	local id
	id=$(private)
	if [ -z "$id" ]; then
		bpftool -f map show
		return 1
	fi
	fails_with 255 bpftool map update id "$id" key 1 0 0 0 0 0 0 0 value 1 0 0 0 0 0 0 0 && bpftool map dump id "$id"
}

reads() {
	output_is "$1" within 30 lunatik run tests/map/read && within 30 lunatik stop tests/map/read
}

mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
check "maps are pinned" pins
check "... for root alone" output_is 600 stat -c %a $hits
check "bpftool reads" output_is 0x05 value "1 0 0 0"
check "... and writes" bpftool map update pinned $hits key 3 0 0 0 value 9 0 0 0 0 0 0 0
check "... but no map that is not shared" writes_private
check "D-MAP-3: nobody freezes a map that a script writes" fails_with 240 bpftool map freeze pinned $hits
check "another script opens it" reads "lunatik_map_hits	1=5 3=9 4294967295=7
lunatik_map_hits	-1=7 1=6 2=1 3=9
lunatik_map_percpu	one=3"
check "bpftool sees what it has written" output_is 0x06 value "1 0 0 0"
check "the script stops" stops tests/map/pin
check "... its map does not" output_is 0x06 value "1 0 0 0"

# ---- limits ----

# The same after the files are gone, as only they keep the memory.
fills() {
	output_is "true	true	failed to pin ${bpf}_many (all pinned maps together take too much memory, error 122)" \
		within 120 lunatik run tests/map/pins && within 30 lunatik stop tests/map/pins
}

on_exit eval "rm -f ${bpf}_many*"
on_exit within 30 lunatik stop tests/map/pins
check "D-MAP-6: maps are pinned until the limit" fills
rm -f ${bpf}_many*
check "... and again when the files are gone" fills
rm -f ${bpf}_many*

# ---- tracing ----

# Print how often a program has run: INDEX.
runs() {
	bpftool -j map lookup pinned ${bpf}_tracing/runs key "$1" 0 0 0 | grep -o '"value":[0-9][0-9]*' | cut -d : -f 2
}

traces() {
	on_exit rm -rf ${bpf}_tracing
	mkdir ${bpf}_tracing && bpftool prog loadall ./tracing.bpf.o ${bpf}_tracing pinmaps ${bpf}_tracing || return 1
	./attach ${bpf}_tracing/inside htab_lru_map_delete_node ${bpf}_tracing/outside do_nanosleep &
	on_exit kill $!
}

sleeps() {
	sleep 0.01
	[ "$(runs 1)" -gt 0 ]
}

if ! grep -q ' htab_lru_map_delete_node$' /proc/kallsyms; then
	skip "tracing programs" "this kernel has no function htab_lru_map_delete_node"
else
	check "tracing programs are attached" traces
	check "... and run" eventually 10 sleeps
	on_exit within 30 lunatik stop tests/map/evict
	check "the kernel drops keys" output_is "true	true	2000	2000" within 60 lunatik run tests/map/evict
	check "D-MAP-8: no tracing program runs inside a change" output_is 0 runs 0
	check "... which stops" stops tests/map/evict
	rm -rf ${bpf}_tracing
fi

# ---- XDP ----

build_network() {
	on_exit ip netns del map
	on_exit ip link del map0
	ip netns add map && ip link add map0 type veth peer name eth0 netns map &&
		ip link set map0 up && ip addr add 10.76.1.1/24 dev map0 &&
		ip -n map link set eth0 up && ip -n map addr add 10.76.1.2/24 dev eth0 &&
		eventually 10 reaches
}

reaches() { ip netns exec map ping -q -c 1 -W 1 10.76.1.1; }

load_program() {
	on_exit rm -f ${bpf}_program ${bpf}_lock ${bpf}_frozen
	bpftool prog load ./program.bpf.o ${bpf}_program map name hits pinned $hits &&
		bpftool map pin name lock ${bpf}_lock &&
		bpftool map create ${bpf}_frozen type hash key 4 value 8 entries 4 name frozen &&
		bpftool map freeze pinned ${bpf}_frozen
}

attach() {
	on_exit ip link set dev map0 xdp off
	ip link set dev map0 xdp pinned ${bpf}_program
}

check "the network" build_network
check "a program takes the script's map" load_program
check "... is attached" attach
check "... and lets packets pass" reaches
on_exit rm -f ${bpf}_folder ${bpf}_link
ln -s /sys/fs/bpf ${bpf}_folder && ln -s $hits ${bpf}_link
lua_cases tests/map/refused
on_exit within 30 lunatik stop tests/map/block
check "a script reads the program's count" output_is true within 30 lunatik run tests/map/block
check "... and the program obeys the script" fails_with 1 reaches
check "... which stops" stops tests/map/block
