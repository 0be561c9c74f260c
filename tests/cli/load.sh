#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Loading, unloading, reloading.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

loaded() {
	lunatik status | grep -c ' is loaded'
}

total=$(lunatik status | grep loaded | grep -cv 'not available on this kernel')
on_exit lunatik unload

check "load is silent" output_is '' lunatik load
check "load twice" output_is '' lunatik load
check "all modules are loaded" output_is "$total" loaded
lunatik run tests/cli/hello > /dev/null
lunatik spawn tests/cli/thread
check "D-CLI-6: load beside what runs" output_is '' lunatik load
check "... which runs on" output_is 'tests/cli/hello, tests/cli/thread' lunatik list
check "unload stops what runs" output_is '' lunatik unload
check "no module is left" sh -c '! lsmod | grep lua'
check "unload twice" output_is '' lunatik unload

lunatik run tests/cli/hello --context softirq --memory 3M > /dev/null
lunatik spawn tests/cli/thread
check "reload starts what ran again" output_is $'hello\t42\nagain' lunatik reload
check "both are back" output_is 'tests/cli/hello, tests/cli/thread' lunatik list
lunatik list --json > /tmp/cli.json
check "with its context" grep -q '"context": "softirq"' /tmp/cli.json
check "with its limit" grep -q '"limit": 3145728' /tmp/cli.json
check "with its thread" grep -q '"threads": 1' /tmp/cli.json
lunatik stop tests/cli/hello
lunatik stop tests/cli/thread

exec 7<> /dev/lunatik
held() {
	fails_with 1 lunatik unload || return 1
	[[ $output == *'/dev/lunatik is open in '* ]] || { echo "$output"; return 1; }
}
check "unload names an open session" held
check "and all modules stay" output_is "$total" loaded
exec 7>&-
check "then unload works" output_is '' lunatik unload

cycles() {
	local i
	for ((i = 0; i < 5; i++)); do
		lunatik load && lunatik unload || return 1
	done
}
check "five times load and unload" cycles

# As services do at boot: each finds modules that another one is loading.
together() {
	local round job status=0
	for ((round = 0; round < 5; round++)); do
		lunatik unload || return 1
		local jobs=()
		lunatik run tests/cli/hello > /dev/null & jobs+=($!)
		lunatik spawn tests/cli/thread & jobs+=($!)
		lunatik run examples/passwd & jobs+=($!)
		for job in "${jobs[@]}"; do
			wait "$job" || status=1
		done
		output_is 'examples/passwd, tests/cli/hello, tests/cli/thread' lunatik list || status=1
	done
	lunatik unload && return $status
}
check "scripts that are started together all run" together

# Without the driver nobody could list or stop what runs.
by_hand() {
	lunatik run tests/cli/hello --context softirq > /dev/null && lunatik spawn tests/cli/thread || return 1
	within 30 rmmod lunatik_run && lunatik load || return 1
	output_is '' lunatik list
}
check "removing lunatik_run by hand stops what runs" by_hand
check "and leaves nothing behind" output_is '' lunatik unload

# Write a script whose thread starts OTHER once it is being stopped: NAME OTHER.
successor() {
	mkdir -p /etc/lunatik && cat > "/etc/lunatik/$1.lua" <<-EOF
		local linux, lunatik, thread = require("linux"), require("lunatik"), require("thread")
		return function ()
			while not thread.shouldstop() do linux.schedule(20) end
			thread.run(lunatik.start("$2", "$2", nil, true), "$2")
		end
	EOF
	on_exit rm -f "/etc/lunatik/$1.lua"
}
successors() {
	successor king prince && successor prince king || return 1
	lunatik spawn king && within 60 rmmod lunatik_run || return 1
	lunatik load && output_is '' lunatik list && lunatik run tests/cli/hello > /dev/null
}
check "scripts that start each other when they are stopped end, too" successors
check "and leave nothing behind" output_is '' lunatik unload

# Scripts of the administrator's that happen to have the names of those behind /dev/lunatik.
namesakes() {
	local status=0
	mkdir -p /etc/lunatik/lunatik || return 1
	echo 'error("not this one")' | tee /etc/lunatik/driver.lua > /etc/lunatik/lunatik/session.lua
	{ lunatik load && output_is 42 sh -c 'echo 6 \* 7 | lunatik'; } || status=1
	rm -r /etc/lunatik/driver.lua /etc/lunatik/lunatik
	return $status
}
on_exit rm -rf /etc/lunatik/driver.lua /etc/lunatik/lunatik
check "/dev/lunatik is not replaced by a script" namesakes
