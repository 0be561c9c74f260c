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
	mkdir -p "$root"/{dev,kmod,proc,run,sys/module,etc/lunatik,usr/{bin,sbin},usr/lib/lunatik,usr/src,lib/modules/lua/examples}
	mkdir -p "$root/lib/modules/$(uname -r)/build/include" "$root/bin"
	: >"$root/etc/debian_version"
	: >"$root/packages"
	: >"$root/owned"
	cat >"$root/bin/dpkg-query" <<-EOT
		#!/bin/sh
		[ "\$1" = -S ] && exec cat "$root/owned"
		field=\${3#??}
		value=\$(sed -n "s/^\$4 \${field%?} //p" "$root/packages")
		[ -n "\$value" ] && printf %s "\$value"
	EOT
	chmod +x "$root/bin/dpkg-query"
	echo quiet >"$root/proc/cmdline"
	local program
	for program in dkms gcc make; do
		ln -s /bin/true "$root/usr/bin/$program"
	done
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
	echo 'local t = os.time()' >"$root/lib/modules/lua/time.lua"
	: >"$root/lib/modules/lua/nested.lua"
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
		rearm
		enable
		enable a --frob
		disable a --spawn
		doctor now
		doctor --frob
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
		run a hardirq --context softirq
		run a softirq hardirq
		run a --frob
		run a process --percpu
		run a true --percpu
		run a --percpu --context process
		spawn a --percpu
		enable a --spawn --percpu
		run --memory
		list now
		list --frob
		status now
		trace
		trace a b
		trace -d 0 a
		trace -d x a
		trace -p -5 a
		trace -p 1.5 a
		trace -p 1 -c true a
		trace --list a b
		trace --list
		trace --frob
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
	expect 'status, not loaded' 1 $'lunatik is not loaded\nluadevice is not loaded\nluafib is not loaded\nlunatik_run is not loaded' ''
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
	[[ $status = 1 && $out != *'is loaded'* ]]
	verdict $? 'all unloaded'
	run list
	expect 'list loads, and unload has stopped what ran' 0 '' ''
}

