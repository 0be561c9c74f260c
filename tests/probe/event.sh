#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The event that the handlers of a probe get: arguments, registers, the task, and memory.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh
# shellcheck source=remote.bash
. ./remote.bash

first=di
[ "$(uname -m)" = x86_64 ] || first=x0
only_one_cpu

# Make files that are not there be opened, and note answers of the first event: N LUA, which gives the answers.
opens() {
	remote "n, got = 0, nil; p = probe.new('do_sys_openat2', {pre = function(target, dump, argument, event)
		if event.comm ~= 'calls' then return end
		local name = event:userstring(argument(1))
		if name and name:find('/nothing/', 1, true) == 1 then
			n = n + 1
			if not got then got = table.pack((function() $2 end)()) end
		end end})" > /dev/null
	./calls -o "$1" > "$test_folder/pid"
	remote "p:stop() return table.unpack(got or {'no event'}, 1, got and got.n or 1)"
}

# Condition: that is a text: TEXT LUA.
notes() {
	output_is "$1" opens 1 "$2"
}

klog_mark
check "starts" starts tests/probe/remote
check "each open is an event" eval 'opens 1000 "return 1" && gives 1000 "return n"'
check "the name that a program opens" notes /nothing/0 "return event:userstring(event:arg(1))"
check "... string reads it, too" notes "/nothing/0 /noth /nothing/0" \
	"return event:string(event:arg(1)), event:string(event:arg(1), 5), event:string(event:arg(1), 4096)"
check "argument, arg and register" notes "true true" \
	"return argument(0) == event:arg(0), event:arg(0) == event:register('$first')"
check "target" notes "do_sys_openat2 true" "return event.target, event.target == target"
check "what the task is" eval 'opens 1 "return event.pid, event.tid, event.comm, event.uid" > "$test_folder/task" &&
	output_is "$(cat "$test_folder/pid") $(cat "$test_folder/pid") calls 0" cat "$test_folder/task"'
check "CPU and time" eval 'remote "before = linux.clock()" && opens 1 "return event.time, event.cpu" > "$test_folder/time" &&
	read -r time cpu < "$test_folder/time" && gives "true" "return before < $time and $time < linux.clock()" && [ "$cpu" -lt "$(nproc --all)" ]'
check "the address" notes true "return event.ip == event.ip and event.ip < 0"
check "an unknown field" notes "nil nil nil" "return event.nothing, event.a_long_name_of_a_field, event[1]"

# Condition: the id of the control group is the number of its folder.
cgroup() {
	local folder
	folder=$(sed -n 's/^0:://p' /proc/self/cgroup)
	if [ -z "$folder" ] || [ ! -d "/sys/fs/cgroup$folder" ]; then
		echo "no cgroup of version 2"
		return 0
	fi
	notes "$(stat -c %i "/sys/fs/cgroup$folder")" "return event.cgroup"
}
check "the control group" cgroup

remote "banner = linux.lookup('linux_banner')"
check "memory of the kernel" eval 'output_is "$(head -c 13 /proc/version)" opens 1 "return event:string(banner, 13)"'
check "... up to its end" notes true "return #event:string(banner, 4096) > 40"
check "... as numbers" notes "76 76 26956 26956 true true true true" "local b = event:bytes(banner, 8)
	return event:int8(banner), event:uint8(banner), event:int16(banner), event:uint16(banner),
		event:int32(banner) == string.unpack('<i4', b), event:uint32(banner) == string.unpack('<I4', b),
		event:int64(banner) == string.unpack('<i8', b), event:uint64(banner) == string.unpack('<i8', b)"
check "... with a sign" notes "true true" "return event:int8(argument(2) + 100000) ~= 1000, math.type(event:result()) == 'integer'"
check "memory that is not there" notes "nil nil nil nil nil nil" \
	"return event:uint8(8), event:uint64(-1), event:int32(-8), event:string(16), event:bytes(24, 4096), event:userstring(32)"
check "... for userstring, neither is the kernel's" notes nil "return event:userstring(argument(2))"
check "an address between the two halves" notes "nil nil" "return event:uint8(0x7fffffffffff0000), event:string(1 << 62)"

# Condition: a call in a handler raises a text: TEXT CALL.
raises() {
	output_has "$1" opens 1 "return select(2, pcall(function() return $2 end))"
}
check "sizes are limited" raises "(4097 is not in 1..4096)" "event:bytes(banner, 4097)"
check "... and not negative" raises "(-1 is not in 1..4096)" "event:string(banner, -1)"
check "... nor 0" raises "(0 is not in 1..4096)" "event:bytes(banner, 0)"
check "arguments are limited" raises "(16 is not in 0..15)" "argument(16)"
check "... and begin with 0" raises "(-1 is not in 0..15)" "event:arg(-1)"
check "registers have names" raises "there is no register 'xyz'" "event:register('xyz')"
check "addresses are numbers" raises "number expected, got table" "event:int8({})"

check "an event that is kept is void" eval 'opens 1 "kept, kept_argument = event, argument" && says "void: it was lent" "kept:arg(0)"'
check "... its fields, too" says "void: it was lent" "return kept.pid"
check "... its memory" says "void: it was lent" "return kept:uint8(banner)"
check "... the function argument" says "void: it was lent" "return kept_argument(0)"
check "... and it is not shared" says "cannot share: it is lent for one callback only" "require('rcu').table().event = kept"
check "an error leaves no event behind" eval 'opens 1 "kept = event error(\"on purpose\")" && says "void: it was lent" "return kept.pid"'
remote "kept, kept_argument = nil collectgarbage()"

# Condition: reading is paid for.
pays() {
	klog_mark
	remote "p = probe.new('do_sys_openat2', {pre = function(_, _, _, event)
		if event.comm == 'calls' then for i = 1, 100000 do event:bytes(banner, 4096) end end end})"
	./calls -o 1 > /dev/null
	remote "p:stop()"
	eventually 10 klog_has "budget of 100000 units exhausted"
}
check "reading is charged" pays
check "stops" stops tests/probe/remote

klog_mark
check "a hardirq runtime starts" starts tests/probe/event --context hardirq
./calls -o 300 > "$test_folder/pid"
check "... and sees the same" eventually 10 klog_has "print: 300 opens of /nothing/299 by $(cat "$test_folder/pid")"
check "... stops" stops tests/probe/event
check "no kprobe is left" eval '! grep -v "^$" /sys/kernel/debug/kprobes/list'
check "the kernel log is clean" eval '! klog_report'
