#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Every method of every class, from the registration tables, with objects of every other class, closed ones, and other values.
. ../lib.sh
# shellcheck source=module/build.sh
. ./module/build.sh

klog_mark
check "modules build against the installed files" built_modules
[ -e "$modules_built/done" ] || exit 0
within 60 lunatik load
check "C modules that include lua.h first do, too" insert lunatik_inspect
on_exit lunatik stop tests/core/classes

# Condition: a runtime of that kind has at least so many classes and objects, and no method takes what is not its own.
strict() {
	local classes objects
	capture within 200 lunatik run tests/core/classes --context "$1" || { echo "$output"; return 1; }
	within 60 lunatik stop tests/core/classes > /dev/null
	echo "$output"
	[[ $output =~ classes:\ ([0-9]+),\ methods:\ [0-9]+,\ objects:\ ([0-9]+),\ faults:\ 0 ]] || return 1
	classes=${BASH_REMATCH[1]} objects=${BASH_REMATCH[2]}
	[ "$classes" -ge "$2" ] && [ "$objects" -ge "$3" ]
}
check "methods of process runtimes take objects of their own class alone" strict process 10 9
check "methods of softirq runtimes do, too" strict softirq 5 5
check "methods of hardirq runtimes do, too" strict hardirq 4 3
check "the kernel logs no fault" eval '! klog_report'
