#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Files that are open when their script stops, those of sessions too: they answer ENXIO, and hold nothing back.
# shellcheck disable=SC2016,SC2154 # eval expands; lib.sh sets output
. ../lib.sh
. ../cases.sh
export LC_ALL=C

# Condition: a command of the shell fails with ENXIO.
is_gone() {
	fails_with 1 within 20 sh -c "$1" || return 1
	[[ $output == *"No such device or address"* ]] || { echo "$output"; return 1; }
}

# Condition: a reader that polls the file does not wait; bash polls by select(2).
polls() {
	within 10 bash -c 'read -t 0 -u "$1"' polls "$1"
}

# Condition: no script is listed, nor a session of one.
lists_nothing() {
	output_is "" within 30 lunatik list
}

# Condition: unload fails, and names a file that is open.
stays_loaded() {
	fails_with 1 within 60 lunatik unload || return 1
	[[ $output == *"/dev/device_test_plain is open in "* ]] && [ -e /sys/module/luadevice ] && return 0
	echo "$output"
	return 1
}

unloads() {
	within 60 lunatik unload && [ ! -e /sys/module/luadevice ] && [ ! -e /sys/module/lunatik ]
}

klog_mark
on_exit within 60 lunatik load
check "scripts with devices start" eval 'starts tests/device/devices && starts tests/device/sessions'
exec 3< /dev/device_test_plain 4> /dev/device_test_write 5<> /dev/device_test_session 6<> /dev/device_test_session
check "a file of a device is read" output_is hello sh -c 'cat <&3'
check "a file of a session is used" eval 'echo five >&5 && output_is five sh -c "head -n 1 <&5"'
check "D-DEV-2: the scripts stop while the files are open" eval 'stops tests/device/devices && stops tests/device/sessions'
check "... and are not listed any more, nor are their sessions" lists_nothing
check "read is ENXIO" is_gone 'cat <&3'
check "write is ENXIO" is_gone 'cat /proc/version >&4'
check "read of a session is ENXIO" is_gone 'cat <&5'
check "write of a session is ENXIO" is_gone 'cat /proc/version >&5'
check "the same for a session that was never used" is_gone 'cat <&6'
for fd in 3 5; do
	check "poll does not wait: descriptor $fd" polls "$fd"
done
check "... and the files can be opened no more" eval '! ls /dev/device_test_* 2> /dev/null'
check "the modules stay as long as the files are open" stays_loaded
check "... and the files still answer ENXIO" is_gone 'cat <&5'
exec 3<&- 4>&- 5>&- 6>&-
check "closed, they let the modules go" eventually 20 unloads
check "the modules load again" within 60 lunatik load
check "... and serve" eval 'starts tests/device/devices && output_is hello within 20 cat /dev/device_test_plain'
check "... and stop" stops tests/device/devices
check "the kernel log is clean" eval '! klog_report'
