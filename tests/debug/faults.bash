# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For test scripts that make allocations fail. Source it after lib.sh.
# It needs a kernel with fault injection (make check-debug).
#
#   needs_faults            end the script on other kernels
#
#   set_up                  set the injectors up
#
#   only_from PATTERN       let allocations below some functions of /proc/kallsyms fail ($ours: those of our modules)
#
#   nth_fails N COMMAND...  run a program whose Nth allocation fails
#
#   bytes_last N COMMAND... run one all of whose allocations fail after N bytes
#
#   fault KNOB VALUE        set a knob of all injectors
#
#   faults_off              let nothing fail any more

debugfs=/sys/kernel/debug
# fail-nth counts copies from and to user space as well.
injectors="$debugfs/failslab $debugfs/fail_page_alloc $debugfs/fail_usercopy"
needs_faults() {
	[ -e /proc/self/fail-nth ] || skip_all "this kernel has no fault injection"
}

# Set a knob of every injector that has it.
fault() {
	local injector
	for injector in $injectors; do
		[ ! -e "$injector/$1" ] || echo "$2" > "$injector/$1" || return 1
	done
}

# Without verbose=0 each failure would print a stack.
faults_off() {
	fault probability 0
	fault task-filter N
	fault require-start 0
	fault require-end 0
	fault space 0
}

set_up() {
	fault verbose 0 && fault ignore-gfp-wait N && fault times -1 && fault interval 1 &&
		fault stacktrace-depth 32 && fault probability 0 &&
		echo 0 > $debugfs/fail_page_alloc/min-order &&
		echo N > $debugfs/fail_page_alloc/ignore-gfp-highmem &&
		echo N > $debugfs/failslab/cache-filter
}

# Only allocations with a function of that kind on the stack fail: a pattern for lines of /proc/kallsyms.
only_from() {
	local range
	range=$(grep -E "$1" /proc/kallsyms | sort | sed -n -e '1s/ .*//p' -e '$s/ .*//p' | paste -s -d ' ')
	[ "${#range}" = 33 ] || { echo "no such functions: $1"; return 1; }
	fault require-start "0x${range% *}" && fault require-end "0x${range#* }"
}
ours='^[0-9a-f]{16} [tT] .*\[(lunatik|lunatik_run|lua[a-z]+)\]$'

# Run a program whose Nth allocation fails, for 300 seconds at most. Its children do not inherit that, so the limit is outside.
nth_fails() {
	local n=$1
	shift
	# shellcheck disable=SC2016 # that shell expands
	timeout -k 5 300 bash -c 'echo "$0" > /proc/self/fail-nth; exec "$@"' "$n" "$@" > /tmp/fault 2>&1 < /dev/null
}

# The same for a program all of whose allocations fail after so many bytes.
bytes_last() {
	local status=0
	fault space "$1" && fault task-filter Y && fault probability 100 || return 125
	shift
	# shellcheck disable=SC2016 # that shell expands
	timeout -k 5 300 bash -c 'echo 1 > /proc/self/make-it-fail; exec "$@"' fails "$@" > /tmp/fault 2>&1 < /dev/null || status=$?
	fault probability 0
	return $status
}
