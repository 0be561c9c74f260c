#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Extensions of iptables: rules, packets to a namespace behind a veth pair, and scripts that come and go.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

judge=tests/xtable/judge
second=tests/xtable/second
here=10.78.0.1 there=10.78.0.2
plugins=$(dirname "$(find /usr/lib -name libxt_tcp.so | head -n 1)")

# ---- surroundings ---------------------------------------------------------------

build_network() {
	on_exit ip netns del xt
	on_exit ip link del xt0
	ip netns add xt &&
		ip link add xt0 type veth peer name eth0 netns xt &&
		ip link set xt0 up && ip addr add $here/24 dev xt0 && ip addr add fd78::1/64 dev xt0 nodad &&
		ip -n xt link set eth0 up && ip -n xt addr add $there/24 dev eth0 && ip -n xt addr add fd78::2/64 dev eth0 nodad &&
		eventually 10 ping -q -c 1 -W 1 $there && eventually 10 ping -6 -q -c 1 -W 1 fd78::2
}

extension() {
	on_exit lunatik-xtables remove "$1"
	lunatik-xtables install "$1" "libxt_$1.lua"
}

# Set a rule in the chain OUTPUT for packets to the namespace: OPTIONS.
rule() { $tables -A OUTPUT -d "$target" "$@"; }
no_rule() { $tables -D OUTPUT -d "$target" "$@"; }

passes() { ping -q -c 1 -W 2 "$target"; }
is_dropped() { ! ping -q -c 1 -W 1 "$target"; }

# Condition: while a rule is set, packets pass or are dropped: passes|is_dropped OPTIONS.
under() {
	local condition=$1 status=0
	shift
	rule "$@" || return 1
	$condition || status=1
	no_rule "$@" && return $status
}

matches() { under is_dropped -m judge --text "$1" -j DROP; }
differs() { under passes -m judge --text "$1" -j DROP; }

# ---- rules -------------------------------------------------------------------------

# Condition: iptables refuses a rule with a message that has a text: TEXT OPTIONS.
refused() {
	local text=$1 before after
	shift
	before=$($tables-save -t filter | grep -v '^#')
	! capture rule "$@" || return 1
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
	after=$($tables-save -t filter | grep -v '^#')
	[ "$before" = "$after" ]
}

listed() {
	rule -m judge --text all -j JUDGE --say continue || return 1
	output_has "judge says all JUDGE says continue" $tables -L OUTPUT -n || return 1
	no_rule -m judge --text all -j JUDGE --say continue
}

restored() {
	local before after
	rule -m judge --text icmp -m judge --text par -j JUDGE --say accept || return 1
	before=$($tables-save -t filter | grep -- -A)
	[[ $before == *"-m judge --text icmp -m judge --text par -j JUDGE --say accept"* ]] || { echo "$before"; return 1; }
	$tables-save -t filter > /tmp/rules || return 1
	$tables -F OUTPUT && $tables-restore /tmp/rules || return 1
	after=$($tables-save -t filter | grep -- -A)
	rm -f /tmp/rules
	[ "$before" = "$after" ] || { echo "$after"; return 1; }
	no_rule -m judge --text icmp -m judge --text par -j JUDGE --say accept
}

# Deleting names a rule by its options: another text is another rule.
deletes_its_own() {
	rule -m judge --text none -j DROP && rule -m judge --text all -j ACCEPT || return 1
	! no_rule -m judge --text all -j DROP 2> /dev/null || return 1
	no_rule -m judge --text none -j DROP && no_rule -m judge --text all -j ACCEPT
}

told() {
	klog_mark
	rule -m judge --text remember -j DROP && no_rule -m judge --text remember -j DROP || return 1
	klog_has "checkentry remember" && eventually 5 klog_has "destroy remember"
}

# A match that is switched off cannot be entered when its rule goes.
told_later() {
	klog_mark
	rule -m judge --text loop -j DROP || return 1
	flood 40
	no_rule -m judge --text loop -j DROP && klog_has "switched off" || return 1
	! klog_has "destroy loop" > /dev/null || { echo "was not off"; return 1; }
	within 20 lunatik rearm $judge && rule -m judge --text none -j DROP && no_rule -m judge --text none -j DROP &&
		eventually 5 klog_has "destroy loop"
}

explained() {
	klog_mark
	refused "" -m judge --refuse -j DROP && klog_has "judge.lua" && klog_has "judge refuses"
}

