#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The btf library: structures of the running kernel.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luabtf
only_one_cpu

# How many copies of the kernel's BTF there are; objects end a little later.
copies() { awk '/ luabtf_visit\+/ && $2 > 1000000 { n++ } END { print n + 0 }' /proc/vmallocinfo; }
has_copies() { [ "$(copies)" = "$1" ]; }

lua_cases tests/btf/types
lua_cases tests/btf/types --context softirq
lua_cases tests/btf/types --context hardirq
check "the copy goes with the scripts" eventually 10 has_copies 0

klog_mark
check "a probe's handler reads" starts tests/btf/handler --context hardirq
check "D-BTF-3: two scripts" starts tests/btf/keep
check "... share one copy" output_is 1 copies
(cd ../probe && ./calls 1)
check "... by known paths and new ones" eventually 10 klog_has "swapper/0	0	"
check "... and a wrong one raises" klog_has "tests/btf/handler.lua:16: struct task_struct has no field 'nothing'"
check "... and what is not there is nil" klog_has "nil	nil	nil"
check "... stop" stops tests/btf/handler
check "a script goes on" output_is 1 copies
check "... stop" stops tests/btf/keep
check "the copy goes with the last one" eventually 10 has_copies 0
check "nothing is reported" eval '! klog_report'

check "unload" eval 'within 60 lunatik unload && [ ! -e /sys/module/luabtf ]'
check "load" within 60 lunatik load