refused() {
	fresh
	rm "$root"/kmod/*
	run load
	expect 'no modules, no package' 3 '' $'lunatik: the package lunatik-dkms, *\nlunatik: to mend it: sudo apt install lunatik-dkms'
	mkdir "$root/usr/src/lunatik-0.1.0"
	rm -r "$root/lib/modules/$(uname -r)/build"
	run run hello
	expect 'no modules, no headers' 3 '' '*its headers are not installed'*'to mend it: sudo *'
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
	expect 'no signature' 3 '' '*luadevice has no signature*'
	echo PKCS#7 >"$root/kmod/luadevice.sig_id"
	mkdir -p "$root/sys/firmware/efi"
	run load
	expect 'key rejected' 3 '' '*to mend it: sudo mokutil --import /var/lib/dkms/mok.pub'
	echo 2 >"$root/kmod/luadevice.errno"
	run load
	expect 'unknown symbol' 3 '' '*needs a symbol that the kernel does not have*'
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
	expect 'the core is a stub' 3 '' '*lunatik does not work on kernel *: too old'$'\n'*'to mend it: sudo dkms *'
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
	[[ $status = 0 && $out == *$'\nnote: lunatik 0.1.0 is loaded, 0.2.0 is installed\n  to mend it: sudo lunatik reload' ]]
	verdict $? 'status notes a stale core'
	rm "$root/dev/lunatik"
	run run hello
	expect 'stale core' 3 '' 'lunatik: lunatik 0.1.0 is loaded, 0.2.0 is installed'$'\n''lunatik: to mend it: sudo lunatik reload'
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
	expect 'refused unload' 1 '' '*luadevice cannot be unloaded: Resource temporarily unavailable (references: 3); the kernel log has the reason if the kernel kept a hook'$'\n'"lunatik: all scripts are stopped; 'lunatik load' loads the modules again"
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

# Services do that at boot: one loads the modules, the others find some of them, or one that is not ready.
together() {
	local first second
	fresh
	echo 1 >"$root/kmod/lunatik_run.seconds"
	"$lunatik" run hello >"$build/first" 2>&1 &
	first=$!
	"$lunatik" run hello2 >"$build/second" 2>&1 &
	second=$!
	wait $first
	status=$? out=$(<"$build/first") err=
	expect 'the first of two that load the modules' 0 $'hello\t42\nagain' ''
	wait $second
	status=$? out=$(<"$build/second")
	expect 'the second' 0 $'hello\t42\nagain' ''
	fresh
	mkdir "$root/usr/src/lunatik-0.1.0"
	echo 1 >"$root/kmod/lunatik_run.seconds"
	"$lunatik" doctor >"$build/first" 2>&1 &
	first=$!
	while [ ! -e "$root/sys/module/lunatik_run" ] && kill -0 $first; do
		sleep 0.05
	done
	run run hello
	expect 'a script is started while doctor tries the modules' 0 $'hello\t42\nagain' ''
	wait $first
	status=$? out=$(<"$build/first")
	[[ $status = 0 && $out == *'all is well: '* ]]
	verdict $? 'doctor finds nothing wrong'
	[ -e "$root/dev/lunatik" ]
	verdict $? 'the modules stay'
	exec 8>"$root/run/lunatik.lock"
	flock 8
	run run hello2
	expect 'nobody waits for ever' 0 $'hello\t42\nagain' 'lunatik: another command has been loading or removing the modules for 3 seconds *'
	exec 8>&-
	run unload
	run stop hello
	expect 'stop after unload' 1 '' 'lunatik: hello is not running'
	[ ! -e "$root/dev/lunatik" ]
	verdict $? 'loads nothing'
}

# A script whose child has a hook that is off.
nested() {
	run run nested
	run list
	expect 'list names children below' 0 $'it\'s "so", nested\n  child (child of nested)\n    grandchild (child of child)' ''
	run list -l
	[[ $status = 0 && $out == *$'\nnested '*$'\n  child '*$'\n    grandchild '* ]]
	verdict $? 'list -l indents children below their parent'
	run list --json
	# The fields of a table come in no order.
	[ "$(grep -c '"children": \[' <<<"$out")" = 2 ] && [[ $out == *'"name": "child"'* && $out == *'"name": "grandchild"'* ]]
	verdict $? 'list --json has children in their parent'
	run rearm grandchild
	expect 'rearm of a child' 1 '' 'lunatik: grandchild does not run by itself: it is a child of nested: name that one'
	run stop child.lua
	expect 'stop of a child' 1 '' 'lunatik: child.lua does not run by itself: it is a child of nested: name that one'
	run stop nested
}

# Absolute paths of scripts.
paths() {
	fresh
	local path
	for path in /lib/modules/lua/hello.lua /usr/lib/modules/lua/hello /lib/modules/lua/hello; do
		run run "$path"
		expect "run $path" 0 $'hello\t42\nagain' ''
		run stop "$path"
		expect "stop $path" 0 '' ''
	done
	run run /lib/modules/lua/examples/../hello.lua
	expect 'a path with ..' 1 '' "*has an empty part, '.' or '..'; name it by its path below /etc/lunatik or /lib/modules/lua"
	echo 'print("mine")' >"$root/etc/lunatik/hello.lua"
	run run /etc/lunatik/hello.lua
	expect 'run of the path in /etc/lunatik' 0 mine ''
	run stop hello
	run run /lib/modules/lua/hello.lua
	expect 'another file of that name comes first' 1 '' 'lunatik: /lib/modules/lua/hello.lua is hidden by /etc/lunatik/hello.lua, which the name hello stands for'
	run run /home/me/hello.lua
	expect 'a path that is in no script folder' 1 '' "lunatik: '/home/me/hello.lua' is in no script folder: copy it to /etc/lunatik, and run it as 'hello'"
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
	local context
	for context in process softirq hardirq; do
		run run hello $context
		run list --json
		[[ $out == *'"context": "'$context'"'* ]]
		verdict $? "the context $context behind the script"
		run stop hello
	done
	run run hello sleepy
	expect 'a context that is none' 2 '' "lunatik: after the script comes its context (process, softirq, hardirq, true or false), not 'sleepy'"*
	nested
	run run --memory 8m --context hardirq --budget 5000 hello
	run list --json
	[[ $out == *'"limit": 8388608'* && $out == *'"budget": 5000'* && $out == *'"context": "hardirq"'* ]]
	verdict $? 'limits'
	run run examples/passwd
	expect 'run of what returned a function' 0 '' "lunatik: examples/passwd returned a function or yielded, which 'run' does not continue; to run it in a kernel thread: lunatik stop examples/passwd && lunatik spawn examples/passwd"
	run stop examples/passwd
	run spawn examples/passwd
	expect spawn 0 '' ''
	run spawn hello2
	expect 'spawn without a function' 1 $'hello\t42\nagain' 'lunatik: the script returned no function'
	run stop hello2
	expect 'what was not spawned is stopped again' 1 '' 'lunatik: hello2 is not running'
	cp "$root/lib/modules/lua/hello2.lua" "$root/lib/modules/lua/off.lua"
	run run off
	run rearm off.lua
	expect rearm 0 '' ''
	run rearm off
	expect 'nothing is off' 1 '' 'lunatik: no hook of off is switched off'
	run stop off
	run rearm off
	expect 'rearm what does not run' 1 '' 'lunatik: off is not running'
	run reload
	expect reload 0 $'hello\t42\nagain\nhello\t42\nagain' ''
	run list --json
	[[ $out == *'"limit": 8388608'* && $out == *'"context": "hardirq"'* && $out == *'"threads": 1'* ]]
	verdict $? 'reload brings back contexts, limits and threads'
	rm "$root/lib/modules/lua/hello.lua"
	run reload
	expect 'reload names a script that it could not restart' 1 $'hello\t42\nagain' '*cannot open*hello was not restarted'
}

# NAME CHECK CAUSE COMMAND: lunatik doctor finds this problem; CAUSE is a pattern, COMMAND exact.
finds() {
	local ok=0
	run doctor
	# shellcheck disable=SC2053 # the right side is a pattern
	[[ $status = 1 && $out == *"problem: "$3$'\n'"  to mend it: $4"* && -z $err ]] || ok=1
	verdict "$ok" "$1"
	run doctor --json
	[[ $status = 1 && $out == *"\"check\": \"$2\""* && $out == *'"ok": false'* ]]
	verdict $? "$1, for programs"
}

installed() {
	printf '%s Status install ok installed\n' "$@" >>"$root/packages"
}

# As from the packages, nothing loaded.
packaged() {
	fresh
	mkdir -p "$root/usr/src/lunatik-0.1.0"
	installed lunatik-dkms "linux-headers-$flavour"
	(cd "$root" && find lib/modules/lua -name '*.lua' -printf 'lunatik-dkms: /usr/%p\n') >"$root/owned"
}

unbuilt() {
	packaged
	rm "$root"/kmod/*
}

doctor() {
	local kernel flavour rebuild make
	kernel=$(uname -r)
	flavour=$(sed -E 's/^([0-9][^-]*-)*//' <<<"$kernel")
	make="sudo dkms install --force lunatik/0.1.0 -k $kernel"
	rebuild="sudo dkms build --force lunatik/0.1.0 -k $kernel && $make"
	packaged
	run doctor
	expect 'all is well' 0 "all is well: lunatik 0.1.0 on $kernel" ''
	run status
	[[ $out != *'is loaded'* ]]
	verdict $? 'the doctor loads nothing for good'
	run doctor --json
	[[ $status = 0 && $out == *'"findings": []'* && $out == *'"ok": true'* ]]
	verdict $? 'all is well, for programs'
	run load
	run doctor
	expect 'all is well when loaded' 0 "all is well: lunatik 0.1.0 on $kernel" ''

	unbuilt
	finds 'not built' build "the modules were not built for the running kernel $kernel" "$make"
	mkdir -p "$root/var/lib/dkms/lunatik/0.1.0/build"
	echo 'DKMS make.log for lunatik-0.1.0 for kernel 99.1-amd64 (x86_64)' >"$root/var/lib/dkms/lunatik/0.1.0/build/make.log"
	finds 'not built, and a build for another kernel failed' build "the modules were not built for the running kernel $kernel" "$make"
	echo "DKMS make.log for lunatik-0.1.0 for kernel $kernel (x86_64)" >"$root/var/lib/dkms/lunatik/0.1.0/build/make.log"
	finds 'build failed' build "building the modules *see /var/lib/dkms/lunatik/0.1.0/build/make.log" "$make"
	unbuilt
	mkdir "$root/lib/modules/1.2.3-amd64"
	echo 'updates/dkms/lunatik.ko.xz:' >"$root/lib/modules/1.2.3-amd64/modules.dep"
	finds 'built for another kernel' kernel "the modules were built for 1.2.3-amd64, but not for the running kernel $kernel" "$make"
	rm "$root/usr/bin/gcc"
	finds 'no compiler' compiler '*gcc is not installed' "sudo apt install gcc make && $make"
	rm -r "$root/lib/modules/$kernel/build"
	finds 'no headers' headers '*its headers are not installed' "sudo apt install linux-headers-$kernel linux-headers-$flavour"
	mkdir "$root/lib/modules/99.1-amd64"
	echo 'updates/dkms/lunatik.ko.xz:' >"$root/lib/modules/99.1-amd64/modules.dep"
	finds 'no headers, an old kernel' headers '*; 99.1-amd64 is installed and has the modules, this one is older' \
		"sudo apt install linux-headers-$kernel linux-headers-$flavour"
	local series=${kernel%%[!0-9.]*}
	series=$(cut -d. -f1,2 <<<"$series")
	echo "linux-image-$kernel Source linux-signed-$series-$flavour (1)" >>"$root/packages"
	finds 'no headers, the second series' headers '*' "sudo apt install linux-headers-$kernel linux-headers-$series-$flavour"
	rm "$root/usr/bin/dkms"
	finds 'no dkms' dkms 'dkms, *is not installed' 'sudo apt install dkms lunatik-dkms'
	mv "$root"/usr/src/lunatik-0.{1,2}.0
	finds 'another version of the source' version '*of version 0.1.0, but *lunatik-0.2.0' 'sudo apt install lunatik-tools lunatik-dkms'
	rm -r "$root/usr/src/lunatik-0.2.0"
	finds 'no package' package 'the package lunatik-dkms*' 'sudo apt install lunatik-dkms'
	mkdir -p "$root/run/systemd"
	: >"$root/run/systemd/container"
	run doctor
	[[ $status = 1 && $out == 'problem: this is a container'* ]]
	verdict $? 'a container'

	packaged
	echo 'core/hook.c:1: error: no' >"$root/kmod/luafib.lunatik_missing"
	finds 'a stub' stub '*luafib does not work on *core/hook.c:1: error: no' "$rebuild"
	rm "$root/kmod/luafib.lunatik_missing"
	echo 'no vmlinuz' >"$root/kmod/luafib.lunatik_btf"
	run doctor
	[[ $status = 0 && $out == 'note: luafib has no BTF'*': no vmlinuz'* ]]
	verdict $? 'no BTF'
	run status
	[[ $out == *'luafib is not loaded (without BTF: no vmlinuz)'* ]]
	verdict $? 'status, no BTF'
	rm "$root/kmod/luafib.lunatik_btf"
	echo 'CONFIG_FIB is not set in this kernel' >"$root/kmod/luafib.lunatik_missing"
	run doctor
	[[ $status = 0 && $out == 'note: luafib does not work on '*': CONFIG_FIB is not set in this kernel'* ]]
	verdict $? 'a missing option is no problem of the installation'
	rm "$root/kmod/luafib"
	finds 'a missing module' build 'there is no module luafib *' "$rebuild"

	packaged
	echo 1 >"$root/kmod/luadevice.errno"
	mkdir -p "$root/proc/sys/kernel"
	echo 1 >"$root/proc/sys/kernel/modules_disabled"
	finds 'modules disabled' disabled '*kernel.modules_disabled=1*' 'sudo reboot'
	echo 0 >"$root/proc/sys/kernel/modules_disabled"
	echo 'quiet lockdown=integrity' >"$root/proc/cmdline"
	finds 'locked down' lockdown '*lockdown=integrity*' 'sudo update-grub && sudo reboot'
	echo quiet >"$root/proc/cmdline"
	mkdir -p "$root/sys/module/module/parameters"
	echo Y >"$root/sys/module/module/parameters/sig_enforce"
	finds 'signatures enforced' enforced '*module.sig_enforce=1*scripts are not signed' 'sudo reboot'
	echo N >"$root/sys/module/module/parameters/sig_enforce"
	echo 22 >"$root/kmod/lunatik.errno"
	echo '[1.0] lunatik: parameter memory: an integer from 1 to 2 expected' >"$root/klog"
	finds 'a parameter out of range' parameter 'lunatik refuses a parameter: parameter memory: *' "grep -r 'options *lunatik' /etc/modprobe.d"
	rm "$root/kmod/lunatik.errno"
	echo 8 >"$root/kmod/luadevice.errno"
	finds 'built for another kernel, installed for this' kernel 'luadevice was built for another kernel than *' "$rebuild"
	echo '[1.0] luadevice: exports duplicate symbol lunatik_x (owned by luaother)' >"$root/klog"
	mkdir "$root/sys/module/luaother"
	echo live >"$root/sys/module/luaother/initstate"
	finds 'symbol clash' clash 'luadevice: the loaded module luaother has *lunatik_x' 'sudo rmmod luaother'
	[ ! -e "$root/sys/module/lunatik" ]
	verdict $? 'the doctor leaves nothing half loaded'

	packaged
	run load
	echo 0.2.0 >"$root/kmod/lunatik.version"
	finds 'stale' stale 'lunatik 0.1.0 is loaded, 0.2.0 is installed' 'sudo lunatik reload'
	packaged
	run load
	rm "$root/dev/lunatik"
	finds 'no device' device '*dev/lunatik is missing*' 'sudo lunatik reload'

	packaged
	mkdir -p "$root/var/lib/dkms/other/1.0/$kernel/x86_64/module"
	ln -s "$root/usr/src/other-1.0" "$root/var/lib/dkms/other/1.0/source"
	finds 'a folder that breaks dkms' dkms "*/var/lib/dkms/other/1.0 is left of a module whose source $root/usr/src/other-1.0 is gone: *" \
		"sudo rm -r $root/var/lib/dkms/other/1.0"
	mkdir "$root/usr/src/other-1.0"
	: >"$root/usr/src/other-1.0/dkms.conf"
	run doctor
	expect 'with its source all is well' 0 "all is well: lunatik 0.1.0 on $kernel" ''

	packaged
	mkdir -p "$root/lib/modules/$kernel/kernel/lunatik" "$root/usr/local/sbin" "$root/lib/modules/lua/lunatik"
	: >"$root/lib/modules/$kernel/kernel/lunatik/luadevice.ko"
	finds 'modules of another installation' leftover '*/kernel/lunatik/luadevice.ko is *' \
		"sudo rm $root/lib/modules/$kernel/kernel/lunatik/*.ko* && sudo depmod"
	rm -r "$root/lib/modules/$kernel/kernel"
	ln -s /bin/true "$root/usr/local/sbin/lunatik"
	finds 'a command of another installation' command '*/usr/local/sbin/lunatik is *' "sudo rm $root/usr/local/sbin/lunatik"
	rm "$root/usr/local/sbin/lunatik"
	: >"$root/lib/modules/lua/lunatik/config.lua"
	finds 'a library of another installation' leftover '*lua/lunatik/config.lua is *' "sudo rm $root/lib/modules/lua/lunatik/config.lua"
	mv "$root/lib/modules/lua/lunatik/config.lua" "$root/lib/modules/lua/config.lua"
	chmod g+w "$root/etc/lunatik"
	finds 'a folder that others may write' owner '*etc/lunatik can be written by others*' \
		"sudo chown -R root $root/etc/lunatik && sudo chmod -R go-w $root/etc/lunatik"
	chmod g-w "$root/etc/lunatik"
	run doctor
	[[ $status = 0 && $out == 'note: in /lib/modules/lua, 1 script belongs to no package ('*'/lua/config.lua)'* ]]
	verdict $? 'scripts of nobody are told'
}

