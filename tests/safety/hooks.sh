#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Hostile callbacks where nothing may sleep: each ends within its budget, with the neutral verdict.
# shellcheck source=safety.bash
. ./safety.bash
# shellcheck source=../core/module/build.sh
. ../core/module/build.sh

proc=/proc/lunatik_trigger
hook=tests/safety/hook
tracing=/sys/kernel/tracing
longest=0

check "the test modules build" built_modules
[ -e "$modules_built/done" ] || exit 0
within 60 lunatik load
check "the trigger loads" insert lunatik_trigger
klog_mark
check "bytes of a handle are no handle" eval 'within 60 lunatik run tests/safety/lookalike && within 30 lunatik stop tests/safety/lookalike'

# Fire the hook: TEXT. Sets outcome, status, took (microseconds), verdict.
fire() {
	printf %s "$1" > "$proc" || return 1
	{ read -r outcome status took; IFS= read -r verdict; } < "$proc"
	[ "$took" -le "$longest" ] || longest=$took
}

# Fire again while the event is missed: somebody else is inside, such as the worker that mends the reserve.
fire_free() {
	local i
	for ((i = 0; i < 50; i++)); do
		fire "$1"
		[ "$outcome $status" = "refused -16" ] || return 0
		sleep 0.05
	done
}

# Condition: firing gives an outcome, and a text as verdict: TEXT OUTCOME [VERDICT].
fires() {
	fire_free "$1"
	[ "$outcome" = "$2" ] && [[ $verdict == "${3-$verdict}" ]] && return 0
	echo "$1: $outcome, status $status, $took us: $verdict"
	return 1
}

# Condition: a case does not end well, and the hook lives on. WANTED: a pattern for the Lua status.
survives() {
	local wanted=$2
	# Ten exhaustions within a second would switch the hook off.
	sleep 0.15
	fire "$1"
	[ "$outcome" = neutral ] && [[ $status =~ ^$wanted$ ]] && fires alive verdict alive && return 0
	echo "$1: $outcome, status $status, $took us: $verdict"
	return 1
}

# Condition: a case ends, well or not, and the hook lives on.
ends() {
	fire "$1"
	[ "$outcome" != refused ] && fires alive verdict alive
}

# Print a field of the script's entry in the list; its counters include those of its children.
field() {
	lunatik list --json | tr -d ' ,' | sed -n "s/^\"$1\"://p" | sort -n | tail -n 1
}

has_field() {
	local value
	value=$(field "$1")
	[ "$value" = "$2" ] && return 0
	echo "$1 is $value, not $2"
	return 1
}

# The last error in the kernel log names line, reason and script.
explained() {
	fire "endless while"
	klog_has "lunatik: $hook: trigger: /lib/modules/lua/tests/safety/hostile.lua:" || return 1
	klog_since | grep -qE "hostile\.lua:[0-9]+: budget of 100000 units exhausted"
}

start() {
	within 60 lunatik run "$hook" --context "$@"
}

# Condition: ten exhaustions within a second switch the hook off, and the log shows that.
switched_off() {
	local i
	for ((i = 0; i < 12; i++)); do
		fire "endless while"
	done
	fires alive refused && has_field off 1
}

rearmed() {
	within 30 lunatik rearm "$hook" && has_field off 0 && fires alive verdict alive || return 1
	fails_with 1 within 30 lunatik rearm "$hook" || return 1
	[[ $output == "lunatik: no hook of $hook is switched off" ]] || { echo "$output"; return 1; }
}

switched_on_again() {
	within 30 lunatik stop "$hook" && start "$1" --budget 2000 && fires alive verdict alive
}