# The kernel keeps a pointer behind the 256 bytes that a rule shares with its extension; "needle" is 6 of them.
shows_no_pointer() {
	local status=0
	rule -m judge --text needle -j JUDGE --say needle || return 1
	strace -f -xx -s 1000000 -o /tmp/needles $tables-save -t filter > /dev/null || status=1
	no_rule -m judge --text needle -j JUDGE --say needle
	[ "$(grep -oE '(\\x6e\\x65\\x65\\x64\\x6c\\x65)(\\x00){258}' /tmp/needles | wc -l)" -ge 2 ] || status=1
	rm -f /tmp/needles
	return $status
}

# A script that was broken after it was installed registers nothing: iptables reports that and ends.
broken() {
	cp libxt_second.lua libxt_broken.lua
	extension broken
	rm libxt_broken.lua
	echo 'luaxt.match{' > /etc/lunatik/xtables/libxt_broken.lua
	output=$($tables -A OUTPUT -m broken -j DROP 2>&1)
	[ $? = 2 ] && [[ $output == *"failed to load Lua script: "*"libxt_broken.lua:2:"* ]] && return 0
	echo "$output"
	return 1
}

# A script of the extension's name in the current folder is somebody else's.
from_elsewhere() {
	(cd "$test_folder" && echo 'error("from here")' > libxt_judge.lua && output_has "--text TEXT" $tables -m judge --help)
}

by_make() {
	local makefile=/usr/share/lunatik/xtables/Makefile
	LUAXTABLE_MODULE=second make -f $makefile uninstall && [ ! -e "$plugins/libxt_second.so" ] &&
		LUAXTABLE_MODULE=second make -f $makefile install && [ -e "$plugins/libxt_second.so" ]
}

# ---- packets -----------------------------------------------------------------------

fails_open() {
	# The log takes ten errors in five seconds.
	sleep 5
	klog_mark
	differs fail && klog_has "judge fails"
}

# Condition: twenty rules, each below its budget, take no more than one event may; the extension stays on.
crowds() {
	local i status=0
	klog_mark
	for i in {1..20}; do
		rule -m judge --text heavy -j DROP || return 1
	done
	passes || status=1
	klog_has "budget of 400000 units for one event exhausted" || status=1
	for i in {1..20}; do
		no_rule -m judge --text heavy -j DROP || status=1
	done
	matches all && return $status
}

# The script looks at what it kept when another rule comes.
void_later() {
	differs keep && rule -m judge --text void -j DROP && no_rule -m judge --text void -j DROP
}

# Whether a packet that holds what the target writes has come in.
returned() { $tables -nvxL INPUT | awk '/judge/ && $1 > 0 { found = 1 } END { exit !found }'; }

# Nobody answers a request whose checksum is wrong. Some versions of ping take no reply whose data differ.
written() {
	rule -j JUDGE --say write || return 1
	local status=0
	$tables -A INPUT -s "$target" -m judge --text written || status=1
	ping -q -c 1 -W 2 -s 100 "$target"
	eventually 2 returned || { $tables -nvxL INPUT; status=1; }
	$tables -D INPUT -s "$target" -m judge --text written && no_rule -j JUDGE --say write && return $status
}

error_of_target() {
	klog_mark
	under passes -j JUDGE --say "$1" && klog_has "$2"
}

flood() { timeout $((20 * test_slow)) ping -q -f -c "$1" $there > /dev/null; }

litters() {
	rule -m judge --text litter -m judge --text none -j DROP || return 1
	local status=0
	flood 2000 || status=1
	no_rule -m judge --text litter -m judge --text none -j DROP
	return $status
}

two_in_one() {
	starts $second --context softirq || return 1
	under is_dropped -p icmp -m judge --text all -m second --size 84 -j DROP || return 1
	under passes -p icmp -m judge --text all -m second --size 85 -j DROP || return 1
	# It says that it matches where it fails.
	under is_dropped -p icmp -m second --size x -j DROP && stops $second
}

# ---- bridges -----------------------------------------------------------------------

add_port() {
	on_exit ip netns del "$1"
	on_exit ip link del "$2"
	ip netns add "$1" && ip link add "$2" type veth peer name eth0 netns "$1" && ip link set "$2" master xtbr up &&
		ip -n "$1" link set eth0 up && ip -n "$1" addr add "$3/24" dev eth0
}

