#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The tools of lunatik trace: each beside events whose number is known.
# shellcheck disable=SC2016 # eval, Lua and other shells expand
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

needs_module luaprobe
needs_module luamap
needs_module luabtf
only_one_cpu

calls=$PWD/../probe/calls

# TOOL COMMAND: run it, its output into $output.
tool() { capture within 60 lunatik trace -c "$2" "$1"; }

# Condition: a pattern matches a number of lines of a tool: NUMBER PATTERN TOOL COMMAND
lines() {
	local got
	tool "$3" "$4" || { echo "$output"; return 1; }
	got=$(grep -cE -e "$2" <<< "$output")
	[ "$got" = "$1" ] && return 0
	printf 'expected %s lines, got %s of:\n%s\n' "$1" "$got" "$output"
	return 1
}

# The same, at least so many.
some() {
	local got
	tool "$3" "$4" || { echo "$output"; return 1; }
	got=$(grep -cE -e "$2" <<< "$output")
	[ "$got" -ge "$1" ] && return 0
	printf 'expected %s lines, got %s of:\n%s\n' "$1" "$got" "$output"
	return 1
}

# The counts of all lines of a histogram.
events() {
	sed -n 's/^[[(].*[])]  *\([0-9]*\) |.*/\1/p' <<< "$output" | awk '{ n += $1 } END { print n + 0 }'
}

check "execsnoop" lines 20 "^[0-9]+ +[0-9]+ +true +/bin/true$" execsnoop \
	'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done'
check "opensnoop" lines 10 "^[0-9]+ +sh +[0-9]+ +0 /etc/hostname$" opensnoop \
	'i=0; while [ $i -lt 10 ]; do : < /etc/hostname; i=$((i + 1)); done'
check "... files that are not there" lines 1 "^[0-9]+ +cat +-1 +2 /no/such/file$" opensnoop 'cat /no/such/file 2> /dev/null; true'
check "tcpconnect" lines 10 "^[0-9]+ +bash +127\.0\.0\.1 +127\.0\.0\.1 +9$" tcpconnect \
	"bash -c 'for i in 1 2 3 4 5 6 7 8 9 10; do : < /dev/tcp/127.0.0.1/9; done' 2> /dev/null; true"

retransmits() {
	modprobe -q iptable_filter
	iptables -A INPUT -p tcp --dport 9 -j DROP || return 1
	on_exit iptables -D INPUT -p tcp --dport 9 -j DROP
	some 1 "^[0-9]+ +127\.0\.0\.1 +9 +2$" tcpretrans "timeout 3 bash -c ': < /dev/tcp/127.0.0.1/9'; true"
}
check "tcpretrans" retransmits

disk() {
	local device
	device=$(lsblk -dnro PATH 2> /dev/null | head -n 1)
	tool biolatency "dd if=${device:-/dev/vda} of=/dev/null bs=4096 count=50 iflag=direct 2> /dev/null" || return 1
	[ "$(events)" -ge 50 ] && return 0
	echo "$output"
	return 1
}
check "biolatency" disk
queue() {
	tool runqlat 'for i in 1 2 3 4 5; do sleep 0.1; done' || return 1
	[ "$(events)" -ge 10 ] && return 0
	echo "$output"
	return 1
}
check "runqlat" queue
check "syscount" lines 1 '^count\[sched_get_priority_max\]: 1000$' syscount "$calls 1000"
check "killsnoop" lines 5 "^[0-9]+ +bash +18 +[0-9]+ +sleep$" killsnoop \
	"bash -c 'sleep 10 & sleep 0.5; for i in 1 2 3 4 5; do kill -CONT \$!; done; kill \$!'"
check "oomkill" lines 1 "^BY +COMM" oomkill "true"
functions() {
	tool funclatency 'head -c 1000 /dev/zero > /dev/null' || return 1
	[[ $output == *"[vfs_read]:"* && $output == *"[vfs_write]:"* ]] && return 0
	echo "$output"
	return 1
}
check "funclatency" functions
check "profile" some 1 '^count\[calls\]: [0-9]{2,}$' profile "timeout 1 $calls 1000000000; true"
check "capable" some 1 "^[0-9]+ +0 +mknod +MKNOD$" capable "mknod $test_folder/node c 1 3"
check "nothing is left" output_is "" lunatik list
