#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Probes of scripts with a state for each CPU.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

probe=tests/percpu/probe
[ "$(nproc)" = 2 ] || skip_all "this machine does not have two CPUs"
needs_module luaprobe
needs_module luamap

# Call the function that is probed, which nothing else does: CPU.
call() { taskset -c "$1" chrt -m > /dev/null; }

counted() {
	echo "local c, o = lunatik._ENV.percpu_counts, $1 return c[o] .. ' ' .. c[o + 1]" | lunatik
}

klog_mark
check "starts" starts $probe --percpu --context hardirq
call 1
read -r pre0 pre1 <<< "$(counted 0)"
read -r post0 post1 <<< "$(counted 32)"
check "hits of a CPU go to its state" [ "$pre0" = 0 -a "$pre1" -gt 0 ]
check "... post, too" [ "$post0" = 0 -a "$post1" = "$pre1" ]
call 0
check "... of each CPU" output_is "$pre1 $pre1" counted 0
check "stops" stops $probe
check "the kernel has nothing to complain of" eval '! klog_report'
