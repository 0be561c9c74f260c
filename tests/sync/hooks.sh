#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Mailboxes from hooks of every kind: a hook that may not sleep sends, a thread receives.
. ../lib.sh
# shellcheck source=../core/module/build.sh
. ../core/module/build.sh

check "the test modules build" built_modules
[ -e "$modules_built/done" ] || exit 0
within 60 lunatik load
check "the trigger loads" insert lunatik_trigger
klog_mark
on_exit within 30 lunatik stop tests/sync/hooks
check "a thread listens" within 60 lunatik spawn tests/sync/hooks

for kind in process softirq hardirq probe; do
	check "it made a $kind hook" eventually 20 klog_has "listening: $kind"
	for text in one two end; do
		echo -n "$text" > /proc/lunatik_trigger
		check "message '$text' of a $kind hook wakes it" eventually 20 klog_has "received: $kind $text"
	done
done
check "stop" within 20 lunatik stop tests/sync/hooks
