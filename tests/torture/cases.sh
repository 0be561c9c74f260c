#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The findings of the torture: the scripts of each folder of cases/ run as those of a seed do. A folder holds some of a.lua, b.lua
# (process), s.lua (softirq), h.lua (hardirq), c.lua and t.lua, as tests/torture/reduce prints them.
# shellcheck source=torture.bash
. ./torture.bash

# Start a script of the case, if it has it: COMMAND NAME [OPTION...]
start() {
	[ ! -e "$scripts/$2.lua" ] || ends 10 lunatik "$1" "torture/$2" "${@:3}"
}

survives() {
	klog_mark
	find "$scripts" -name '?.lua' -delete
	cp "$1"/*.lua "$scripts/"
	load_all || return 1
	start run s --context softirq && start run h --context hardirq && start run a && start spawn b || return 1
	churn processes
	interface_passes > /dev/null 2>&1
	sleep 2
	quiet
	unload_all && nothing_reported
}

compgen -G "cases/*/" > /dev/null || skip_all "nothing has been found yet"
dmesg -n 1
check "the modules of tests" built_modules
check "the functions to call" make_catalogue
for case in cases/*/; do
	echo "# $case"
	check "${case%/}" survives "${case%/}"
done
