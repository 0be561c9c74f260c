#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Readers that sleep in a callback, or wait for a busy runtime: they keep neither the machine nor a cgroup from
# freezing, and an exiting process does not wait for them.
. ../lib.sh
. ../cases.sh
export LC_ALL=C

work=$(mktemp -d)
on_exit rm -rf "$work"

has_ended() { ! kill -0 "$1" 2> /dev/null; }

# Read a device in the background: NAME. Sets reader.
reading() {
	cat "/dev/device_test_$1" > /dev/null 2>> "$work/errors" &
	reader=$!
	readers+=("$reader")
}

end_readers() {
	kill -KILL "${readers[@]}" 2> /dev/null
	wait "${readers[@]}" 2> /dev/null
	readers=()
}

# Condition: none of the readers has got an end or an error.
all_read() {
	local reader
	for reader in "${readers[@]}"; do
		kill -0 "$reader" || { cat "$work/errors"; return 1; }
	done
	[ ! -s "$work/errors" ] || { cat "$work/errors"; return 1; }
}

check "a script with readers that sleep" starts tests/device/frozen

# ---- exits

grace=/sys/module/lunatik/parameters/grace
before=$(cat "$grace")
on_exit eval "echo $before > $grace"
mkfifo "$work/end"

# Condition: a process exits in time though its fifteen files are of a busy device: SIGNAL, or nothing for one that ends by itself.
exits() {
	local holder
	reading sleeps
	sleep 1
	# Its files are opened before the runtime is busy.
	end_readers
	bash -c 'for i in {1..15}; do exec {fd}< /dev/device_test_sleeps; done; read -r _ < "$1"' bash "$work/end" &
	holder=$!
	# shellcheck disable=SC2317 # eventually runs it
	files() { find "/proc/$holder/fd" -lname '/dev/device_test_sleeps' | wc -l; }
	eventually 20 output_is 15 files || return 1
	reading sleeps
	sleep 1
	echo 4000 > "$grace"
	if [ -n "${1:-}" ]; then kill "-$1" "$holder"; else echo > "$work/end"; fi
	eventually 12 has_ended "$holder" && all_read
}

balanced() {
	local opens releases
	read -r opens releases < <(cat /dev/device_test_files)
	echo "$opens $releases"
	[ "$opens" = "$releases" ] && [ "$opens" -ge "$1" ]
}
check "D-DEV-12: it exits within three times the grace of one stop" exits KILL
end_readers
check "... and each file is released" eventually 20 balanced 17
check "D-DEV-12: so does a process that ends by itself" exits
end_readers
check "... and each file is released, too" eventually 20 balanced 34
echo "$before" > "$grace"

# ---- cgroups

group=/sys/fs/cgroup/lunatik_test
mountpoint -q /sys/fs/cgroup || { mount -t cgroup2 cgroup2 /sys/fs/cgroup && on_exit umount /sys/fs/cgroup; }
[ -e /sys/fs/cgroup/cgroup.controllers ] || group=/sys/fs/cgroup/unified/lunatik_test

# Condition: the cgroup says that all of its tasks are frozen, or that not all are.
frozen() { grep -qx "frozen $1" "$group/cgroup.events"; }

# Condition: a cgroup with the readers of a device freezes: one that sleeps, and one that waits for its turn.
freezes() {
	reading "$1"
	sleep 1
	reading "$1"
	sleep 1
	printf '%s\n' "${readers[@]}" | while read -r pid; do echo "$pid" > "$group/cgroup.procs"; done
	echo 1 > "$group/cgroup.freeze"
	eventually 10 frozen 1 || { cat "$group/cgroup.events"; return 1; }
	echo 0 > "$group/cgroup.freeze"
	eventually 10 frozen 0 && sleep 1 && all_read
}

if mkdir "$group" 2> /dev/null; then
	on_exit rmdir "$group"
	for name in sleeps insists; do
		check "D-CORE-45: a cgroup freezes and goes on: a reader that $name, and one that waits" freezes "$name"
		end_readers
	done
else
	skip "D-CORE-45: cgroups" "no cgroups of version 2 here"
fi

# Condition: a cgroup of version 1 is in a state.
state_is() { grep -qx "$1" "$old/freezer.state"; }

# Condition: such a cgroup freezes the readers of a device, then a command succeeds, and it thaws: DEVICE COMMAND...
frozen_by_old() {
	local status=0
	reading "$1"
	sleep 1
	reading "$1"
	sleep 1
	printf '%s\n' "${readers[@]}" | while read -r pid; do echo "$pid" > "$old/cgroup.procs"; done
	echo FROZEN > "$old/freezer.state"
	eventually 10 state_is FROZEN || { cat "$old/freezer.state"; status=1; }
	shift
	"$@" || status=1
	echo THAWED > "$old/freezer.state"
	eventually 10 state_is THAWED && return $status
}

# Condition: the readers end with ENXIO, as their script has stopped.
all_end() {
	for reader in "${readers[@]}"; do eventually 10 has_ended "$reader" || return 1; done
	[ "$(grep -c 'No such device or address' "$work/errors")" = ${#readers[@]} ] || { cat "$work/errors"; return 1; }
	: > "$work/errors"
}

mkdir "$work/old"
old=$work/old/lunatik_test
if mount -t cgroup -o freezer freezer "$work/old" 2> /dev/null && mkdir "$old"; then
	on_exit umount "$work/old"
	on_exit rmdir "$old"
	for name in sleeps insists; do
		check "D-CORE-45: a cgroup of version 1: a reader that $name, and one that waits" frozen_by_old "$name" true
		check "... which go on" eval 'sleep 1 && all_read'
		end_readers
		check "... a script stops though such a cgroup has frozen its readers" frozen_by_old "$name" stops tests/device/frozen
		check "... which then end" all_end
		readers=()
		check "... and starts again" starts tests/device/frozen
	done
else
	skip "D-CORE-45: cgroups of version 1" "no freezer of version 1 here"
fi

# ---- suspend

state=/sys/power/state
test=/sys/power/pm_test

# Condition: all tasks are frozen and go on.
suspends() {
	local status=1
	if echo freezer > "$test" && echo freeze > "$state"; then
		status=0
	fi
	echo none > "$test"
	return "$status"
}

if [ -e "$test" ] && grep -q freeze "$state"; then
	for name in sleeps insists; do
		reading "$name"
		sleep 1
		reading "$name"
	done
	check "threads" eval 'within 60 lunatik spawn tests/thread/spin && within 60 lunatik spawn tests/device/asleep'
	on_exit within 30 lunatik stop tests/thread/spin
	on_exit within 30 lunatik stop tests/device/asleep
	klog_mark
	check "D-CORE-45: the machine suspends, with readers that sleep and wait, and threads" suspends
	check "... all of which go on" all_read
	check "... and were frozen" eval '! klog_has "refusing to freeze"'
	check "... the threads, too" eval 'stops tests/thread/spin && stops tests/device/asleep'
	end_readers
else
	skip "D-CORE-45: suspend" "this kernel has no test of suspend"
fi
check "the end" stops tests/device/frozen
