#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The notifier library: network interfaces that come and go.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh

# Interfaces of these tests begin with "lt". Condition: none is left.
no_interfaces() {
	local path
	for path in /sys/class/net/lt*; do
		[ ! -e "$path" ] || ip link del "${path##*/}"
	done
}
on_exit no_interfaces

add() { within 20 ip link add "$1" type veth peer name "$1p"; }
del() { within 20 ip link del "$1"; }

# Condition: a command of ip is refused by a veto.
vetoed() {
	fails_with 2 within 20 ip "$@" && [[ $output == *"Operation not permitted"* ]]
}

spawns() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik spawn "$1"
}

lua_cases tests/notifier/basic

# Only the kernel's own header shows which of its events it has.
header=$(compgen -G "/lib/modules/$(uname -r)/*/include/linux/netdevice.h" | head -n 1)
check "the kernel's header is there" test -s "$header"
knows() { within 20 lunatik <<< "print(rawget(require('notifier').netdev, '$1') ~= nil)"; }
for event in OFFLOAD_XSTATS_ENABLE PRE_UNINIT XDP_FEAT_CHANGE; do
	if grep -qw "NETDEV_$event" "$header"; then
		check "the event $event" output_is true knows "$event"
	else
		check "no event $event" output_is false knows "$event"
	fi
done
check "A softirq runtime gets the name of the right kind" \
	refuses "notifier.netdevice needs a process runtime, this one is softirq" tests/notifier/softirq --context softirq
check "... and a hardirq runtime" \
	refuses "notifier.netdevice needs a process runtime, this one is hardirq" tests/notifier/softirq --context hardirq
check "keyboards are not for softirq runtimes" \
	refuses "notifier.keyboard needs a process runtime, this one is softirq" tests/notifier/softkey --context softirq
check "only the initial network namespace registers" eval '
	fails_with 1 within 60 unshare -n lunatik run tests/notifier/watch && [[ $output == *"initial network namespace only"* ]]'

klog_mark
check "a script that fails leaves nothing behind" refuses "failed on purpose" tests/notifier/failing
check "its modules are free" within 60 lunatik unload
check "they load again" within 60 lunatik load

check "watch" starts tests/notifier/watch
add lta
check "an interface comes" eventually 10 klog_has "watch: REGISTER lta"
ip link set lta up
check "it goes up" eventually 10 klog_has "watch: UP lta"
ip link set lta mtu 1400
check "its MTU changes" eventually 10 klog_has "watch: CHANGEMTU lta"
ip link set lta down
check "it goes down" eventually 10 klog_has "watch: DOWN lta"
ip link set lta name ltb
check "its name changes" eventually 10 klog_has "watch: CHANGENAME ltb"
del ltb
check "it goes" eventually 10 klog_has "watch: UNREGISTER ltb"
klog_mark
unshare -n ip link add ltother type veth peer name ltotherp
check "events of another namespace do not arrive" eval '! klog_has "watch:"'
check "stop" stops tests/notifier/watch
add lta
check "no event arrives after the stop" eval '! klog_has "watch:"'
del lta

check "veto" starts tests/notifier/veto
add lta
check "BAD forbids an interface" vetoed link add ltnew type veth peer name ltq
check "... which is not there" eval '[ ! -e /sys/class/net/ltnew ]'
ip netns add ltns
ip -n ltns link add ltnew type dummy
check "BAD lets an interface move here" within 20 ip -n ltns link set ltnew netns 1
check "... whose addresses work" eval 'ip addr add 10.9.9.9/24 dev ltnew && [ -e /proc/sys/net/ipv4/conf/ltnew ]'
del ltnew
ip netns del ltns
check "BAD forbids a name" vetoed link set lta name ltname
check "... and the old one stays" test -e /sys/class/net/lta
check "another name is free" within 20 ip link set lta name ltup
check "BAD forbids to go up" vetoed link set ltup up
check "another may" within 20 ip link set ltap up
check "stop of the veto" stops tests/notifier/veto
check "after it all may" eval 'ip link set ltup up && ip link set ltup down && ip link set ltup name ltname'
del ltname

