#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Random scripts over all functions of all libraries, in all contexts, while everything around them comes and goes. Each seed is a
# result; after each, everything stops, and the kernel log is clean. After each fourth, the modules unload.
# shellcheck source=torture.bash
. ./torture.bash

# Start the scripts of a seed. Their bodies may raise, so the status does not count.
start_scripts() {
	ends 10 lunatik run torture/s --context softirq &&
		ends 10 lunatik run torture/h --context hardirq &&
		ends 10 lunatik run torture/a &&
		ends 10 lunatik spawn torture/b
}

# Start a rule of iptables, an eBPF program and a trigger: SEED.
start_others() {
	case $(($1 % 4)) in
	0)
		! bpftool prog load ./program.bpf.o /sys/fs/bpf/torture || ip link set dev t0 xdpgeneric pinned /sys/fs/bpf/torture
		;;
	1)
		iptables-legacy -A OUTPUT -d 10.79.1.2 -m judge --text torture -j JUDGE --say accept
		;;
	esac
	for _ in 1 2 3 4 5; do
		echo torture > /proc/lunatik_trigger
	done
} > /dev/null 2>&1

# Run, stop and rearm some of the scripts: SEED.
meddle() {
	if [ $(($1 % 2)) = 0 ]; then
		ends 10 lunatik list -l && ends 20 lunatik stop torture/h && ends 10 lunatik rearm torture/s &&
			ends 10 lunatik run torture/h --context hardirq
	else
		ends 10 lunatik rearm torture/a && ends 20 lunatik stop torture/s && ends 10 lunatik run torture/s --context softirq
	fi
}

# The log of one seed, for the statistics.
keep_counts() {
	klog_since | sed -n 's/.*torture: \(good\|bad\) /\1 /p' >> "$work/counts"
}

# Condition: a seed leaves nothing behind.
survives() {
	klog_mark
	generate "$1" && load_all || return 1
	start_scripts || return 1
	start_others "$1"
	sleep 1
	echo torture > /proc/lunatik_trigger
	meddle "$1" || return 1
	if [ $(($1 % 4)) = 3 ]; then unload_all; else clean_up; stop_all; fi || return 1
	keep_counts
	nothing_reported
}

# Print what was called how often with success, and what never was.
statistics() {
	awk 'FNR == NR { for (i = 2; i <= NF; i++) { split($i, part, "="); sum[$1] += part[2]; count[$1 part[1]] += part[2] } next }
		$1 == "library" || $1 == "class" { for (i = 3; i <= NF; i++) {
			name = substr($2, 1, length($2) - 1) ($1 == "class" ? ":" : ".") $i
			all++
			if (count["good" name]) good++
			else if (count["bad" name]) bad = bad " " name
			else never = never " " name } }
		END {
			printf "# %d calls, %d of them succeeded; %d of %d functions succeeded\n", sum["good"] + sum["bad"], sum["good"], good, all
			print "# never with success:" bad
			print "# never called:" never
		}' "$work/counts" "$work/catalogue" | fold -s -w 150 | sed 's/^\([^#]\)/#  \1/'
}

rm -f "$work/counts"
: > "$work/counts"
on_exit quiet
on_exit unload_all
dmesg -n 1
check "the modules of tests" built_modules
check "the network" build_network
check "the functions to call" make_catalogue
on_exit lunatik-xtables remove judge
on_exit lunatik-xtables remove JUDGE
lunatik-xtables install judge ../xtable/libxt_judge.lua > /dev/null
lunatik-xtables install JUDGE ../xtable/libxt_JUDGE.lua > /dev/null
# The last part: it takes what the others have left.
time_of_part 100
for what in traffic interfaces namespaces processes devices keyboard; do
	[[ " ${WITHOUT:-} " == *" $what "* ]] || churn $what
done
[[ " ${WITHOUT:-} " == *" processors "* ]] || churn processors

first=${SEED:-$EPOCHSECONDS}
seed=$first last=$((first + ${SEEDS:-1000000}))
while [ "$seed" -lt "$last" ] && [ "$test_failures" = 0 ] && { [ "$seed" = "$first" ] || time_left; }; do
	# The last line of the log, if the machine goes down.
	echo "# seed $seed"
	check "seed $seed" survives "$seed"
	seed=$((seed + 1))
done
statistics
quiet
check "afterwards scripts run" eval 'within 60 lunatik load && output_is "" within 60 lunatik spawn tests/torture/nothing'
check "and everything unloads" unload_all
check "the kernel log is clean" nothing_reported
