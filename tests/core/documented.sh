#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The module of a few lines of doc/dev/c-api.md, by the commands that stand there.
. ../lib.sh

guide=../../doc/dev/c-api.md
work=/tmp/lunatik-documented
[ -e $guide ] || skip_all "the documents are not here"
mkdir -p $work /etc/lunatik
on_exit rm -rf $work /etc/lunatik/hello.lua

# Print the first block of a language after the heading.
block() {
	awk -v fence="\`\`\`$1" '/^## A module of your own/ { here = 1 }
		here && inside && /^```/ { exit }
		inside { print }
		here && $0 == fence { inside = 1 }' $guide
}

sudo() { "$@"; }

remove() { [ ! -e /sys/module/hello ] || rmmod hello; }

steps() {
	cd $work && set -e
	# shellcheck source=/dev/null
	. ./steps
}

echo 'print("hello from a module")' > /etc/lunatik/hello.lua
block c > $work/hello.c
block make > $work/Kbuild
block sh > $work/steps
klog_mark
on_exit remove
check "six lines" [ "$(grep -c . $work/hello.c)" -le 10 ]
if [ "$test_slow" -lt 6 ]; then
	check "the commands work" eval '(steps)'
	check "its script has run" klog_has "hello from a module"
	check "it is loaded" test -e /sys/module/hello
	check "it goes" remove
else
	skip "the commands work" "to compile takes a quarter of an hour on this kernel, and tells nothing of it"
fi
check "for another kernel there is nothing" fails_with 3 lunatik kbuild-flags 0.0-none
named() { [[ $output == *"0.0-none"* ]]; }
check "which the error names" named
check "no kernel has such a name" fails_with 2 lunatik kbuild-flags ../0.0
check "the flags are those that DKMS left" diff <(lunatik kbuild-flags "$(uname -r)") "/lib/modules/$(uname -r)/lunatik/kbuild.mk"
