# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For test scripts: results as KTAP on standard output.
#
#    ok NAME, not_ok NAME [DETAIL...], skip NAME REASON   one result
#    skip_all REASON             end the script with one skipped result
#    needs_module NAME           the same, with the module's own reason, if this kernel cannot have it
#    check NAME COMMAND...       a result: did COMMAND succeed? Its output is shown if not.
#    within SECONDS COMMAND...   run a program with a time limit
#    on_exit COMMAND...          run COMMAND when the script ends, the last one first
#    klog_mark, klog_since       mark the kernel log, print what came after the mark
#    klog_printed                print what scripts printed after the mark, without the scripts' names
#    klog_report                 print the first warning, oops or the like after the mark
#    field SCRIPT FIELD          print a number of a script in the list, its children's not
#
# Conditions, for use with check (they say what they got instead):
#   output_is TEXT COMMAND...   COMMAND succeeds and prints exactly TEXT (stdout and stderr)
#    output_has TEXT COMMAND...  the same, but TEXT is a part of the output
#    fails_with STATUS COMMAND...  COMMAND ends with STATUS; its output is kept in $output
#    klog_has TEXT               the kernel log holds TEXT since the mark
#    has_field SCRIPT FIELD VALUE  a script in the list has this number
#    eventually SECONDS COMMAND... COMMAND succeeds, tried again until the time is over
#
# Seconds are those of a distribution's kernel: the debug kernel (slow=N on its command line) gets N times as many.
#
# The plan is printed when the script ends. A script that ends with another status than 0 has failed.

tests_lib=$(dirname "${BASH_SOURCE[0]}")
test_folder=$(mktemp -d)
test_number=0
test_failures=0
test_cleanups=()
output=
test_slow=$(sed -n 's/.*\bslow=\([0-9]*\).*/\1/p' /proc/cmdline)
test_slow=${test_slow:-1}

# Print the plan: how many results are to come, or came.
plan() {
	[ -n "${test_plan:-}" ] || echo "1..$1"
	test_plan=$1
}

# Print standard input as detail of a result, at most 40 lines.
details() {
	sed -e 's/^/# /' -e '41,$d'
}

# Report a success.
ok() {
	test_number=$((test_number + 1))
	echo "ok $test_number $*"
}

