#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The device library: character devices in Lua.
# shellcheck disable=SC2016 # eval expands
. ../lib.sh
. ../cases.sh
export LC_ALL=C

work=$(mktemp -d)
on_exit rm -rf "$work"

lua_cases tests/device/basic

check "require works where nothing may sleep, creation says why not" \
	refuses "cannot use 'device' class on non-sleepable runtime" tests/device/atomic --context softirq
check "... and in a hardirq runtime" \
	refuses "cannot use 'device' class on non-sleepable runtime" tests/device/atomic --context hardirq

check "a script registers devices" starts tests/device/devices

# Read a device whole.
content() { within 20 cat "/dev/device_test_$1"; }

# Write a text to a device by one call.
put() { printf '%s' "$2" | within 20 dd "of=/dev/device_test_$1" bs=64k status=none; }

# Condition: reading fails with a system call's message.
read_fails() { fails_with 1 content "$2" && [[ $output == *"$1"* ]]; }

# Condition: writing fails with a system call's message.
write_fails() { fails_with 1 put "$2" text && [[ $output == *"$1"* ]]; }

check "read" output_is hello content plain
check "read by one byte at a time" output_is hello within 20 dd if=/dev/device_test_plain bs=1 status=none
check "A20: the offset follows the bytes delivered" output_is ello \
	within 20 sh -c '{ head -c 1 > /dev/null; cat; } < /dev/device_test_plain'
check "callbacks get driver, length and offset; a second result is the new offset" \
	output_is $'device_test_args 100 0\ndevice_test_args 100 1000' \
	within 20 dd if=/dev/device_test_args bs=100 count=2 status=none
check "a number is read as its text" output_is 42 content number
check "an empty string is the end of file" output_is "" content empty
check "nothing is the end of file" output_is "" content nothing
check "a longer string is cut" output_is 10 \
	sh -c 'dd if=/dev/device_test_long bs=10 count=1 status=none | wc -c'
check "NUL bytes arrive" output_is " 61 00 62 00" od -An -tx1 /dev/device_test_zeros
check "D-DEV-6: another type than a string is EINVAL" read_fails "Invalid argument" badtype
check "D-DEV-6: an offset that is no integer is EINVAL" read_fails "Invalid argument" badoffset
check "D-DEV-11: a negative offset is EINVAL" read_fails "Invalid argument" negative
klog_mark
check "an error is ECANCELED" read_fails "Operation canceled" raises
check "... and logged with script, line and message" klog_has "no reading here"
check "D-DEV-8: an error that is no string is ECANCELED" write_fails "Operation canceled" raises
check "a callback that is no function is ECANCELED" read_fails "Operation canceled" notafunction
check "a missing read is ENXIO" read_fails "No such device or address" noread
check "... and logged" klog_has "lunatik: tests/device/devices: device: read: operation isn't defined for /dev/device_test_noread"
check "a missing write is ENXIO" write_fails "No such device or address" plain
check "... and logged" klog_has "write: operation isn't defined for /dev/device_test_plain"
check "A21: a missing open does not matter" output_is "no open" content noopen
check "a missing release does not matter" output_is "no release" content norelease
check "an error in open is ECANCELED" read_fails "Operation canceled" openfails

written() { put write "$1" && output_is "$2" content write; }
check "write" written "some text" "9@0:some text"
check "write of NUL bytes" output_is 3@0:a.b \
	sh -c "printf 'a\\0b' > /dev/device_test_write; tr '\\0' . < /dev/device_test_write"
# dd writes what is left once more, at the offset that the first write has left.
big_write() {
	head -c 2M /dev/zero | tr '\0' x | within 20 dd of=/dev/device_test_write bs=2M iflag=fullblock status=none &&
		output_is "1048576@1048576:$(printf 'x%.0s' {1..20})" content write
}
check "D-DEV-6: one write takes 1 MiB at most" big_write
check "a partial write is continued" put partial 0123456789abcdef
check "more than all is all" put toomuch text
check "a negative count is all" put all text
check "no count is all, with a new offset" put none text
check "D-DEV-6: a count that is no integer is EINVAL" write_fails "Invalid argument" badwritten
check "D-DEV-11: a negative offset after a write is EINVAL" write_fails "Invalid argument" badposition