# Condition: no memory of the kernel's is allocated in interrupts meanwhile; events bear h or s in their flags.
allocates_nothing() {
	local i events
	echo > "$tracing/trace"
	for i in kmalloc kmem_cache_alloc mm_page_alloc; do
		echo 1 > "$tracing/events/kmem/$i/enable"
	done
	for ((i = 0; i < 100; i++)); do
		fire litter
	done
	echo 0 > "$tracing/events/kmem/enable"
	events=$(grep -v '^#' "$tracing/trace" | awk -v flag="$1" '{ for (i = 1; i < 6; i++) if ($i ~ /^\[[0-9]+\]$/ && $(i + 1) ~ flag) n++ }
		END { print NR, n + 0 }')
	echo > "$tracing/trace"
	[ "$outcome" = verdict ] || { echo "$outcome $status"; return 1; }
	[ "${events%% *}" != 0 ] || { echo "no events at all"; return 1; }
	events=${events##* }
	# Other interrupts may allocate; a hundred callbacks would be far more.
	[ "$events" -lt 50 ] && return 0
	echo "$events allocations"
	return 1
}

# Condition: memory runs out inside the limit, is counted, and comes back. Where little but garbage is left to give,
# the one collection that an entry may do can be its whole budget.
exhausts_memory() {
	local i
	for ((i = 0; i < 3000; i++)); do
		fire_free keep
		[ "$outcome" = verdict ] || break
	done
	if ! [[ "$outcome $status" =~ ^neutral\ [47]$ ]]; then
		echo "$i: $outcome $status"
		return 1
	fi
	fires forget verdict forgotten || return 1
	# The garbage is found by a collection, which the first entry that needs memory pays: it may be the whole budget.
	fire_free litter
	if ! [[ "$outcome $status" =~ ^(verdict\ .*|neutral\ [47])$ ]]; then
		echo "after forget: $outcome $status"
		return 1
	fi
	# Nothing but steps of the collector gives it back from here on.
	for ((i = 0; i < 300; i++)); do
		fire_free litter
		[ "$outcome" = verdict ] || { echo "litter $i: $outcome $status"; return 1; }
	done
	for ((i = 0; i < 20; i++)); do
		fires keep verdict || return 1
	done
	fires forget verdict forgotten
}

# Condition: stop is bounded while the hook is fired without a pause.
stops_under_fire() {
	local pid status=0
	(while :; do printf 'endless while' > "$proc" || exit 0; done) 2> /dev/null &
	pid=$!
	sleep 0.5
	within 30 lunatik stop "$hook" || status=$?
	wait "$pid"
	return "$status"
}

# Results that depend on the stack: CONTEXT.
on_other_stacks() {
	local name
	while IFS=$'\t' read -r name _; do
		check "$1: fails: $name" survives "failing $name" "[2457]"
	done < <(failing_cases)
	while read -r name; do
		check "$1: ends: $name" ends "heavy $name"
	done < <(cases heavy)
}

# All that holds in every kind of runtime: CONTEXT FLAG.
everywhere() {
	local context=$1 name
	check "$context: starts" start "$context"
	check "$context: fires" fires alive verdict alive
	check "$context: an error names script and line" explained
	while read -r name; do
		check "$context: budget: $name" survives "endless $name" "[47]"
	done < <(cases endless)
	# The stack of a task is that of a body, see bodies.sh.
	[ "$context" = process ] || on_other_stacks "$context"
	check "$context: the hook is still on" has_field off 0
	check "$context: fired from inside, it is missed" fires nest verdict -16
	check "$context: the miss is counted" has_field missed 1
	check "$context: no file is loaded" fires load neutral
	check "$context: nor in a coroutine" fires "load in a coroutine" neutral
	check "$context: nothing is required" fires require neutral
	check "$context: no hook is registered" fires create neutral
	check "$context: no full collection" fires full verdict 0
	check "$context: generational mode is refused" fires generational verdict incremental
	check "$context: and not entered" fires generational verdict incremental
	check "$context: memory runs out" exhausts_memory
	[ "$context" = process ] || check "$context: nothing is allocated from the kernel" allocates_nothing "$2"
	check "$context: stop under fire" stops_under_fire
	check "$context: starts with a small budget" start "$context" --budget 2000
	check "$context: the budget is listed" has_field budget 2000
	check "$context: ten exhaustions switch it off" switched_off
	check "$context: on again when it is rearmed" rearmed
	check "$context: ten more switch it off" switched_off
	check "$context: on again after a restart" switched_on_again "$context"
	check "$context: stops" within 30 lunatik stop "$hook"
	check "$context: the machine answers" answers
	echo "# $context: the longest callback took $longest us"
	longest=0
}

everywhere softirq '^.*[sH]'
everywhere hardirq '^.*[hH]'
everywhere process '^$'

# Work for a callback counts as the callback's: that of a runtime that it resumes, that of the collector.
has_costs() {
	local i hook=tests/safety/costly
	check "costs: starts" start process
	fire resume
	check "costs: a resumed runtime spends the rest of the budget" [ "$outcome $status" = "neutral 7" ]
	check "costs: which exhausts the caller's budget, too: both are counted" has_field exhausted 2
	for ((i = 0; i < 6; i++)); do
		fire collect
	done
	check "costs: a collection that takes many budgets switches the hook off" fires alive refused
	check "costs: which is listed" has_field off 1
	check "costs: stops" within 30 lunatik stop "$hook"
	check "costs: the machine answers" answers
}
has_costs

# The output of a probe's callback gets to the log by detours: CONTEXT.
as_probe() {
	local context=$1 hook=tests/safety/probe
	klog_mark
	check "probe in $context: starts" within 60 lunatik run "$hook" --context "$context"
	check "probe in $context: fires" fires hello verdict hello
	check "probe in $context: prints" eventually 5 klog_has $'probe says\thello'
	check "probe in $context: fails" fires fail neutral
	check "probe in $context: which is logged" eventually 5 klog_has "probe.lua:11: probe failure"
	check "probe in $context: loops" fires loop neutral
	check "probe in $context: which is logged, too" eventually 5 klog_has "budget of 100000 units exhausted"
	check "probe in $context: floods" fires flood verdict flood
	for ((i = 0; i < 100; i++)); do
		fire_free garbage
	done
	check "probe in $context: fires after a hundred times" fires hello verdict hello
	check "probe in $context: stops" within 30 lunatik stop "$hook"
}
as_probe process
as_probe hardirq
check "the machine answers after all" answers

check "unload names the holder" fails_with 1 within 60 lunatik unload
check "unload named the trigger" [ "${output/lunatik_trigger/}" != "$output" ]
rmmod lunatik_trigger
check "everything is gone" all_gone