# KERNEL VERSION: the version of an image package.
backported() {
	printf 'NAME=x\nVERSION_CODENAME=trixie\n' >"$root/etc/os-release"
	echo "linux-image-$1 Version $2" >>"$root/packages"
}

# RELEASE HEADERS [SOURCE [VERSION]]: the packages that bring the headers of a kernel, and of those to come.
headers_of() {
	local kernel=$1
	unbuilt
	mkdir "$root/lib/modules/$kernel"
	[ -z "${3-}" ] || echo "linux-image-$kernel Source $3" >>"$root/packages"
	[ -z "${4-}" ] || backported "$kernel" "$4"
	TEST_RELEASE=$kernel finds "no headers of $kernel" headers "*$kernel: its headers are not installed" "sudo apt install linux-headers-$kernel$2"
}

flavours() {
	local flavour=amd64
	headers_of 6.1.0-49-amd64 ' linux-headers-amd64' 'linux-signed-amd64 (6.1.170+1)'
	headers_of 6.1.0-49-cloud-amd64 ' linux-headers-cloud-amd64'
	headers_of 6.1.0-49-rt-amd64 ' linux-headers-rt-amd64'
	headers_of 6.12.117+deb12-amd64 ' linux-headers-6.12-amd64' 'linux-signed-6.12-amd64 (6.12.117+1)'
	headers_of 6.12.117+deb12-cloud-arm64 ' linux-headers-6.12-cloud-arm64' 'linux-signed-6.12-arm64 (6.12.117+1)'
	headers_of 6.12.43+deb13-rt-amd64 ' linux-headers-rt-amd64' 'linux-signed-amd64 (6.12.43+1)'
	headers_of 6.13.2 ''
	headers_of 7.3.4+deb13-amd64 ' linux-headers-amd64/trixie-backports' 'linux-signed-amd64 (7.3.4-1~bpo13+1)' '7.3.4-1~bpo13+1'
	backports
	fedora
}

