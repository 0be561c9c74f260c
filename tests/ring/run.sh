#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The ring library: records from hooks to readers.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luaring

lua_cases tests/ring/basic
lua_cases tests/ring/basic --context softirq
lua_cases tests/ring/basic --context hardirq
lua_cases tests/ring/threads

only_one_cpu
lua_cases tests/ring/inside
check "a probe writes" starts tests/ring/reader
(cd ../probe && ./calls 1000)
check "... each call once, in order" output_is "1000 true last 1000, 128 + 872 dropped" cat /dev/ring_test
(cd ../probe && ./calls 10)
check "... and again" output_is "10 true last 1010, 10 + 872 dropped" cat /dev/ring_test
check "... stop" stops tests/ring/reader

check "unload" eval 'within 60 lunatik unload && [ ! -e /sys/module/luaring ]'
check "load" within 60 lunatik load
