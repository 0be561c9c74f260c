#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Probes on a CPU that goes are missed. Work that they queue there is lost, and the text of later probes waits behind it.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luaprobe
online=/sys/devices/system/cpu/cpu1/online
[ -w $online ] || skip_all "there is one CPU"
klog_mark

goes_and_comes() { echo 0 > $online && echo 1 > $online; }

check "starts" starts tests/probe/dying --context hardirq
for _ in 1 2 3; do
	check "a CPU goes and comes" goes_and_comes
done
./calls 1
check "text of probes is printed" eventually 10 klog_has "tests/probe/dying: print: called"
check "hits on the CPU that goes are missed" eval '! klog_has "print: goes"'
check "stops" stops tests/probe/dying
check "unload" eval 'within 60 lunatik unload && within 60 lunatik load'
check "the kernel log is clean" eval '! klog_report'
