#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A probe of a program on an overlay ends although the file was copied up meanwhile.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

needs_module luaprobe
folder=$(mktemp -d)
on_exit rm -rf "$folder"
mount -t tmpfs tmpfs "$folder" || skip_all "no tmpfs"
on_exit umount "$folder"
mkdir "$folder"/{lower,upper,work,merged}
cp calls "$folder/lower/"
mount -t overlay overlay -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/merged" ||
	skip_all "no overlayfs"
on_exit umount "$folder/merged"
program=$folder/merged/calls

klog_mark
check "starts" starts tests/probe/remote
placed() {
	remote "n = 0 p = probe.user('$program', 'calls_add', function() n = n + 1 end)" && "$program" -u 10 &&
		output_is 10 remote "return n"
}
check "a program on an overlay" placed
check "is copied up" touch "$program"
gone() { remote "p:stop() n = 0" && "$folder/lower/calls" -u 10 && output_is 0 remote "return n"; }
check "the probe ends" gone
check "stops" stops tests/probe/remote
check "the kernel log is clean" eval '! klog_report'