build_bridge() {
	on_exit ip link del xtbr
	on_exit ebtables-nft -F FORWARD
	ip link add xtbr type bridge && ip link set xtbr up && add_port xtb1 xtb1 10.78.9.1 && add_port xtb2 xtb2 10.78.9.2 &&
		eventually 10 ip netns exec xtb1 ping -q -c 1 -W 1 10.78.9.2
}

frames() { ip netns exec xtb1 ping -q -c 1 -W "$1" 10.78.9.2; }
frames_pass() { frames 2; }
frames_are_dropped() { ! frames 1; }

# Condition: the target says something of all frames, and then come others' rules: CONDITION TEXT [RULE].
bridged() {
	local condition=$1 text=$2 status=0
	shift 2
	ebtables-nft -A FORWARD -p IPv4 -j frames --say "$text" || return 1
	[ $# = 0 ] || ebtables-nft -A FORWARD -p IPv4 "$@" || return 1
	$condition || status=1
	ebtables-nft -F FORWARD && return $status
}

error_of_frames() {
	klog_mark
	bridged frames_pass "$1" && klog_has "$2"
}

bridge_listed() {
	local status=0
	ebtables-nft -A FORWARD -p IPv4 -j frames --say continue || return 1
	output_has "-A FORWARD -p IPv4 -j frames --say continue" ebtables-nft-save || status=1
	ebtables-nft -D FORWARD -p IPv4 -j frames --say continue && ! ebtables-nft-save | grep frames && return $status
}

over_bridge() {
	check "a bridge" build_bridge
	check "frames: the script starts" starts $judge --context softirq
	check "frames: drop" bridged frames_are_dropped drop
	check "frames: stolen" bridged frames_are_dropped stolen
	check "frames: accept" bridged frames_pass accept -j DROP
	check "frames: stop" bridged frames_pass stop -j DROP
	check "frames: continue" bridged frames_are_dropped continue -j DROP
	check "... and the policy" bridged frames_pass continue
	check "frames: return" bridged frames_are_dropped return -j DROP
	check "frames: nil" bridged frames_are_dropped nil -j DROP
	check "frames: an error" error_of_frames fail "JUDGE fails"
	check "frames: none are queued" error_of_frames queue "packets of this family cannot be queued"
	check "frames: saved and deleted" bridge_listed
	check "frames: the script stops" stops $judge
}

# ---- scripts that come and go -----------------------------------------------------------

# The rule outlives the script, matches nothing without it, and works again with it.
outlives() {
	rule -m judge --text all -j DROP || return 1
	is_dropped || return 1
	stops $judge && passes || return 1
	fails_with 1 within 30 lunatik unload || return 1
	[[ $output == *"used by rules of iptables"*"all scripts are stopped"* ]] || { echo "$output"; return 1; }
	within 30 lunatik load
	starts $judge --context softirq && is_dropped || return 1
	no_rule -m judge --text all -j DROP && passes
}

under_flood() {
	local i status=0
	rule -m judge --text all -j DROP || return 1
	timeout $((60 * test_slow)) ping -q -f $there > /dev/null &
	for i in {1..20}; do
		if ! stops $judge || ! within 30 lunatik run $judge --context softirq; then
			status=1
			break
		fi
	done
	kill $!
	wait $! 2> /dev/null
	no_rule -m judge --text all -j DROP
	return $status
}

# Count the lines of a script since the mark.
lines() { klog_printed | grep -cx "$1"; }
states_say() { [ "$(lines "$1")" = "$(nproc)" ]; }

# A rule of a percpu script: each state checks it, decides about packets of its CPU, and gets its end.
by_all_states() {
	local cpu status=0
	klog_mark
	rule -m judge --text all -j JUDGE --say drop && states_say "checkentry all" || return 1
	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		! taskset -c $cpu ping -q -c 1 -W 1 "$target" || status=1
	done
	no_rule -m judge --text all -j JUDGE --say drop && eventually 5 states_say "destroy drop" && return $status
}

# One state refuses a rule: iptables does, too, and the other states get its end.
by_none() {
	klog_mark
	refused "" -m judge --text other -j DROP && klog_has "judge refuses for one CPU" && eventually 5 klog_has "destroy other"
}

# A rule of an ordinary script outlives it, and one of a percpu script the percpu script.
changes_hands() {
	rule -m judge --text icmp -j DROP && is_dropped && stops $judge && starts $judge --percpu && is_dropped &&
		rule -m judge --text none -j DROP && stops $judge && starts $judge --context softirq && is_dropped &&
		no_rule -m judge --text icmp -j DROP && no_rule -m judge --text none -j DROP && passes
}

# The rules of a percpu script under a flood of all CPUs.
percpu_flood() {
	local status=0
	rule -m judge --text all -j DROP || return 1
	taskset -c 0 timeout $((60 * test_slow)) ping -q -f $there > /dev/null &
	stops $judge && starts $judge --percpu && is_dropped && stops $judge && starts $judge --percpu || status=1
	kill $!
	wait $! 2> /dev/null
	no_rule -m judge --text all -j DROP
	return $status
}

# Two scripts that register one extension at one moment: the kernel itself would take both.
one_of_two() {
	local i rival=tests/xtable/rival pid first other
	for i in {1..10}; do
		within 30 lunatik run $rival --context softirq > /dev/null 2>&1 &
		pid=$!
		first=0 other=0
		within 30 lunatik run $second --context softirq > /dev/null 2>&1 || first=$?
		wait $pid || other=$?
		case $first,$other in
		0,1) stops $second ;;
		1,0) stops $rival ;;
		*) false ;;
		esac || { echo "round $i: status $first and $other"; return 1; }
	done
}

