#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The sysctl library: parameters of the kernel.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh

needs_module luasysctl

# The parameters that the scripts write, as they are.
state() { grep -H . /proc/sys/net/ipv4/ip_default_ttl /proc/sys/vm/swappiness /proc/sys/kernel/{hostname,printk_ratelimit_burst}; }
before=$(state)

lua_cases tests/sysctl/basic
check "all is as it was" output_is "$before" state

# A dot in a part of a name.
check "an interface with a dot in its name" eval '
	ip link add lunatik.1 type veth peer name lunatik.2 && on_exit ip link del lunatik.1'
lua_cases tests/sysctl/dots

# The handler asks to be called again while somebody else holds RTNL.
others() {
	while :; do
		ip link set lunatik.1 up && ip link set lunatik.1 down
	done > /dev/null 2>&1
}
others & busy=$!
lua_cases tests/sysctl/busy
kill "$busy"
wait "$busy" 2> /dev/null

for context in softirq hardirq; do
	check "a $context runtime is refused" \
		refuses "sysctl.read needs a process runtime, this one is $context" tests/sysctl/atomic --context "$context"
done

ip netns add lunatik_sysctl
on_exit ip netns del lunatik_sysctl
check "a script in another network namespace" within 60 ip netns exec lunatik_sysctl lunatik run tests/sysctl/namespace
check "... writes there" output_is 99 ip netns exec lunatik_sysctl cat /proc/sys/net/ipv4/ip_default_ttl
check "... and not here" output_is "$before" state
check "... stop" stops tests/sysctl/namespace

check "a script in another namespace of process ids" output_is \
	"failed to read kernel.ns_last_pid (the task is in another namespace of process ids, error 18)
failed to write kernel/ns_last_pid (the task is in another namespace of process ids, error 18)
true" within 60 unshare --pid --fork lunatik run tests/sysctl/pids
check "... stop" stops tests/sysctl/pids

klog_mark
check "a callback under RTNL" starts tests/sysctl/rtnl
check "... is refused" klog_has "rtnl: sysctl.read may sleep"
check "... stop" stops tests/sysctl/rtnl

# A device's reader without the right, and one that exits.
check "a device that reads and writes" starts tests/sysctl/device
check "a caller with the right" output_is "64" cat /dev/sysctl_test
check "a caller without the right" output_has "failed to write net.ipv4.ip_default_ttl (not permitted, error 13)" \
	setpriv --reuid=65534 --regid=65534 --clear-groups cat /dev/sysctl_test
klog_mark
sh -c "exec 3< /dev/sysctl_test"
check "a task that exits is refused" eventually 10 klog_has "release: sysctl.read: the task exits and has no namespaces"
check "... stop" stops tests/sysctl/device
check "all is still as it was" output_is "$before" state

check "unload" eval 'within 60 lunatik unload && [ ! -e /sys/module/luasysctl ]'
check "load" within 60 lunatik load