# Report a failure: NAME, and lines of detail.
not_ok() {
	test_number=$((test_number + 1))
	test_failures=$((test_failures + 1))
	[ $# -lt 2 ] || printf '%s\n' "${@:2}" | details
	echo "not ok $test_number $1"
}

# Report a test that cannot run here: NAME, REASON.
skip() {
	test_number=$((test_number + 1))
	echo "ok $test_number $1 # SKIP $2"
}

# End the script: nothing of it can run here.
skip_all() {
	skip "all" "$1"
	exit 0
}

# Print why this kernel cannot have a module. One that did not build has a reason, too: that of a failure.
lacking() {
	modinfo -F lunatik_missing "$1" 2> /dev/null | grep ' in this kernel$'
}

# End the script if a module says that this kernel cannot have it, with the module's reason.
needs_module() {
	local reason
	reason=$(lacking "$1")
	[ -z "$reason" ] || skip_all "$reason"
}

# Run a command in this shell, its output into a file; print that on failure.
check() {
	# Names that no function of a script may take for its own; one file for all, as emulated machines start programs slowly.
	local test_name=$1 test_status=0
	shift
	"$@" > "$test_folder/output" 2>&1 < /dev/null || test_status=$?
	if [ "$test_status" = 0 ]; then
		ok "$test_name"
	else
		{ echo "\$ $* -> status $test_status"; cat "$test_folder/output"; } | details
		not_ok "$test_name"
	fi
	return 0
}

# Run a program for at most so many seconds (status 124 when it takes longer).
within() {
	local seconds=$(($1 * test_slow))
	shift
	timeout -k 5 "$seconds" "$@"
}

# Set output to what a command prints; returns its status.
capture() {
	local test_status=0
	output=$("$@" 2>&1 < /dev/null) || test_status=$?
	return "$test_status"
}

# Condition: a command succeeds and prints exactly a text.
output_is() {
	local expected=$1 test_status=0
	shift
	capture "$@" || test_status=$?
	[ "$test_status" = 0 ] && [ "$output" = "$expected" ] && return 0
	printf 'status: %s\nexpected: %s\ngot: %s\n' "$test_status" "$expected" "$output"
	return 1
}

# Condition: a command succeeds and prints a text somewhere.
output_has() {
	local expected=$1 test_status=0
	shift
	capture "$@" || test_status=$?
	[ "$test_status" = 0 ] && [[ $output == *"$expected"* ]] && return 0
	printf 'status: %s\nexpected, somewhere: %s\ngot: %s\n' "$test_status" "$expected" "$output"
	return 1
}

# Print a number of a script in the list, its children's not: SCRIPT FIELD.
field() {
	lunatik list --json | tr -d ' \n' | sed 's/},*{/}\n{/g' | grep -F "\"name\":\"$1\"" | grep -o "\"$2\":[0-9]*" | head -n 1 | cut -d : -f 2
}

# Condition: a script in the list has this number: SCRIPT FIELD VALUE.
has_field() {
	local value
	value=$(field "$1" "$2")
	[ "$value" = "$3" ] && return 0
	echo "$2 is '$value', not $3"
	lunatik list --json
	return 1
}

# Condition: a command ends with a status.
fails_with() {
	local expected=$1 test_status=0
	shift
	capture "$@" || test_status=$?
	[ "$test_status" = "$expected" ] && return 0
	printf 'expected status: %s, got: %s\n%s\n' "$expected" "$test_status" "$output"
	return 1
}

# Condition: a command succeeds before the seconds are over.
eventually() {
	local end=$((SECONDS + $1 * test_slow))
	shift
	until "$@"; do
		[ $SECONDS -lt "$end" ] || return 1
		sleep 0.1
	done
}

# Read new records of the kernel log only: a log of thousands of lines takes half a second.
[ ! -r /dev/kmsg ] || exec {klog_fd}< /dev/kmsg

# Append what is new in the kernel log to a file. Reading ends without a record to read, which makes dd fail, or goes on
# where records were overwritten.
klog_read() {
	while ! LC_ALL=C dd bs=8192 iflag=nonblock <&"$klog_fd" >> "$test_folder/klog" 2> "$test_folder/dd"; do
		[[ $(< "$test_folder/dd") == *"Broken pipe"* ]] || break
	done
}

# Put a mark into the kernel log.
klog_mark() {
	if [ -z "${klog_marker:-}" ]; then
		klog_read
		: > "$test_folder/klog"
	fi
	klog_marker="tests: mark $$.$RANDOM$RANDOM"
	echo "$klog_marker" > /dev/kmsg
}

# Print the kernel log since the mark, without times.
klog_since() {
	local text
	klog_read
	# Records are "priority,number,time,flags;text", where the kernel writes odd bytes as \xNN. Lines that begin with a
	# space describe devices.
	text=$(awk -v mark="${klog_marker:-}" '!sub(/^[0-9]+,[0-9]+,[0-9]+,[^;]*;/, "") { next }
		!on { on = (mark == "" || index($0, mark)); if (mark != "") next } on' "$test_folder/klog")
	[ -z "$text" ] || printf '%b\n' "$text"
}

# Print what scripts have printed into the kernel log since the mark, line by line.
klog_printed() {
	klog_since | sed -n 's/^lunatik: [^ ]*: print: //p'
}

# Condition: the kernel log holds a text since the mark.
klog_has() {
	klog_since | grep -qF -e "$1" && return 0
	printf 'not in the kernel log: %s\n' "$1"
	klog_since
	return 1
}

# Print the first report of something wrong in the kernel since the mark; fail if there is not any.
klog_report() {
	[ -e "$test_folder/patterns" ] || grep -v '^#' "$tests_lib/klog.patterns" > "$test_folder/patterns"
	klog_since | grep -E -m 1 -f "$test_folder/patterns"
}

# Run a command when the script ends.
on_exit() {
	local command
	printf -v command '%q ' "$@"
	test_cleanups+=("$command")
}

# The end of a script: clean up, print the plan, keep the status.
test_end() {
	local status=$? i
	trap - EXIT
	for ((i = ${#test_cleanups[@]} - 1; i >= 0; i--)); do
		eval "${test_cleanups[i]}" > /dev/null 2>&1 || true
	done
	rm -rf "$test_folder"
	[ "$status" != 0 ] || plan "$test_number"
	exit "$status"
}
trap test_end EXIT