other_namespace() {
	! ip netns exec xt $tables -A OUTPUT -m judge --text all -j DROP || return 1
	stops $judge || return 1
	fails_with 1 within 30 ip netns exec xt lunatik run $judge --context softirq || return 1
	[[ $output == *"initial network namespace"* ]] || { echo "$output"; return 1; }
	starts $judge --context softirq
}

refreshed() {
	echo old > "$plugins/libxt_judge.so"
	lunatik-xtables refresh && cmp "$plugins/libxt_judge.so" "$plugins/libxt_second.so"
}

# Condition: a script that cannot be loaded is refused, with the reason, and nothing is left: SCRIPT TEXT.
unloadable() {
	echo "$1" > /tmp/libxt_bad.lua
	fails_with 1 lunatik-xtables install bad /tmp/libxt_bad.lua || return 1
	echo "$output"
	[[ $output == *"$2"* ]] && [ ! -e "$plugins/libxt_bad.so" ] && [ ! -e /etc/lunatik/xtables/libxt_bad.lua ] && ! lunatik-xtables list | grep -x bad
}

# Files that an administrator wrote stay, copied ones go.
keeps_scripts() {
	local script=/etc/lunatik/xtables/libxt_own.lua
	on_exit rm -f $script
	mkdir -p /etc/lunatik/xtables
	echo '-- own' > $script
	lunatik-xtables install own && ! lunatik-xtables install own libxt_judge.lua && lunatik-xtables remove own && [ -e $script ] || return 1
	rm $script
	lunatik-xtables install own libxt_judge.lua && lunatik-xtables install own libxt_second.lua && echo '-- edited' >> $script &&
		lunatik-xtables remove own && [ -e $script ] || return 1
	rm $script
	lunatik-xtables install own libxt_judge.lua && lunatik-xtables remove own && [ ! -e $script ]
}

# ---- the tests ---------------------------------------------------------------------------

