#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The notifier library: a virtual keyboard, and terminals.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh

modprobe uinput || skip_all "the kernel has no uinput"
[ -e /dev/tty1 ] || skip_all "the machine has no terminals"

keys() { within 20 ./keys "$@"; }
A=30 B=48 C=46 D=32 U=22 ENTER=28 SHIFT=42 CONTROL=29

exec 3< /dev/tty1 # so that it keeps lines until they are read
# Condition: keys, and enter, arrive as a line on the terminal: TEXT KEY...
types() {
	local text=$1
	shift
	keys +$CONTROL $U -$CONTROL "$@" $ENTER # what was typed before goes
	output_is "$text" within 20 head -n 1 /dev/tty1
}
check "the virtual keyboard types" types abc $A $B $C

for context in process hardirq; do
	klog_mark
	check "keyboard in a $context runtime" starts tests/notifier/keyboard --context "$context"
	check "$context: STOP swallows a key" types ac $A $B $C
	check "$context: keycode, pressed" klog_has "keyboard: KEYCODE true false $A"
	check "$context: keycode, released" klog_has "keyboard: KEYCODE false false $A"
	check "$context: keysym" eval 'klog_has "keyboard: KEYSYM true false" || klog_has "keyboard: UNICODE true false"'
	check "$context: after the keysym" klog_has "keyboard: POST_KEYSYM true false"
	check "$context: a swallowed key is unbound" output_is "KEYCODE,UNBOUND_KEYCODE" \
		eval "klog_printed | sed -n 's/^keyboard: \(.*\) true false $B\$/\1/p' | paste -s -d ,"
	keys +$SHIFT $A -$SHIFT
	check "$context: shift" klog_has "keyboard: KEYCODE true true $A"
	check "$context: stop" stops tests/notifier/keyboard
	klog_mark
	check "$context: all keys type again" types abc $A $B $C
	check "$context: no event arrives after the stop" eval '! klog_has "keyboard:"'
done

for context in process hardirq; do
	klog_mark
	check "hostile callbacks in a $context runtime" starts tests/notifier/keyhostile --context "$context"
	check "$context: keys type in spite of them" types abcd $A $B $C $D
	check "$context: an error is logged with script and line" klog_has "keyhostile.lua:9: key error"
	check "$context: an endless loop ends by its budget" klog_has "keyhostile.lua:10: budget of 100000 units exhausted"
	check "$context: nothing sleeps" klog_has "linux.schedule may sleep: cannot use non-sleepable runtime in this context"
	check "$context: stop of hostile callbacks" stops tests/notifier/keyhostile
done

klog_mark
check "a notifier stops itself" starts tests/notifier/selfstop
keys $A $A $A
check "it was called once" output_is 1 eval 'klog_since | grep -c "selfstop: key"'
check "stop of that" stops tests/notifier/selfstop

spawns() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik spawn "$1"
}
klog_mark
check "a thread holds the runtime" spawns tests/notifier/busy
check "... now" eventually 10 klog_has "busy: begins"
check "keys go through" types abc $A $B $C
check "... without a call" eval '! klog_has "busy: key"'
missed() { lunatik list --json | tr -d '\n' | grep -Eq '"missed": *[1-9]'; }
check "... and count as missed" missed
check "stop of the busy one" stops tests/notifier/busy

flood() {
	local i typist
	(for i in {1..20}; do keys $A $B $C $D $A $B $C $D $A $B; done) &
	typist=$!
	for i in {1..5}; do
		within 60 lunatik run tests/notifier/keyboard && stops tests/notifier/keyboard || return 1
	done
	wait $typist
}
check "two hundred keys while a notifier comes and goes" flood
check "the keyboard still types" types abc $A $B $C

for context in process hardirq; do
	klog_mark
	check "vterm in a $context runtime" starts tests/notifier/vterm --context "$context"
	printf '\033[2J\033[HA.B.' > /dev/tty5
	check "$context: the written text" eval 'klog_has "vterm: write A 4" && klog_has "vterm: write B 4"'
	check "$context: STOP swallows a character" output_is AB eval "head -c 4 /dev/vcs5 | tr -d ' '"
	check "$context: stop of vterm" stops tests/notifier/vterm
	printf '\033[2J\033[HA.B.' > /dev/tty5
	check "$context: nothing is swallowed after the stop" output_is A.B. eval "head -c 4 /dev/vcs5"
done
klog_mark
check "a callback that prints for all that a terminal says" starts tests/notifier/vtloop
check "the machine goes on" eval 'seq 1000 > /dev/tty1; within 20 lunatik list > /dev/null'
check "it was called" klog_has "vtloop: again"
check "stop of that one" stops tests/notifier/vtloop
