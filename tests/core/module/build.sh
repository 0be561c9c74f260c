# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For test scripts that need C modules: those that were built against the installed interface along with the
# machine's disk, or else built here, which takes a minute.
#
#   built_modules        condition: the modules are there, and their build did not warn
#   insert NAME          condition: one is loaded; it is removed when the script ends

modules_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules_built=/usr/share/lunatik-tests/modules/$(uname -r)/core

build_modules() {
	mkdir -p "${modules_built%/*}"
	cp -r "$modules_here" "$modules_built" || return 1
	lunatik kbuild-flags > "$modules_built/lunatik.mk" &&
		make -C "/lib/modules/$(uname -r)/build" M="$modules_built" modules > "$modules_built/log" 2>&1 && touch "$modules_built/done"
}

built_modules() {
	[ -e "$modules_built" ] || build_modules
	[ -e "$modules_built/done" ] || { cat "$modules_built/log"; return 1; }
	# Headers of kernels before 6.12 do not hold what makes BTF.
	! grep -i warning "$modules_built/log" | grep -v 'differs from the one used\|BTF'
}

remove() {
	[ ! -e "/sys/module/$1" ] || rmmod "$1"
}

insert() {
	on_exit remove "$1"
	insmod "$modules_built/$1.ko"
}
