# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For test scripts that need C modules: builds them in the machine, once, against the installed interface.
#
#   built_modules        condition: the modules are there
#   insert NAME          condition: one is loaded; it is removed when the script ends

modules_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules_built=/tmp/lunatik-test-modules

built_modules() {
	[ ! -e "$modules_built/done" ] || return 0
	rm -rf "$modules_built"
	cp -r "$modules_here" "$modules_built" || return 1
	lunatik kbuild-flags > "$modules_built/lunatik.mk" || return 1
	make -C "/lib/modules/$(uname -r)/build" M="$modules_built" modules > "$modules_built/log" 2>&1 ||
		{ cat "$modules_built/log"; return 1; }
	# Headers of kernels before 6.12 do not hold what makes BTF.
	if grep -i warning "$modules_built/log" | grep -v 'differs from the one used\|BTF'; then
		return 1
	fi
	touch "$modules_built/done"
}

remove() {
	[ ! -e "/sys/module/$1" ] || rmmod "$1"
}

insert() {
	on_exit remove "$1"
	insmod "$modules_built/$1.ko"
}
