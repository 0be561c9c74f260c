# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is lib.sh's
# For tests of lunatik doctor and of the messages of lunatik load: break something, look, mend it.

# Condition: lunatik doctor finds a problem of which its cause holds TEXT, and names COMMAND.
finds() {
	local text=$1 command=$2
	fails_with 1 within 60 /usr/sbin/lunatik doctor || return 1
	[[ $output == *"problem: "*"$text"*$'\n'"  to mend it: $command"* ]] && return 0
	printf 'expected: %s\n  to mend it: %s\ngot: %s\n' "$text" "$command" "$output"
	return 1
}

# Condition: lunatik load fails for the same cause, names the same command, and leaves nothing loaded.
refuses() {
	local text=$1 command=$2
	fails_with 3 within 60 /usr/sbin/lunatik load || return 1
	[[ $output == "lunatik: "*"$text"*$'\n'"lunatik: to mend it: $command" ]] || { echo "$output"; return 1; }
	! lsmod | grep -E '^lua|^lunatik'
}

# Condition: both of it.
broken() {
	finds "$@" && refuses "$@"
}

# Condition: nothing is wrong, by its status and its last line.
well() {
	within 60 /usr/sbin/lunatik doctor && output_has 'all is well: lunatik ' lunatik doctor
}

# Two results: what is broken, and that it is well again after COMMAND.
breakage() {
	local name=$1 text=$2 command=$3
	shift 3
	check "$name" broken "$text" "$command"
	"$@"
	check "$name: mended" well
}