check "D-NOT-9: callbacks that want to end each event" starts tests/notifier/ender
add lta
check "a VLAN upon an interface" within 20 ip link add link lta name ltv type vlan id 5
check "both go up" eval 'ip link set lta up && ip link set ltv up'
del lta
check "the interface takes its VLAN along" eval '[ ! -e /sys/class/net/ltv ]'
check "stop of these callbacks" stops tests/notifier/ender

klog_mark
check "hostile callbacks" starts tests/notifier/hostile
for name in error object loop catch memory deep number minus huge yield string true; do
	check "an interface comes in spite of its callback: $name" add "lt$name"
	del "lt$name"
	[ "$name" != catch ] || sleep 1
done
check "errors are logged with script and line" klog_has "hostile.lua:10: no such luck"
check "... of every kind" klog_has "error object is a table value"
check "endless loops end by their budget" klog_has "hostile.lua:7: budget of 100000 units exhausted"
check "a value that is not a verdict is an error" klog_has "callback returned 7, which is not in notifier.notify"
check "stop of hostile callbacks" stops tests/notifier/hostile

klog_mark
check "a notifier deletes itself" starts tests/notifier/selfstop
add lta
check "it was called" klog_has "selfstop: net lta"
del lta
add ltb
check "... once" eval '! klog_has "selfstop: net ltb"'
check "it is gone" within 60 lunatik stop tests/notifier/selfstop
del ltb

klog_mark
check "a body that goes on after it has registered" eval '
	on_exit within 30 lunatik stop tests/notifier/slow
	within 60 lunatik run tests/notifier/slow > /dev/null & eventually 20 klog_has "slow: waits"'
add lta
add ltend
wait
check "events of that time arrive afterwards, in order" eventually 10 klog_has "slow: ltend"
events() { klog_printed | sed -n "s/^$1: //p" | grep -v 'key$' | paste -s -d ,; }
check "... in order" output_is "waits,done,ltap,lta,ltendp,ltend" events slow
check "stop of the slow one" stops tests/notifier/slow
del ltend
del lta

klog_mark
check "a thread holds its runtime" spawns tests/notifier/busy
check "... now" eventually 10 klog_has "busy: begins"
check "an interface comes without it" add lta
check "... without a veto" within 20 ip link set lta name ltb
check "it has not arrived yet" eval '! klog_has "busy: REGISTER"'
ip link del ltb
add ltend
check "it arrives afterwards" eventually 20 klog_has "busy: REGISTER ltend"
check "... in order" eval '[[ $(events busy) == begins,ends,*REGISTER\ ltap,*REGISTER\ lta,*CHANGENAME\ ltb,*UNREGISTER\ ltb*,*REGISTER\ ltend* ]] ||
	! events busy'
check "stop of the busy one" stops tests/notifier/busy
del ltend

check "a thread holds its runtime again" spawns tests/notifier/busy
add lta
del lta
check "stop while events wait" stops tests/notifier/busy

# Interfaces come and go until the file does.
churn=$(mktemp)
(while [ -e "$churn" ]; do add ltc; ip link set ltc up; ip link set ltc name ltd; del ltd || del ltc; sleep 0.2; done) > /dev/null 2>&1 &
lua_cases tests/notifier/churn
klog_mark
check "D-NOT-5: a thread takes RTNL while events want its runtime" spawns tests/notifier/abba
sleep 1
check "stop of that" stops tests/notifier/abba
check "it went on all the time" klog_has "abba: left after many rounds"
check "unload meanwhile" eval 'starts tests/notifier/watch && within 60 lunatik unload && [ ! -e /sys/module/luanotifier ]'
rm "$churn"
wait
check "everything loads again" within 60 lunatik load
