#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# lunatik-xtables - make extensions of iptables from Lua scripts; see lunatik-xtables(8).
#
# A plugin is a copy of the stub under the extension's name: the C library loads one file once, whatever links to it.
set -eu

plugins=@XTLIBDIR@
stub=@LIBDIR@/stub.so
try=@LIBDIR@/luaxt-try
scripts=/etc/lunatik/xtables
packaged=/usr/share/lunatik/xtables
state=/var/lib/lunatik/xtables

usage() {
	cat <<'TEXT'
usage: lunatik-xtables install NAME [SCRIPT]   make extension NAME; SCRIPT is copied to /etc/lunatik/xtables/libxt_NAME.lua
       lunatik-xtables remove NAME             remove its plugin, and the script if install copied it
       lunatik-xtables list                    names of the installed extensions
       lunatik-xtables refresh                 bring all plugins up to date, after an upgrade
TEXT
}

fail() {
	echo "lunatik-xtables: $1" >&2
	exit "${2:-1}"
}

# Names as iptables and the kernel take them.
checked() {
	case $1 in
	'' | *[!a-zA-Z0-9_-]*) fail "'$1' is no name of an extension: letters, digits, _ and -" 2 ;;
	esac
	[ ${#1} -le 28 ] || fail "'$1' is too long for an extension: 28 characters at most" 2
}

plugin() { echo "$plugins/libxt_$1.so"; }

# Copy the stub in one step, so that iptables finds the old file or the new one.
place() {
	cp "$stub" "$(plugin "$1").new"
	chmod 644 "$(plugin "$1").new"
	mv "$(plugin "$1").new" "$(plugin "$1")"
}

# Whether the script is the copy that install made, as it made it: its checksum is kept.
is_copy() {
	[ -s "$state/$1" ] && [ -e "$scripts/libxt_$1.lua" ] && [ "$(cksum < "$scripts/libxt_$1.lua")" = "$(cat "$state/$1")" ]
}

# An administrator's own script is not overwritten.
copy_script() {
	target=$scripts/libxt_$1.lua
	[ "$(readlink -f "$2")" != "$(readlink -f "$target")" ] || return 0
	[ ! -e "$target" ] || is_copy "$1" || cmp -s "$2" "$target" ||
		fail "$target exists: 'lunatik-xtables install $1' uses it; to replace it, remove it first"
	mkdir -p "$scripts" "$state"
	install -m 644 "$2" "$target"
	cksum < "$target" > "$state/$1"
}

install_extension() {
	checked "$1"
	found=${2-}
	[ -e "$state/$1" ] || [ ! -e "$(plugin "$1")" ] || fail "$(plugin "$1") belongs to somebody else; choose another name"
	if [ -n "${2-}" ]; then
		[ -r "$2" ] || fail "cannot read $2"
	elif [ -e "$scripts/libxt_$1.lua" ]; then
		found=$scripts/libxt_$1.lua
	elif [ -e "$packaged/libxt_$1.lua" ]; then
		found=$packaged/libxt_$1.lua
	else
		fail "no libxt_$1.lua in $scripts or $packaged; name the script: lunatik-xtables install $1 SCRIPT"
	fi
	# iptables would only say that it does not know the extension.
	"$try" "$1" "$found" || fail "$found cannot be loaded; nothing was installed"
	[ -z "${2-}" ] || copy_script "$1" "$2"
	mkdir -p "$state"
	touch "$state/$1"
	place "$1"
}

remove_extension() {
	checked "$1"
	[ -e "$state/$1" ] || fail "no extension '$1' is installed; see lunatik-xtables list"
	! is_copy "$1" || rm "$scripts/libxt_$1.lua"
	rm -f "$(plugin "$1")" "$state/$1"
	rmdir "$state" 2> /dev/null || :
}

list() {
	for file in "$state"/*; do
		[ ! -e "$file" ] || basename "$file"
	done
}

refresh() {
	list | while read -r name; do
		cmp -s "$stub" "$(plugin "$name")" || place "$name"
	done
}

# Before the package goes: without the library, plugins would only fail. Names and scripts stay for its return.
withdraw() {
	list | while read -r name; do
		rm -f "$(plugin "$name")"
	done
}

case ${1-}/$# in
install/2 | install/3 | remove/2 | refresh/1 | withdraw/1)
	[ "$(id -u)" = 0 ] || fail "needs root: sudo lunatik-xtables $*" 3
	;;
esac
case ${1-}/$# in
install/2 | install/3) install_extension "$2" "${3-}" ;;
remove/2) remove_extension "$2" ;;
list/1) list ;;
refresh/1) refresh ;;
withdraw/1) withdraw ;;
--help/1 | -h/1) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