# A kernel of the backports: apt by itself would take the headers of another kernel.
backports() {
	local kernel=7.3.4+deb13-amd64 version=7.3.4-1~bpo13+1
	packaged
	backported $kernel $version
	backported amd64 $version
	installed linux-image-amd64
	echo 'linux-headers-amd64 Version 6.12.117-1' >>"$root/packages"
	TEST_RELEASE=$kernel run doctor
	[[ $out == *'note: linux-headers-amd64 is not installed in the version of the images: the next kernel '*'sudo apt install linux-headers-amd64/trixie-backports'* ]]
	verdict $? 'headers of another kernel than the images'
	sed -i 's/6.12.117-1/7.3.4-1~bpo13+1/' "$root/packages"
	TEST_RELEASE=$kernel run doctor
	[[ $out != *'next kernel'* ]]
	verdict $? 'headers of the same'
}

fedora() {
	local kernel=6.17.1-300.fc43.x86_64
	unbuilt
	rm "$root/etc/debian_version"
	mkdir "$root/lib/modules/$kernel"{,+rt}
	TEST_RELEASE=$kernel finds 'no headers, Fedora' headers '*' "sudo dnf install kernel-devel-$kernel"
	TEST_RELEASE=$kernel+rt finds 'no headers, a flavour of Fedora' headers '*' "sudo dnf install kernel-rt-devel-$kernel"
}

