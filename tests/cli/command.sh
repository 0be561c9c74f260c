#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The command's statuses and messages; results on standard output, messages on standard error.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# Condition: NAME... ends with STATUS and prints exactly OUT; the message matches the pattern ERR.
gives() {
	local status=$1 out=$2 pattern=$3 got=0 message
	shift 3
	message=$(mktemp)
	output=$(within 60 "$@" 2> "$message" < /dev/null) || got=$?
	# shellcheck disable=SC2053 # the right side is a pattern
	if [ "$got" = "$status" ] && [ "$output" = "$out" ] && [[ $(< "$message") == $pattern ]]; then
		rm -f "$message"
		return 0
	fi
	printf 'status: %s, expected %s\nout: %s\nerr: ' "$got" "$status" "$output"
	cat "$message"
	rm -f "$message"
	return 1
}

not_loaded() {
	fails_with 1 "$@" || return 1
	[[ $output == *'lunatik is not loaded'* ]] || { echo "$output"; return 1; }
}

# Condition: a command's message is one write: commands that fail at one moment share a terminal or a log.
written_at_once() {
	strace -qq -e trace=write -o /tmp/cli.writes "$@" 2> /dev/null
	[ "$(grep -c '^write(2' /tmp/cli.writes)" = 1 ] && return 0
	cat /tmp/cli.writes
	return 1
}

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --)

lunatik unload
check "an unknown command is a usage error" gives 2 '' "lunatik: there is no command 'frob'*usage: *" lunatik frob
check "run without a script is a usage error" gives 2 '' '*usage: *' lunatik run
check "raw Lua is no argument" gives 2 '' '*usage: *' lunatik run tests/cli/hello 'os.exit()'
check "an unknown context is a usage error" gives 2 '' '*usage: *' lunatik run tests/cli/hello --context sleepy
check "a usage error loads no module" fails_with 1 test -e /sys/module/lunatik
check "status when nothing is loaded" not_loaded lunatik status
check "the command sends a user to sudo" gives 3 '' 'lunatik: needs root: sudo lunatik run passwd' "${nobody[@]}" lunatik run passwd
check "a user may ask for the status" not_loaded "${nobody[@]}" lunatik status
check "--version" output_has 'lunatik ' lunatik --version
check "--help" output_has 'usage: lunatik [load|unload|reload|status|list] [run|spawn|stop <script>]' lunatik --help

check "list loads the modules" gives 0 '' '' lunatik list
check "the modules are loaded" output_has 'lunatik_run is loaded' lunatik status
check "a user may not open the device" fails_with 2 "${nobody[@]}" sh -c ': < /dev/lunatik'

on_exit lunatik stop tests/cli/hello
check "run shows what the script prints" gives 0 $'hello\t42\nagain' '' lunatik run tests/cli/hello
check "list" gives 0 tests/cli/hello '' lunatik list
check "a second run is refused" gives 1 '' 'lunatik: tests/cli/hello is already running' lunatik run tests/cli/hello.lua
check "list --long" output_has 'tests/cli/hello  process' lunatik list --long
check "list --json" output_has '"name": "tests/cli/hello"' lunatik list --json
check "status --json" output_has '"runtimes": ' lunatik status --json
check "stop" gives 0 '' '' lunatik stop tests/cli/hello
check "stop what does not run" gives 1 '' 'lunatik: tests/cli/hello is not running' lunatik stop tests/cli/hello
check "a message is written at once" written_at_once lunatik stop tests/cli/hello
check "list of nothing" gives 0 '' '' lunatik list

check "a script that fails: message and traceback" gives 1 '' \
	$'lunatik: *tests/cli/broken.lua:5: oops\nstack traceback:*inner*outer*' lunatik run tests/cli/broken
check "what failed does not run" gives 0 '' '' lunatik list
check "a missing script: where it was searched" gives 1 '' \
	'lunatik: cannot open /lib/modules/lua/nowhere.lua*/etc/lunatik and /lib/modules/lua*' lunatik run nowhere
for name in ../etc/passwd /etc/passwd a//b . '' a/../b 'x", print("injected"), "' $'a\nb'; do
	check "no script: '${name//$'\n'/\\n}'" gives 1 '' 'lunatik: *' lunatik run "$name"
done

check "false is softirq, limits are kept" gives 0 $'hello\t42\nagain' '' \
	lunatik run --memory 2M --budget 5000 tests/cli/hello false
on_exit rm -f /tmp/cli.json /tmp/cli.writes
lunatik list --json > /tmp/cli.json
check "the context" grep -q '"context": "softirq"' /tmp/cli.json
check "the memory limit" grep -q '"limit": 2097152' /tmp/cli.json
check "the budget" grep -q '"budget": 5000' /tmp/cli.json
lunatik stop tests/cli/hello

check "spawn" gives 0 '' '' lunatik spawn tests/cli/thread.lua
check "the thread is counted" output_has '"threads": 1' lunatik list --json
check "D-CLI-9: stop, by the name without .lua, ends the thread" gives 0 '' '' lunatik stop tests/cli/thread
check "spawn needs a function" gives 1 $'hello\t42\nagain' 'lunatik: *' lunatik spawn tests/cli/hello
check "a script that was not spawned does not run" gives 0 '' '' lunatik list
