# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # lib.sh sets output and test_failures
# For test scripts whose cases are written in Lua (see cases.lua); source it after lib.sh.
#
#    lua_cases SCRIPT [OPTION...]   run a script, report its cases, stop it again
#    starts SCRIPT [OPTION...]      condition: the script runs; it is stopped when the test ends
#    stops SCRIPT                   condition: the script is stopped in bounded time
#    only_one_cpu                   under emulation, probes need that
#    refuses TEXT SCRIPT [OPTION...]  condition: running it fails with a message that holds TEXT

# Turn the lines of a script into results.
lua_report() {
	local prefix=$1 line detail=() count=0
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "$prefix: ${line#ok }" ;;
		'not ok '*) not_ok "$prefix: ${line#not ok }" "${detail[@]}" ;;
		*) detail+=("${line#\# }"); continue ;;
		esac
		count=$((count + 1))
		detail=()
	done <<< "$output"
	[ "$count" -gt 0 ]
}

# On QEMU's software emulation, a CPU may still execute an instruction that another one has replaced: a breakpoint that is
# gone, which the kernel takes for an accident (seen with kprobes of nothing but C). One CPU does not.
only_one_cpu() {
	local cpu
	grep -q 'QEMU TCG' /proc/cpuinfo || return 0
	for cpu in /sys/devices/system/cpu/cpu[1-9]*; do
		[ ! -e "$cpu/online" ] || ! echo 0 > "$cpu/online" || on_exit eval "echo 1 > $cpu/online"
	done
}

lua_cases() {
	local script=$1 prefix="$*" status=0 before=$test_failures
	prefix=${prefix#tests/}
	capture within 120 lunatik run "$@" || status=$?
	within 30 lunatik stop "$script" > /dev/null 2>&1 || true
	if ! lua_report "$prefix"; then
		not_ok "$prefix: runs" "status $status" "$output"
	elif [ "$status" != 0 ] && [ "$before" = "$test_failures" ]; then
		not_ok "$prefix: ends well" "status $status" "$output"
	fi
}

starts() {
	on_exit within 30 lunatik stop "$1"
	within 60 lunatik run "$@"
}

stops() {
	within 20 lunatik stop "$1"
}

refuses() {
	local text=$1
	shift
	on_exit within 30 lunatik stop "$1"
	fails_with 1 within 60 lunatik run "$@" || return 1
	[[ $output == *"$text"* ]] && return 0
	printf 'expected in the message: %s\ngot: %s\n' "$text" "$output"
	return 1
}
