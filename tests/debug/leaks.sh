#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# After unload nothing is left of all that the groups before have allocated. Needs a kernel with kmemleak (make
# check-debug).
. ../lib.sh

leaks=/sys/kernel/debug/kmemleak
[ -e $leaks ] || skip_all "this kernel has no kmemleak"
grep -q '^' $leaks 2> /dev/null || [ ! -s $leaks ] || skip_all "kmemleak is off"

# Queued memory is freed by then, and only a block that two scans agree on is reported.
no_leak() {

	for _ in 1 2; do
		echo scan > $leaks || return 1
		sleep 6
	done
	! grep . $leaks
}

klog_mark
check "everything unloads" within 60 lunatik unload
check "nothing of it is loaded" eval '! grep -E "^lua" /proc/modules'
sleep 6
check "no memory is lost" no_leak
check "what loads again runs" eval '
	within 60 lunatik load && within 60 lunatik run tests/debug/everything && within 60 lunatik stop tests/debug/everything'