check "mode" output_is 444 stat -c %a /dev/device_test_plain
check "mode, its other bits" output_is 620 stat -c %a /dev/device_test_write
check "the default mode is 600" output_is 600 stat -c %a /dev/device_test_args
check "it is a character device" test -c /dev/device_test_plain
check "its class" test -e /sys/class/luadevice/device_test_plain

check "callbacks are looked up through metatables" output_is first content changing
check "callbacks may change" eval 'put change x && output_is second content changing'
check "D-DEV-1: opens and releases are balanced" eval 'for i in 1 2 3; do content counted; done > /dev/null; output_is "4 3" content counted'
check "a device may stop itself" output_is "last words" \
	within 20 dd if=/dev/device_test_own bs=100 count=1 status=none
check "... and is gone" eventually 5 test ! -e /dev/device_test_own

check "a script with a release that needs paths" starts tests/device/exits
sh -c "exec 3< /dev/device_test_exits"
check "it works in a task that exits" eventually 10 output_is heir within 10 cat /dev/device_test_heir
check "... and stops" stops tests/device/exits

check "eight readers at once" eval '
	for i in 1 2 3 4 5 6 7 8; do content plain > "$work/$i" & pids[i]=$!; done; wait "${pids[@]}"
	[ "$(cat "$work"/[1-8] | sort -u)" = hello ] && [ "$(cat "$work"/[1-8] | wc -l)" = 8 ]'

# ---- files that outlive the device, and readers that never end

# Start to read a device in the background; $reader is the reader.
reading() {
	cat "/dev/device_test_$1" > /dev/null 2> "$work/$1.error" &
	reader=$!
	sleep 1
}

has_ended() { ! kill -0 "$1" 2> /dev/null; }

exec 3< /dev/device_test_plain 4> /dev/device_test_write
reading blocks
check "D-DEV-2: stop while files are open and a reader blocks" stops tests/device/devices
check "the blocked reader has ended" eventually 5 has_ended "$reader"
check "no node is left" eval '! ls /dev/device_test_* 2> /dev/null'
check "no device is left" eval '! ls -d /sys/class/luadevice/device_test_* 2> /dev/null'
check "a file kept open: read is ENXIO" eval \
	'fails_with 1 sh -c "cat <&3" && [[ $output == *"No such device or address"* ]]'
check "a file kept open: write is ENXIO" eval \
	'fails_with 1 sh -c "cat /proc/version >&4" && [[ $output == *"No such device or address"* ]]'
check "the module cannot be unloaded meanwhile" eval '! rmmod luadevice'
check "the same names can be used again" starts tests/device/devices
check "the old file still is the old device" eval '! sh -c "cat <&3"'
exec 3<&- 4>&-

reading endless
check "stop while a reader is in an endless loop" stops tests/device/devices
check "that reader has ended" eventually 5 has_ended "$reader"
check "its error is ENXIO" grep -q "No such device or address" "$work/endless.error"
check "it starts again" starts tests/device/devices
reading endless
first=$reader
reading plain
kill -9 "$reader"
check "D-CORE-26: a fatal signal ends a reader that waits for its turn" eventually 10 has_ended "$reader"
reader=$first
kill -9 "$reader"
check "a fatal signal ends a reader in an endless loop" eventually 10 has_ended "$reader"
check "... and the others go on" output_is hello content plain
# Killed, it has to wait for its turn in release, where no further signal reaches it.
tail -f /dev/null < /dev/device_test_plain &
holder=$!
is_open() { [ "$(readlink "/proc/$holder/fd/0")" = /dev/device_test_plain ]; }
check "a task has the device open" eventually 10 is_open
reading blocks
kill -KILL "$holder"
check "a task that is killed ends while another one reads" eventually 10 has_ended "$holder"
check "... which goes on" kill -0 "$reader"
kill -TERM "$reader"
check "a signal ends a blocked reader" eventually 10 has_ended "$reader"
check "the end" stops tests/device/devices

# ---- failing bodies