# A systemctl that only prints its arguments.
service() {
	local unit
	fresh
	mkdir -p "$root/etc/systemd/system"
	printf '#!/bin/sh\necho "$@"\n' >"$root/bin/systemctl"
	chmod +x "$root/bin/systemctl"
	run enable examples/passwd.lua
	expect enable 0 'enable lunatik@examples-passwd.service' ''
	[ ! -e "$root/etc/lunatik/service" ]
	verdict $? 'no options, no file'
	run enable --now hello
	expect 'enable --now without systemd' 1 '' 'lunatik: nothing can be started now: systemd does not run here; *'
	[ ! -e "$root/etc/lunatik/service" ]
	verdict $? 'and nothing is written'
	mkdir -p "$root/run/systemd/system"
	run enable --now --spawn --memory 2M --budget 5000 hello false
	expect 'enable --now' 0 'enable lunatik@hello.service --now' ''
	[[ $(<"$root/etc/lunatik/service/hello.conf") == *$'\nCOMMAND=spawn\nOPTIONS="--context softirq --memory 2097152 --budget 5000 "' ]]
	verdict $? 'its options'
	run enable --percpu hello
	[[ $(<"$root/etc/lunatik/service/hello.conf") == *$'\nCOMMAND=run\nOPTIONS="--percpu "' ]]
	verdict $? 'a state for each CPU'
	cp "$root/lib/modules/lua/hello.lua" "$root/etc/lunatik/a-b+c.lua"
	run enable a-b+c --before-network
	expect 'an escaped name' 0 'enable lunatik@a\x2db\x2bc.service' ''
	unit=$root/etc/systemd/system/'lunatik@a\x2db\x2bc.service.d/before-network.conf'
	grep -q '^Before=network-pre.target' "$unit"
	verdict $? 'before the network'
	run disable a-b+c --now
	expect disable 0 'disable lunatik@a\x2db\x2bc.service --now' ''
	run enable a-b+c
	expect 'enable again' 0 'enable lunatik@a\x2db\x2bc.service' ''
	[ -e "$unit" ]
	verdict $? 'as before: before the network'
	run enable a-b+c --context softirq
	expect 'with another option' 0 'enable lunatik@a\x2db\x2bc.service' ''
	[ ! -e "${unit%/*}" ]
	verdict $? 'the order goes'
	run enable nowhere
	expect 'enable what is not there' 1 '' 'lunatik: there is no script nowhere: searched for nowhere.lua in /etc/lunatik and /lib/modules/lua'
	run enable /lib/modules/lua/hello.lua
	expect 'enable by a path' 0 'enable lunatik@hello.service' ''
	run enable hello softirq
	expect 'enable with a context' 0 'enable lunatik@hello.service' ''
	grep -q '^OPTIONS="--context softirq "' "$root/etc/lunatik/service/hello.conf"
	verdict $? 'which is kept'
	run enable ../hello
	expect 'enable what is no name' 1 '' "lunatik: '../hello' is not a script's name: a path below /etc/lunatik or /lib/modules/lua of at most 127 letters, digits and _-+./, without '..'"
	printf '#!/bin/sh\nexit 1\n' >"$root/bin/systemctl"
	run enable hello
	expect 'systemctl fails' 1 '' "lunatik: 'systemctl enable lunatik@hello.service' failed"
}

