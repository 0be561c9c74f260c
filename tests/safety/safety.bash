# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For the test scripts of this group: cases of hostile.lua as scripts, and what has to hold afterwards.
# shellcheck source=../lib.sh
. ../lib.sh

scripts=/lib/modules/lua

# Print the names of a kind of cases.
cases() {
	lua5.4 -e "package.path = '$scripts/?.lua'; local names = {}
		for name in pairs(require('tests.safety.hostile')['$1']) do names[#names + 1] = name end
		table.sort(names); print(table.concat(names, '\n'))"
}

# Print each failing case and, after a tab, the text that its message has to hold.
failing_cases() {
	lua5.4 -e "package.path = '$scripts/?.lua'
		for name, case in pairs(require('tests.safety.hostile').failing) do print(name .. '\t' .. case[1]) end" | sort
}

# Write a script below the script folder, from standard input: NAME.
script() {
	on_exit rm -f "$scripts/$1.lua"
	on_exit within 30 lunatik stop "$1"
	mkdir -p "$(dirname "$scripts/$1")"
	cat > "$scripts/$1.lua"
}

# Make a script of a case: KIND NAME; sets made.
make_case() {
	local call="cases['$2']()"
	made=tests/safety/case/$1-${2//[^a-zA-Z0-9]/_}
	[ "$1" != failing ] || call="cases['$2'][2]()"
	mkdir -p "$scripts/tests/safety/case"
	printf 'local cases = require("tests.safety.hostile").%s\n%s\n' "$1" "$call" > "$scripts/$made.lua"
}

# Condition: a script of that name is listed.
listed() {
	lunatik list | tr -d ' ' | tr , '\n' | grep -qxF -e "$1"
}

not_listed() {
	! listed "$1"
}

nothing_runs() {
	output_is "" within 30 lunatik list
}

# Condition: the machine answers: another script runs, and the kernel has nothing to complain of.
answers() {
	echo 'print("alive")' > "$scripts/tests/safety/alive.lua"
	output_is alive within 30 lunatik run tests/safety/alive || return 1
	within 30 lunatik stop tests/safety/alive || return 1
	! klog_report
}

# Condition: every script has ended, and the modules can be removed.
all_gone() {
	nothing_runs && within 60 lunatik unload && [ ! -e /sys/module/lunatik ]
}

# Condition: COMMAND ends within SECONDS, whatever its status.
bounded() {
	local status=0
	within "$@" || status=$?
	[ "$status" != 124 ] && [ "$status" != 137 ] && return 0
	echo "no end within $1 s"
	return 1
}

# Condition: a process of ours has ended; what is left of it waits for us.
ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}
