#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The fib library: rules of policy routing.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh

rules=$(ip rule)

lua_cases tests/fib/basic
check "D-FIB-1: the library is there" starts tests/fib/add
check "a rule to a table" output_has "10077:	from all lookup 77 proto kernel" ip -details rule
check "D-FIB-3: a table beyond 255" output_has "10078:	from all lookup 70000 proto kernel" ip -details rule
check "... and the last one" output_has "4294967280:	from all lookup 4294967295 proto kernel" ip -details rule
check "IPv4 only" eval '! ip -6 rule | grep -q 10077'
check "exclusive" refuses "failed on newrule (there is such a rule, error 17)" tests/fib/again
check "stop" stops tests/fib/add
check "D-FIB-5: rules stay" output_has "10077:	from all lookup 77" ip rule
check "delete" starts tests/fib/delete
check "all is as it was" output_is "$rules" ip rule
within 20 lunatik stop tests/fib/delete

check "a runtime that may not sleep is refused" \
	refuses "cannot use non-sleepable runtime in this context" tests/fib/atomic --context softirq

ip netns add lunatik_fib
on_exit ip netns del lunatik_fib
elsewhere() { fails_with 1 ip netns exec lunatik_fib lunatik run tests/fib/add && echo "$output"; }
check "another network namespace is refused" output_has "fib.newrule is for the initial network namespace only" elsewhere
check "... and nothing was changed" output_is "$rules" ip rule

# A device's reader without the right.
check "a device that adds a rule" starts tests/fib/device
check "a caller without the right is refused" output_has "operation not permitted" \
	setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/fib_test
check "unload" eval 'within 60 lunatik unload && [ ! -e /sys/module/luafib ]'
check "load" within 60 lunatik load
