# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For the parts of the torture: what they stand on.
#
#   tort1 (10.79.1.2, fd79:1::2) --- t0 [initial namespace] t1 --- tort2 (10.79.2.2, fd79:2::2)
#   tort3 --- t2 [bridge tb: 10.79.3.1] t3 --- tort4
#
# The environment: SECONDS_ALL, about how long all parts may take; UNTIL, when they should have ended, as `date +%s` prints it; PARTS, which
# of them run; SEED, the first seed; SEEDS, how many at most; KEEP, the steps of them that are kept; TRACE=1: scripts print each step;
# SHOW=1: they are printed.
# shellcheck source=../lib.sh
. ../lib.sh
# shellcheck source=../core/module/build.sh
. ../core/module/build.sh

part=$(basename "$0" .sh)
[ -z "${PARTS:-}" ] || [[ " $PARTS " == *" $part "* ]] || skip_all "not asked for"
work=$(mktemp -d)
on_exit rm -rf "$work"
scripts=/etc/lunatik/torture

# ---- time ------------------------------------------------------------------------------------------------------------------

# Set when a part's loops end: SHARE, in percent of the time for each part.
time_of_part() {
	part_end=$((SECONDS + ${SECONDS_ALL:-100} * $1 / 100))
}

time_left() {
	[ $SECONDS -lt "$part_end" ] && [ "$EPOCHSECONDS" -lt "${UNTIL:-$((EPOCHSECONDS + 1))}" ]
}

# Say what is being done: the last such line tells where a machine went down.
exec 3>&1
progress() {
	echo "# $SECONDS s: $*" >&3
}

# ---- what runs beside --------------------------------------------------------------------------------------------------------

churns=()

# Run a function or program in the background until quiet. It should sleep most of the time: an emulated processor has to run the scripts
# as well. A low priority would not do, as they wait for locks that it holds.
churn() {
	"$@" < /dev/null > /dev/null 2>&1 &
	churns+=($!)
}

