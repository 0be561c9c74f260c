#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The examples keylocker and spyglass, on a virtual keyboard.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

work=$(mktemp -d)
on_exit rm -rf "$work"
modprobe uinput || skip_all "the kernel has no uinput"
[ -e /dev/tty1 ] || skip_all "the machine has no terminals"

keys() { within 20 ../notifier/keys "$@"; }
A=30 B=48 U=22 ENTER=28 CONTROL=29 ALT=56 UP=103 LEFT=105 RIGHT=106 DOWN=108
exec 3< /dev/tty1

# ---- keylocker ----------------------------------------------------------------------

sequence() { keys $UP $UP $DOWN $DOWN $LEFT $RIGHT $LEFT $RIGHT $CONTROL $ALT; }

# Condition: keys arrive as a line on the terminal. Control-U drops what was there.
types() {
	keys +$CONTROL $U -$CONTROL $A $B $ENTER
	output_is ab within 10 head -n 1 /dev/tty1
}

# Condition: no line arrives.
is_locked() {
	keys $A $ENTER
	! timeout 2 head -n 1 /dev/tty1
}

check "keylocker starts" starts examples/keylocker
check "keys type" types
sequence
check "the sequence locks" is_locked
sequence
check "the sequence unlocks" types
keys $UP
sequence
check "it counts in the middle of others, too" is_locked
check "keylocker stops" stops examples/keylocker
check "keys type after the stop" types

# ---- spyglass -----------------------------------------------------------------------

spied() { output_is "$1" within 10 cat /dev/spyglass; }
set_to() { echo "$1" > /dev/spyglass; }

check "spyglass starts" starts examples/spyglass
check "only root may open it" eval '[ "$(stat -c %a /dev/spyglass)" = 600 ]'
keys $A $B $ENTER
# Enter is the special key 1.
check "keys are read" spied 'ab<soh>'
check "once" spied ''
check "off" set_to enable=false
keys $A
check "no keys" spied ''
check "on" set_to enable=true
keys $B
check "keys again" spied b

over_udp() {
	local listener
	socat -u UDP4-RECV:5514,bind=127.0.0.1 OPEN:"$work/received",creat &
	listener=$!
	sleep 1
	set_to net=127.0.0.1:5514 && klog_has "spyglass: enabling network support 127.0.0.1:5514" || return 1
	keys $A $B
	spied '' && eventually 10 grep -qx ab "$work/received" || return 1
	kill "$listener"
	set_to net= && klog_has "spyglass: disabling network support"
}
klog_mark
check "over UDP" over_udp
keys $A
check "read again" spied a
check "spyglass stops" stops examples/spyglass
check "the device is gone" eval '[ ! -e /dev/spyglass ]'