everything() {
	check "$tables: refused without the script" refused "" -m judge --text all -j DROP
	check "$tables: the script starts" starts $judge --context softirq
	check "$tables: help" output_has "--text TEXT" $tables -m judge --help
	check "$tables: a required option" refused "--text is required" -m judge -j DROP
	check "$tables: a bug in its Lua" refused "libxt_judge.lua" -m judge --text bug -j DROP
	check "$tables: D-LXT-2: a bug in the flags" refused "flags is a nil value" -m judge --text flags -j DROP
	check "$tables: D-LXT-1: scripts of the current folder are not run" from_elsewhere
	check "$tables: D-LXT-5: a script that does not load" broken
	check "$tables: D-LXT-4: 256 bytes" matches "$(printf '%0256d' 0 | tr 0 x)"
	check "$tables: D-XT-6: no pointer of the kernel's is shown" shows_no_pointer
	check "$tables: too long a text" refused "at most 256" -m judge --text "$(printf %0257d 1)" -j DROP
	check "$tables: checkentry refuses" explained
	check "$tables: checkentry and destroy" told
	check "$tables: destroy, after the match was switched off" told_later
	check "$tables: print" listed
	check "$tables: save and restore" restored
	check "$tables: delete" deletes_its_own
	check "$tables: matches" matches all
	check "$tables: an inverted option" under is_dropped -m judge ! --refuse -j DROP
	check "$tables: does not match" differs none
	check "$tables: D-XT-3: an error does not match" fails_open
	check "$tables: many rules for one packet" crowds
	check "$tables: a loop does not match" differs loop
	check "$tables: hotdrop" under is_dropped -m judge --text hotdrop -j ACCEPT
	check "$tables: D-XT-7: a match cannot write" matches readonly
	check "$tables: bounds" matches outside
	check "$tables: D-XT-8: a packet that is kept is void" void_later
	check "$tables: garbage" litters
	check "$tables: accept" under passes -j JUDGE --say accept
	check "$tables: drop" under is_dropped -j JUDGE --say drop
	check "$tables: stolen" under is_dropped -j JUDGE --say stolen
	check "$tables: continue" under passes -j JUDGE --say continue
	check "$tables: D-XT-9: return" under passes -j JUDGE --say return
	check "$tables: stop" under passes -j JUDGE --say stop
	check "$tables: nil" under passes -j JUDGE --say nil
	check "$tables: a string" error_of_target string "neither an integer nor nil"
	check "$tables: an unknown verdict" error_of_target huge "unknown verdict"
	check "$tables: repeat" error_of_target repeat "unknown verdict"
	check "$tables: an error" error_of_target fail "JUDGE fails"
}

over_ipv4() {
	check "$tables: par" matches par
	check "$tables: a match removes its fields" matches spoil
	check "$tables: par is whole again" matches par
	check "$tables: IPv4 header" matches icmp
	check "$tables: D-XT-14: writes, with checksums" written
	check "$tables: two extensions of two scripts in a rule" two_in_one
	check "$tables: a rule outlives its script" outlives
	check "$tables: scripts come and go under a flood" under_flood
	check "$tables: other namespaces" other_namespace
}

check "the network" build_network
check "extensions install" eval 'extension judge && extension JUDGE && extension second && extension frames'
check "they are listed" output_is $'JUDGE\nframes\njudge\nsecond' lunatik-xtables list
within 60 lunatik load
lua_cases tests/xtable/basic --context softirq
check "of two scripts with one extension one starts" one_of_two
check "a process runtime is refused" refuses "softirq" $judge
for tables in iptables-nft iptables-legacy; do
	target=$there
	everything
	over_ipv4
	check "$tables: the script stops" stops $judge
	check "$tables: a state for each CPU" starts $judge --percpu
	check "$tables: all states check a rule" by_all_states
	check "$tables: one state refuses a rule" by_none
	check "$tables: matches, with states" matches all
	check "$tables: a loop does not match, with states" differs loop
	check "$tables: rules of other states" changes_hands
	check "$tables: states come and go under a flood" percpu_flood
	check "$tables: the states stop" stops $judge
done
tables=ip6tables-nft target=fd78::2
check "$tables: the script starts" starts $judge --context softirq
check "$tables: IPv6 header" matches icmp6
check "$tables: accept" under passes -j JUDGE --say accept
check "$tables: drop" under is_dropped -j JUDGE --say drop
check "$tables: the script stops" stops $judge
over_bridge
check "D-LXT-6: by make" by_make
check "refresh" refreshed
check "a script with an error in it is not installed" unloadable "x =" "libxt_bad.lua:"
check "... nor one that raises" unloadable "error('on purpose')" "on purpose"
check "... nor one with a field that nobody knows" unloadable "luaxt.match{revison = 1}" "unknown field 'revison' (the nearest one is 'revision')"
check "... or a family" unloadable "luaxt.match{family = luaxt.family.IPV5}" "luaxt.family has no 'IPV5'"
check "scripts of one's own stay" keeps_scripts
# The kernel would start modprobe for each name.
many() {
	local modprobe status=0
	modprobe=$(cat /proc/sys/kernel/modprobe)
	echo > /proc/sys/kernel/modprobe
	starts tests/xtable/many --context softirq --memory 16M && stops tests/xtable/many || status=1
	echo "$modprobe" > /proc/sys/kernel/modprobe
	return $status
}
check "the number of extensions is limited" many
check "the modules unload" within 30 lunatik unload
