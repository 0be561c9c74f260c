#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The examples of lunatik-scripts(7), as they are printed there.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

page=/usr/share/man/man7/lunatik-scripts.7.gz
[ -e "$page" ] || skip_all "the manual page is not installed"

# Print a literal block of the page: its number.
block() {
	zcat "$page" | awk -v number="$1" '/^\.Bd -literal/ { n++; next } n == number && !/^\./ { print }
		/^\.Ed/ { if (n == number) exit }' | sed 's/\\e/\\/g'
}

on_exit rm -f /etc/lunatik/dice.lua /etc/lunatik/tick.lua
block 1 > /etc/lunatik/dice.lua
block 3 > /etc/lunatik/tick.lua
check "the commands are those of the page" output_is $'$ sudo lunatik run dice\n$ head -n 3 /dev/dice\n$ sudo lunatik stop dice' block 2
check "a device" lunatik run dice
numbers() {
	within 30 head -n 3 /dev/dice | grep -c '^[1-6]$'
}
check "that gives numbers" output_is 3 numbers
check "stops" lunatik stop dice
klog_mark
check "a thread" lunatik spawn tick
check "that runs" eventually 30 klog_has tick
check "stops, too" within 30 lunatik stop tick
