#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Where scripts and libraries come from, and what is refused.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

folder=/lib/modules/lua/tests/core
put() {
	on_exit rm -rf "$folder/$1"
	echo "${2-return 1}" > "$folder/$1"
}

klog_mark
put writable.lua
chmod o+w $folder/writable.lua
put grouped.lua
chmod g+w $folder/grouped.lua
put owned.lua
chown 1000 $folder/owned.lua
put broken.lua $'local x = 1\n\nx = = 2'
put huge.lua
truncate -s 17M $folder/huge.lua
on_exit rm -rf $folder/fifo.lua $folder/folder.lua $folder/device.lua $folder/link.lua $folder/escape.lua
mkfifo $folder/fifo.lua
mkdir $folder/folder.lua
mknod $folder/device.lua c 1 5
ln -s module_file.lua $folder/link.lua
ln -s /tmp/escape.lua $folder/escape.lua
echo 'return 1' > /tmp/escape.lua
chown 1000 /tmp/escape.lua
on_exit rm -f /lib/modules/lua/data.lua
echo 'return {new = false}' > /lib/modules/lua/data.lua
lua_cases tests/core/loadable
rm -f /lib/modules/lua/data.lua

# A runtime that reads no file finds no file: one that may not sleep, once its body has ended.
check "a script of another owner is refused" refuses "must belong to root" tests/core/owned
check "a script that others may write is refused" refuses "must belong to root" tests/core/writable
check "a script that its group may write is refused" refuses "must belong to root" tests/core/grouped
check "a link to somebody else's file is refused" refuses "must belong to root" tests/core/escape
check "a syntax error names its line" refuses "tests/core/broken.lua:3:" tests/core/broken
check "a fifo is no script" refuses "" tests/core/fifo
check "the error names a missing script" refuses "cannot open /lib/modules/lua/tests/core/nowhere.lua" tests/core/nowhere

refuses_name() {
	fails_with 1 within 30 lunatik run "$1" || return 1
	[[ $output == *lunatik:* ]]
}
long=$(printf 'x%.0s' {1..300})
for name in ../../etc/passwd tests/../tests/core/example /lib/modules/tests/core/example 'tests//core/example' . \
	'a b' 'tests/core/' "$long" $'a\nb' 'x;y' "a'b" 'a"b]]' 'ä'; do
	check "no script has the name '${name:0:40}'" refuses_name "$name"
done

# The administrator's folder comes before the packages'.
precedence() {
	mkdir -p /etc/lunatik/tests/core
	echo 'print("from the administrator")' > /etc/lunatik/tests/core/module_file.lua
	output_is "from the administrator" within 30 lunatik run tests/core/module_file.lua || return 1
	within 30 lunatik stop tests/core/module_file
}
required() {
	echo 'return "library of the administrator"' > /etc/lunatik/tests/core/library.lua
	echo 'print((require("tests.core.library")))' > /etc/lunatik/tests/core/module_file.lua
	output_is "library of the administrator" within 30 lunatik run tests/core/module_file.lua || return 1
	within 30 lunatik stop tests/core/module_file
}
on_exit rm -rf /etc/lunatik/tests
check "the administrator's folder goes first" precedence
check "and is searched for libraries" required
rm -rf /etc/lunatik/tests

# A script is found from the root of init, whatever root the command has.
elsewhere() {
	mkdir -p /tmp/root
	mount --rbind / /tmp/root && mount -t tmpfs none /tmp/root/lib/modules/lua 2>&1 || return 1
	mkdir -p /tmp/root/lib/modules/lua/tests/core
	echo 'print("wrong")' > /tmp/root/lib/modules/lua/tests/core/example.lua
	output_is "" within 30 chroot /tmp/root lunatik run tests/core/example
}
on_exit umount -R -l /tmp/root
on_exit lunatik stop tests/core/example
check "scripts come from the root of init" unshare -m bash -c "$(declare -f elsewhere output_is capture within); elsewhere"

being_written() {
	put written.lua
	exec 8>> $folder/written.lua
	refuses "cannot open $folder/written.lua: it is being written" tests/core/written || return 1
	exec 8>&-
	starts tests/core/written && stops tests/core/written
}
check "a script that somebody writes is refused meanwhile" being_written
put empty.lua
: > $folder/empty.lua
check "an empty script runs" starts tests/core/empty
check "... and stops" stops tests/core/empty

# The kernel's own measurement lists the files that it read as code.
ima=/sys/kernel/security/ima
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
measured() {
	put measured.lua
	starts tests/core/measured && stops tests/core/measured && grep -qF $folder/measured.lua $ima/ascii_runtime_measurements
}
if [ -w $ima/policy ] && echo 'measure func=MODULE_CHECK' > $ima/policy; then
	check "IMA measures scripts" measured
else
	skip "IMA measures scripts" "the kernel takes no policy"
fi

check "the kernel log is clean" eval '! klog_report'
