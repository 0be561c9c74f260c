#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Tests of the command that need no kernel. usage: test.sh BUILD
# shellcheck disable=SC2016 # the chunks are Lua: nothing in them is for the shell

set -u

build=$1
lunatik=$build/lunatik
root=$build/root
passed=0 failed=0

fresh() {
	rm -rf "$root"
	mkdir -p "$root"/{dev,kmod,sys/module,etc/lunatik,usr/lib/lunatik,usr/src,lib/modules/lua/examples}
	printf '# comment\nlunatik\t-\nluadevice\tdevice\nluafib fib CONFIG\nlunatik_run\t-\n' >"$root/usr/lib/lunatik/modules"
	local name
	for name in lunatik luadevice luafib lunatik_run; do
		: >"$root/kmod/$name"
		echo 0.1.0 >"$root/kmod/$name.version"
	done
	echo 'print("hello", 42) print("again")' >"$root/lib/modules/lua/hello.lua"
	echo 'local function f() error("oops") end f()' >"$root/lib/modules/lua/broken.lua"
	echo 'while true do pcall(function() while true do end end) end' >"$root/lib/modules/lua/loop.lua"
	echo 'return function() end' >"$root/lib/modules/lua/examples/passwd.lua"
	cp "$root/lib/modules/lua/hello.lua" "$root/lib/modules/lua/hello2.lua"
	cp "$root/lib/modules/lua/hello.lua" "$root/lib/modules/lua/it's \"so\".lua"
}

# The command's status, standard output and standard error go into $status, $out and $err.
run() {
	out=$("$lunatik" "$@" 2>"$build/err")
	status=$?
	err=$(<"$build/err")
}

feed() {
	# shellcheck disable=SC2059 # escapes are wanted
	out=$(printf "$1" | "$lunatik" 2>"$build/err")
	status=$?
	err=$(<"$build/err")
}

verdict() {
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $2"
	printf '  status %s\n  out: %s\n  err: %s\n' "$status" "$out" "$err"
}

# NAME STATUS OUT ERR: OUT is exact, ERR a pattern
expect() {
	local ok=0
	# shellcheck disable=SC2053 # the right side is a pattern
	[ "$status" = "$2" ] && [ "$out" = "$3" ] && [[ $err == $4 ]] || ok=1
	verdict "$ok" "$1"
}

usage() {
	fresh
	run frobnicate
	expect 'unknown command' 2 '' "lunatik: there is no command 'frobnicate'"$'\n''usage: *'
	[ ! -e "$root/sys/module/lunatik" ]
	verdict $? 'a usage error loads nothing'
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # several words
		run $line
		expect "usage: $line" 2 '' 'lunatik: *usage: *'
	done <<-EOT
		run
		spawn
		stop
		stop a b
		load now
		load --now
		run a maybe
		run a true more
		run a --context sleepy
		run a --memory 12Q
		run a --memory 0
		run a --memory 99999999999G
		run a --memory -5
		run a --budget many
		run a false --context softirq
		run a --frob
		run --memory
		list now
		list --frob
		status now
	EOT
	[ ! -e "$root/sys/module/lunatik" ]
	verdict $? 'no usage error loads anything'
	run --version
	expect version 0 'lunatik 0.1.0' ''
	run run --help
	[ "$status" = 0 ] && [[ $out == 'usage: lunatik [load|unload|reload|status|list] [run|spawn|stop <script>]'* ]]
	verdict $? 'help'
}

not_root() {
	fresh
	[ "$(id -u)" = 0 ] || return
	chmod 755 "$build"
	out=$(setpriv --reuid 65534 --clear-groups "$lunatik" run hello 2>&1)
	status=$? err=
	expect 'not root' 3 'lunatik: needs root: sudo lunatik run hello' ''
	# In root's own folder nobody else can read what status needs.
	setpriv --reuid 65534 --clear-groups test -r "$build/root/usr/lib/lunatik/modules" || return 0
	out=$(setpriv --reuid 65534 --clear-groups "$lunatik" status 2>&1 | head -n 1)
	expect 'status needs no root' 3 'lunatik is not loaded' ''
}

loading() {
	fresh
	run status
	expect 'status, not loaded' 0 $'lunatik is not loaded\nluadevice is not loaded\nluafib is not loaded\nlunatik_run is not loaded' ''
	run load
	expect load 0 '' ''
	run load
	expect 'load twice' 0 '' ''
	run status
	expect 'status, loaded' 0 $'lunatik is loaded\nluadevice is loaded\nluafib is loaded\nlunatik_run is loaded' ''
	run status --json
	[ "$status" = 0 ] && [ "$(grep -c '"loaded": true' <<<"$out")" = 4 ] && grep -q '"runtimes": 0' <<<"$out"
	verdict $? 'status --json'
	run run hello
	run unload
	expect unload 0 '' ''
	run status
	[[ $out != *'is loaded'* ]]
	verdict $? 'all unloaded'
	run list
	expect 'list loads, and unload has stopped what ran' 0 '' ''
}