# End all that runs beside.
quiet() {
	[ ${#churns[@]} = 0 ] || kill "${churns[@]}"
	wait "${churns[@]}"
	churns=()
} 2> /dev/null

# Starting programs takes most of the time of an emulated machine: a batch of ip's takes one.

# Add a namespace whose eth0 has its peer here: NAMESPACE INTERFACE NUMBER.
add_namespace() {
	on_exit ip netns del "$1"
	on_exit ip link del "$2"
	ip netns add "$1" && ip -batch - <<-END && ip -n "$1" -batch - <<-END2
		link add $2 address 02:00:00:00:79:$3 type veth peer name eth0 netns $1
		link set $2 up
	END
		link set lo up
		link set eth0 up
	END2
}

# The same, with addresses: NAMESPACE INTERFACE NUMBER.
add_routed() {
	add_namespace "$1" "$2" "0$3" && ip -batch - <<-END && ip -n "$1" -batch - <<-END2
		addr add 10.79.$3.1/24 dev $2
		addr add fd79:$3::1/64 dev $2 nodad
	END
		addr add 10.79.$3.2/24 dev eth0
		addr add fd79:$3::2/64 dev eth0 nodad
		route add default via 10.79.$3.1
		route add default via fd79:$3::1
	END2
}

add_bridge() {
	on_exit ip link del tb
	add_namespace tort3 t2 13 && add_namespace tort4 t3 14 && ip -batch - <<-END
		link add tb address 02:00:00:00:79:03 type bridge
		link set tb up
		addr add 10.79.3.1/24 dev tb
		link set t2 master tb
		link set t3 master tb
	END
}

# Print a table of rules for a program that restores them: TABLE RULE CHAIN...
table_of() {
	echo "*$1"
	printf -- "-A %s $2\n" "${@:3}"
	echo COMMIT
}

# While a kernel patches its code for the first hook at a point, an emulated processor may run what stood there before: others stay
# at all points. Files of nf_tables do that without scripts.
hold_points() {
	local restore
	for restore in iptables-nft-restore ip6tables-nft-restore; do
		table_of mangle "-m comment --comment torture" PREROUTING INPUT FORWARD OUTPUT POSTROUTING | $restore || return 1
	done
	table_of filter "-j ACCEPT" INPUT OUTPUT | arptables-nft-restore || return 1
	{
		table_of filter "-j ACCEPT" INPUT FORWARD OUTPUT
		table_of nat "-j ACCEPT" PREROUTING POSTROUTING
	} | ebtables-nft-restore || return 1
	# It stays from one part to the next.
	tc qdisc show dev lo | grep -q clsact || tc qdisc add dev lo clsact
}

build_network() {
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 &&
		add_routed tort1 t0 1 && add_routed tort2 t1 2 && add_bridge && hold_points
}

# Packets of all kinds, through, into and out of this machine.
traffic() {
	churn ip netns exec tort1 ./inject eth0 1 "${1:-1}" 0 100000
	churn ip netns exec tort3 ./inject eth0 3 "${1:-1}" 0 200000
	churn ping -q -i 1 10.79.1.2
	churn ip netns exec tort1 ping -q -i 1 10.79.2.2
	churn datagrams
}

datagrams() {
	while :; do
		echo torture > /dev/udp/10.79.1.2/7000
		(echo torture > /dev/tcp/10.79.1.2/7001)
		sleep 2
	done
}

# An interface with a VLAN on it comes, changes and goes.
interface_passes() {
	ip link add tc0 type veth peer name tc1
	ip link set tc0 up
	ip link set tc1 up
	ip link add link tc0 name tcv type vlan id 5
	ip link set tcv up
	ip link set tc0 mtu 1400
	ip link set tc1 down
	ip link set tc1 name tc2
	ip link del tc0
}

interfaces() {
	while :; do
		interface_passes
		sleep 2
	done
}

# Namespaces with interfaces and traffic come and go.
namespaces() {
	while :; do
		ip netns add tcn
		ip link add tcx type veth peer name eth0 netns tcn
		ip link set tcx up
		ip -n tcn link set eth0 up
		ip -n tcn link set lo up
		ip netns exec tcn ping -q -c 1 -W 1 127.0.0.1
		ip netns del tcn
		sleep 2
	done
}

# The second processor comes and goes.
processors() {
	local online=/sys/devices/system/cpu/cpu1/online
	[ -e "$online" ] || return 0
	trap 'echo 1 > '"$online"'; exit' TERM
	while :; do
		sleep 4
		echo 0 > $online
		sleep 1
		echo 1 > $online
	done
}

# Processes come and go, which make system calls.
processes() {
	while :; do
		../probe/calls -a 20
		(exec true)
		bash -c 'exit 3'
		sleep 1
	done
}

# Whoever finds a device of a script uses it.
devices() {
	local device
	while :; do
		for device in /dev/torture*; do
			[ -c "$device" ] || continue
			timeout -s KILL 1 dd if="$device" of=/dev/null bs=100 count=3
			timeout -s KILL 1 dd if=/dev/zero of="$device" bs=3000 count=2
			timeout -s KILL 0.1 cat "$device"
		done
		sleep 1
	done
}

keyboard() {
	while :; do
		../notifier/keys 30 48 46 29
		sleep 2
	done
}

# ---- scripts ------------------------------------------------------------------------------------------------------------------

# Print the names of all libraries: those of modules, then those that are Lua files.
library_names() {
	echo lunatik
	awk '$1 ~ /^[a-z]/ && $2 && $2 != "-" { print $2 }' /usr/lib/lunatik/modules
	(cd /lib/modules/lua && find . -name '*.lua' ! -path './tests/*' ! -path './examples/*' ! -name session.lua ! -name driver.lua) |
		sed -e 's|^\./||' -e 's|\.lua$||' -e 's|/|.|g' | sort
	echo trigger
}

# Modules of tests are found by this name, too.
test_modules() {
	local module
	for module in lunatik_trigger lunatik_inspect; do
		[ -e /sys/module/$module ] || insmod "$modules_built/$module.ko" || return 1
	done
}

# Write the catalogue, "$work/catalogue": what there is to call on this kernel, and functions of it to probe.
make_catalogue() {
	mkdir -p "$scripts"
	on_exit rm -rf "$scripts"
	{
		echo 'return {'
		library_names | sed 's/.*/"&",/'
		echo '}'
	} > "$scripts/names.lua"
	load_all || return 1
	within 60 lunatik run tests/torture/catalogue > "$work/catalogue" || { cat "$work/catalogue"; return 1; }
	within 20 lunatik stop tests/torture/catalogue || return 1
	awk '$2 == "T" && NF == 3 && ++n % 97 == 0 { printf "%s ", $3 } BEGIN { printf "symbols kernel: " } END { print "" }' /proc/kallsyms >> "$work/catalogue"
	grep -q '^class data: .*getbyte' "$work/catalogue"
}

# Write the scripts of a seed: SEED.
generate() {
	local options=()
	[ -z "${KEEP:-}" ] || options+=(--keep "$KEEP")
	[ -z "${TRACE:-}" ] || options+=(--trace)
	./generate "${options[@]}" "$work/catalogue" "$1" "$scripts" > "$work/steps" || return 1
	echo "# seed $1: $(< "$work/steps") steps" >&3
	[ -z "${SHOW:-}" ] || ./generate --show "${options[@]}" "$work/catalogue" "$1" "$scripts" | sed 's/^/# | /' >&3
}

# Condition: a command ends in time, or by TERM, whatever its status; what is made has to be undone then, which takes its time: SECONDS
# COMMAND...
ends() {
	local status=0 watcher
	progress "${*:2}"
	(sleep $((($1 + 25) * test_slow)) && commands_stand) &
	watcher=$!
	timeout -k $((30 * test_slow)) $(($1 * test_slow)) "${@:2}" > "$work/out" 2>&1 < /dev/null || status=$?
	kill $watcher 2> /dev/null
	[ "$status" != 137 ] && return 0
	echo "no end, not even by a signal: ${*:2}"
	klog_since | tail -n 5
	return 1
}

# Tell where the kernel is for each process of the command.
commands_stand() {
	local process
	for process in $(pgrep -x lunatik); do
		sed -n 's/^State:/# lunatik:/p' "/proc/$process/status" >&3
		sed 's/^/# /' "/proc/$process/stack" >&3
	done
}

# Stop every script.
stop_all() {
	local answer
	[ -e /sys/module/lunatik_run ] || return 0
	progress "stop everything"
	answer=$(within 90 lunatik <<< 'lunatik.runner.shutdown()' 2>&1) && [ -z "$answer" ] && return 0
	echo "shutdown: $answer"
	return 1
}

# Load what is not loaded.
load_all() {
	[ -e /sys/module/lunatik_run ] || within 60 lunatik load || return 1
	test_modules
}

# What scripts left behind on purpose, and what would pin the modules.
clean_up() {
	ip link set dev t0 xdpgeneric off
	rm -rf /sys/fs/bpf/torture
	iptables-legacy -F OUTPUT
	for priority in 40000 40001; do
		while ip rule del priority $priority; do :; done
	done
} > /dev/null 2>&1

unload_all() {
	progress "clean up"
	clean_up
	stop_all || return 1
	# It empties the table that all runtimes share, of objects whose modules go first.
	[ ! -e /sys/module/lunatik_run ] || eventually 10 rmmod lunatik_run || { echo "lunatik_run stays"; return 1; }
	for module in lunatik_trigger lunatik_inspect; do
		[ ! -e /sys/module/$module ] || eventually 10 rmmod $module || { echo "$module stays"; grep lunatik /proc/modules; return 1; }
	done
	progress "unload"
	within 60 lunatik unload || return 1
	[ ! -e /sys/module/lunatik ] || { grep lunatik /proc/modules; return 1; }
}

# Condition: the kernel has reported nothing since the mark. Its log around the first report is printed.
nothing_reported() {
	klog_report || return 0
	klog_since | grep -E -m 1 -B 12 -A 24 -f "$test_folder/patterns"
	return 1
}