# WORDS... EXPECTED: the words that bash offers for the last one.
completes() {
	out=$(bash -c 'compopt() { :; }; . ../../../userspace/lunatik/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_lunatik; echo "${COMPREPLY[*]}"' bash "${@:1:$#-1}")
	status=$? err=
	[ "$out" = "${*: -1}" ]
	verdict $? "completion of '${*:1:$#-1}'"
}

completion() {
	completes lunatik re 'reload rearm'
	completes lunatik d 'disable doctor'
	completes lunatik enable -- '--spawn --before-network --now --context --memory --budget --percpu --help'
	completes lunatik run x -- '--context --memory --budget --percpu --help'
	completes lunatik spawn x -- '--context --memory --budget --help'
	completes lunatik run x --context s softirq
	completes lunatik run x s softirq
	completes lunatik spawn x '' 'process softirq hardirq true false'
	completes lunatik enable x h hardirq
	completes lunatik run x softirq '' ''
	completes lunatik doctor - --json
	completes lunatik trace -- '--command --pid --duration --list --help'
	completes lunatik tr trace
	completes lunatik list --j --json
}

errors() {
	fresh
	run run broken
	expect 'a script that fails' 1 '' 'lunatik: /lib/modules/lua/broken.lua:1: oops'$'\n''stack traceback:*'
	run run time
	expect 'there is no os' 1 '' "lunatik: /lib/modules/lua/time.lua:1: attempt to index a nil value (global 'os')"*$'\n''lunatik: there is no library os in the kernel: require("linux") has the time, random numbers and sleeping; see lunatik-scripts(7)'
	feed 'io.open("x")\n'
	expect 'there is no io' 1 '' "*(global 'io')"*$'\n''lunatik: there is no library io in the kernel: require("device") *'
	feed 'require("os")\n'
	expect 'nor a module of that name' 1 '' "*module 'os' not found*lunatik: there is no library os in the kernel: *"
	run run nowhere
	expect 'a missing script' 1 '' '*cannot open /lib/modules/lua/nowhere.lua'$'\n''lunatik: there is no script nowhere: searched for nowhere.lua in /etc/lunatik and /lib/modules/lua'
	run run passwd
	expect 'a missing script with an example' 1 '' '*there is an example of that name: sudo lunatik run examples/passwd'
	rm -r "$root/lib/modules/lua/examples"
	run run examples/passwd
	expect 'a missing example' 1 '' '*sudo apt install lunatik-examples'
	rm "$root/etc/debian_version"
	run run examples/passwd
	expect 'a missing example where packages come by dnf' 1 '' '*sudo dnf install lunatik-examples'
	: >"$root/etc/debian_version"
	local name
	for name in ../etc/passwd /etc/passwd a//b . '' .lua $'a\nb' a/../b; do
		run run "$name"
		expect "bad name '$name'" 1 '' 'lunatik: *'
	done
	run run "$(printf 'x%.0s' {1..300})"
	expect 'long name' 1 '' '*at most 127 characters'
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
	feed 'x = {1, 2, {a = "b\\n"}, k = true} return x\nx.y = x\nx.k\n{{{}}}, "s"\n'
	expect 'tables are shown' 0 $'{1, 2, {a = "b\\n"}, k = true}\ntrue\n{{{}}}\ts' ''
	feed 'return {("x"):rep(60), ("y"):rep(60)}\n'
	[[ $status = 0 && $(wc -l <<<"$out") = 4 ]]
	verdict $? 'long tables take lines'
	feed 'local t = {} t.t = t for i = 1, 10000 do t[i] = i end return t\n'
	[[ $status = 0 && $out == *'table: '* || $out == *...* ]] && [ ${#out} -lt 10000 ]
	verdict $? 'endless and huge tables end'
	feed 'help\nhelp()\n'
	[[ $status = 0 && $out == *'lunatik.runner.run("NAME")'*'lunatik.runner.run("NAME")'* ]]
	verdict $? 'help'
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
	out=$(HOME=$root SLOW=1 LUNATIK=$lunatik command expect ../repl.exp 2>&1)
	status=$? err=
	verdict "$status" terminal
	[ "$(stat -c %a "$root/.lunatik_history")" = 600 ] && grep -q return "$root/.lunatik_history"
	verdict $? 'history file'
}

export PATH=$root/bin:$PATH
export ASAN_OPTIONS=detect_leaks=0
for group in usage not_root loading refused versions unloading together scripts paths doctor flavours service completion errors interrupting pipe terminal; do
	$group
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