refused() {
	fresh
	rm "$root"/kmod/*
	run load
	expect 'no modules, no package' 3 '' "*there is no module lunatik for the running kernel $(uname -r)"*'sudo apt install lunatik-dkms'
	mkdir "$root/usr/src/lunatik-0.1.0"
	run run hello
	expect 'no modules, no headers' 3 '' '*install its headers: sudo *'
	fresh
	echo 1 >"$root/kmod/luadevice.errno"
	run load
	expect 'not permitted' 3 '' '*luadevice: not permitted: needs CAP_SYS_MODULE*'
	[ ! -e "$root/sys/module/lunatik" ]
	verdict $? 'a failed load leaves nothing behind'
	mkdir -p "$root/sys/kernel/security"
	echo 'none [integrity] confidentiality' >"$root/sys/kernel/security/lockdown"
	run load
	expect 'locked down' 3 '' '*the kernel is locked down*'
	echo 129 >"$root/kmod/luadevice.errno"
	run load
	expect 'key rejected' 3 '' '*mokutil --import*'
	echo 2 >"$root/kmod/luadevice.errno"
	run load
	expect 'unknown symbol' 3 '' '*needs a symbol that this kernel does not have*'
	fresh
	echo 'no such facility' >"$root/kmod/luafib.lunatik_missing"
	run load
	expect 'a stub is left out' 0 '' ''
	run status
	[[ $status = 0 && $out == *'luafib is not loaded (not available on this kernel: no such facility)'* ]]
	verdict $? 'status tells why a stub is left out'
	fresh
	echo 'too old' >"$root/kmod/lunatik.lunatik_missing"
	run load
	expect 'the core is a stub' 3 '' '*lunatik does not work on kernel *: too old'
	run status
	[ "$status" = 1 ]
	verdict $? 'status fails where the core is a stub'
	fresh
	run load
	touch "$root/refuse"
	run list
	expect 'open refused' 3 '' '*dev/lunatik: not permitted: *'
}

versions() {
	fresh
	run load
	echo 0.2.0 >"$root/kmod/lunatik.version"
	run status
	[[ $status = 0 && $out == *$'\nlunatik 0.1.0 is loaded, 0.2.0 is installed: sudo lunatik reload, or reboot' ]]
	verdict $? 'status notes a stale core'
	rm "$root/dev/lunatik"
	run run hello
	expect 'stale core' 3 '' 'lunatik: lunatik 0.1.0 is loaded, 0.2.0 is installed: sudo lunatik reload, or reboot'
	rm "$root/sys/module/lunatik/version"
	run run hello
	expect 'foreign core' 3 '' 'lunatik: a module named lunatik is loaded that is not from this project*'
}

unloading() {
	fresh
	run load
	echo yes >"$root/kmod/luadevice.busy"
	echo 3 >"$root/sys/module/luadevice/refcnt"
	run unload
	expect 'refused unload' 1 '' '*luadevice cannot be unloaded: Resource temporarily unavailable (references: 3)'
	rm "$root/kmod/luadevice.busy"
	run unload
	expect 'unload again' 0 '' ''
	run load
	mkdir -p "$root/sys/module/luadevice/holders/luamine" "$root/sys/module/lunatik/holders/luadevice"
	run unload
	expect 'a holder is named' 1 '' 'lunatik: luadevice is used by the module luamine: sudo rmmod luamine, then try again'
	run status
	[ "$(grep -c 'is loaded' <<<"$out")" = 4 ]
	verdict $? 'a held module keeps all'
	rm -r "$root/sys/module/luadevice/holders"
	exec 7>/dev/full
	run unload
	expect 'an open session is named' 1 '' '*is open in bash (process '*
	exec 7>&-
}

scripts() {
	fresh
	run run hello
	expect run 0 $'hello\t42\nagain' ''
	run run hello
	expect 'run twice' 1 '' 'lunatik: hello is already running'
	run list
	expect list 0 hello ''
	run run "it's \"so\".lua" false
	expect 'a name with quotes' 0 $'hello\t42\nagain' ''
	run list
	expect 'list of two' 0 "hello, it's \"so\"" ''
	run list -l
	[[ $status = 0 && $out == 'NAME '*'CONTEXT'*$'\nhello'*'process'*$'\nit'*'softirq'* ]]
	verdict $? 'list -l'
	run list --json
	[[ $status = 0 && $out == *'"name": "it'\''s \"so\""'* && $out == *'"entries": 1'* ]]
	verdict $? 'list --json'
	run stop hello.lua
	expect stop 0 '' ''
	run stop hello
	expect 'stop what does not run' 1 '' 'lunatik: hello is not running'
	run run --memory 8m --context hardirq --budget 5000 hello
	run list --json
	[[ $out == *'"limit": 8388608'* && $out == *'"budget": 5000'* && $out == *'"context": "hardirq"'* ]]
	verdict $? 'limits'
	run spawn examples/passwd
	expect spawn 0 '' ''
	run spawn hello2
	expect 'spawn without a function' 1 $'hello\t42\nagain' 'lunatik: the script returned no function'
	run stop hello2
	expect 'what was not spawned is stopped again' 1 '' 'lunatik: hello2 is not running'
	run reload
	expect reload 0 $'hello\t42\nagain\nhello\t42\nagain' ''
	run list --json
	[[ $out == *'"limit": 8388608'* && $out == *'"context": "hardirq"'* && $out == *'"threads": 1'* ]]
	verdict $? 'reload brings back contexts, limits and threads'
	rm "$root/lib/modules/lua/hello.lua"
	run reload
	expect 'reload says what did not come back' 1 $'hello\t42\nagain' '*cannot open*hello did not come back'
}

errors() {
	fresh
	run run broken
	expect 'a script that fails' 1 '' 'lunatik: /lib/modules/lua/broken.lua:1: oops'$'\n''stack traceback:*'
	run run nowhere
	expect 'a missing script' 1 '' '*cannot open /lib/modules/lua/nowhere.lua'$'\n''lunatik: searched for nowhere.lua in /etc/lunatik and /lib/modules/lua'
	run run passwd
	expect 'a missing script with an example' 1 '' '*there is an example of that name: sudo lunatik run examples/passwd'
	rm -r "$root/lib/modules/lua/examples"
	run run examples/passwd
	expect 'a missing example' 1 '' '*sudo apt install lunatik-examples'
	local name
	for name in ../etc/passwd /etc/passwd a//b . '' .lua $'a\nb' a/../b; do
		run run "$name"
		expect "bad name '$name'" 1 '' 'lunatik: *'
	done
	run run "$(printf 'x%.0s' {1..300})"
	expect 'long name' 1 '' '*at most 255 characters'
	run run 'x", print("injected"), "'
	expect 'no injection' 1 '' '*cannot open*'
}

interrupting() {
	fresh
	timeout -s INT 1 "$lunatik" run loop >"$build/out" 2>"$build/err"
	status=$? out=$(<"$build/out") err=$(<"$build/err")
	expect 'Control-C ends run' 124 '' 'lunatik: interrupted*'
	run list
	expect 'the script does not run' 0 '' ''
}

pipe() {
	fresh
	feed 'return 42\n'
	expect 'return 42' 0 42 ''
	feed '6*7\n'
	expect 'expression' 0 42 ''
	feed 'x = 1\n\ny = x + 1 print(y)\nreturn x, y, nil\nnil'
	expect 'globals, print, several values, no last newline' 0 $'2\n1\t2\tnil\nnil' ''
	feed 'local t = {\n1,\n2}\nfor i = 1, 2 do\nprint(i)\nend\n"a\\\nb"\n'
	expect 'multi-line' 0 $'1\n2\na\nb' ''
	feed 'return 7/\nreturn 1\n'
	expect 'incomplete expression' 1 '' '*unexpected symbol near*'
	feed 'x = (\n'
	expect 'incomplete at the end' 1 '' "*near <eof>*"
	feed 'error("<eof>")\n1\n'
	expect 'an error goes on with the next' 1 1 '*<eof>*'
	feed 'lunatik.runner.run("hello")\nreturn lunatik.runner.list()\nlunatik.runner.shutdown() return lunatik.runner.list() == ""\n'
	[[ $status = 0 && $out == $'hello\t42\nagain\nruntime: '*$'\nhello\ntrue' ]]
	verdict $? 'runner from a pipe'
	feed 'error({})\nerror()\nreturn setmetatable({}, {__tostring = function() error("bad") end})\n'
	[[ $status = 1 && $err == *'table: '*'lunatik: nil'*bad* ]]
	verdict $? 'odd errors'
	out=$(printf 'return ("%s"):rep(2)\n' "$(printf '%010000d' 1)" | "$lunatik" | wc -c)
	[ "$out" = 20001 ]
	verdict $? 'a long chunk and a long result'
	feed 'return "a\\0b"\n' 2>/dev/null
	out=$(printf 'return "a\\0b"\n' | "$lunatik" | od -An -c | tr -d ' \n')
	[ "$out" = 'a\0b\n' ]
	verdict $? 'a result with a zero byte'
}

terminal() {
	command -v expect >/dev/null || return
	fresh
	out=$(HOME=$root LUNATIK=$lunatik command expect ../repl.exp 2>&1)
	status=$? err=
	verdict "$status" terminal
	[ "$(stat -c %a "$root/.lunatik_history")" = 600 ] && grep -q return "$root/.lunatik_history"
	verdict $? 'history file'
}

export ASAN_OPTIONS=detect_leaks=0
for group in usage not_root loading refused versions unloading scripts errors interrupting pipe terminal; do
	$group
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