failing() {
	lunatik run tests/device/fails > "$work/fails" 2>&1 < /dev/null &
	reader=$!
	eventually 10 test -e /dev/device_test_fails && sleep 0.3
}
check "the node of a body that still runs" failing
check "D-DEV-7: it is there, but closed" read_fails "No such device or address" fails
check "... and goes with the body's error" eval 'wait "$reader"; [ $? = 1 ] && [ ! -e /dev/device_test_fails ]'
check "... which names script and line" grep -q "fails.lua:12: after the device was made" "$work/fails"

cycles() {
	local i
	for i in {1..30}; do
		within 20 lunatik run tests/device/cycle || return 1
		[ "$(head -c 3 /dev/device_test_cycle)" = xxx ] || return 1
		stops tests/device/cycle || return 1
		[ ! -e /dev/device_test_cycle ] || return 1
	done
}
check "thirty cycles of run, read and stop" cycles

# ---- sessions

check "a script registers devices with sessions" starts tests/device/sessions
check "each file has its own state" eval '
	exec 5<> /dev/device_test_session 6<> /dev/device_test_session
	echo five >&5; echo six >&6
	output_is five sh -c "head -n 1 <&5" && output_is six sh -c "head -n 1 <&6"'
exec 5>&- 6>&-
check "a session's script that does not exist" fails_with 1 cat /dev/device_test_nosession
check "the command's session by another name" fails_with 1 cat /dev/device_test_dotted
check "a session's script without a driver" eval '
	fails_with 1 cat /dev/device_test_nodriver; [[ $output == *"Operation canceled"* ]]'
check "an unprivileged user may use an open device" \
	within 20 setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo hello > /dev/device_test_session'
check "... but not a privileged one, whatever its mode" \
	fails_with 2 setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo hello > /dev/device_test_privileged'
check "root may" sh -c 'echo hello > /dev/device_test_privileged'

# Condition: so many files of a device can be open, and the next one fails with a text: COUNT TEXT.
limited() {
	# shellcheck disable=SC2016 # for the other shell
	within 60 "${@:3}" bash -c '
		for ((i = 0; i < $1; i++)); do exec {fd}<> /dev/device_test_few || exit 1; done
		output=$( (exec 3<> /dev/device_test_few) 2>&1)
		echo "$output"
		[[ $output == *"$2"* ]]' limited "$1" "$2"
}
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
for i in 1 2; do
	check "a user may open a quarter of a device's sessions" limited 2 "Too many open files" "${as_nobody[@]}"
	check "root may open all of them, and no more" limited 8 "Too many users"
done

# Condition: all sessions together hold no more than the script may: some 70 KiB each, or more.
by_memory() {
	stops tests/device/sessions && starts tests/device/sessions --memory 384K || return 1
	within 60 bash -c '
		for i in 1 2 3 4 5 6 7 8; do exec {fd}<> /dev/device_test_session || break; done
		[ "$i" -gt 2 ] && [ "$i" -lt 8 ]' 2> "$work/memory"
}
check "sessions are charged to their device's script" by_memory
check "... and the error says so" grep -q "Cannot allocate memory" "$work/memory"
check "... which others do not notice" within 20 lunatik list

# Condition: a file whose last user is the kernel itself is released, and by no worker that others need.
unreceived() {
	starts tests/device/unreceived && klog_mark || return 1
	within 20 ./unreceived /dev/device_test_unreceived && eventually 20 klog_has "unreceived: released"
}
check "a file that was sent to nobody is released" unreceived
check "... and its script stops" stops tests/device/unreceived

in_session() {
	sh -c "printf '%s\n' $1 > /dev/device_test_session" 2> /dev/null &
	reader=$!
	sleep 1
}
in_session loop
kill -TERM "$reader"
check "a signal ends a session's endless loop" eventually 10 has_ended "$reader"
in_session sleep
kill -TERM "$reader"
check "a signal ends a session's sleep" eventually 10 has_ended "$reader"
in_session loop
check "a session in a loop does not keep the script from stopping" stops tests/device/sessions
kill -9 "$reader"
check "... and ends with its process" eventually 10 has_ended "$reader"
