#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Modules that cannot be built: a binding or the core does not compile, or a kernel option is missing. apt succeeds and shows why.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh


take start-installed
echo 'local completion = require("completion")' > "$work/needs.lua"
as_root cp "$work/needs.lua" "$tree/etc/lunatik/needs.lua"

# A binding.
break_source bindings/luacompletion.c
# shellcheck disable=SC2046 # two words
check "$new: apt succeeds with a binding that does not compile" apt install $(packages_of "$new")
check "$new: one line says so" one_line "lunatik: ready on $new, without luacompletion (lunatik status says why)"
check "$new: the rest is installed" installed "$new"
# shellcheck disable=SC2016 # the machine expands
check "$new: the machine runs without it" boot "$new" "$works"'
lunatik status || true
! lunatik run needs || exit 1
! lunatik run needs 2>&1 | grep -i oops'
check "$new: lunatik status says why" said_has 'luacompletion is not loaded (not available on this kernel: bindings/luacompletion.c:1:2: error: #error injected mistake)'
check "$new: require says where to read why" said_has "lunatik: no library 'completion': "

# The core.
break_source core/entry.c
# shellcheck disable=SC2046 # two words
check "$next: apt succeeds with a core that does not compile" apt install $(packages_of "$next")
check "$next: one line says so" one_line "lunatik: not available on $next: core/entry.c:1:2: error: #error injected mistake"
check "$next: DKMS is content" installed "$next"
# shellcheck disable=SC2016
check "$next: status fails, and so does running" boot "$next" '
lunatik status; [ $? = 1 ] || exit 1
lunatik run examples/passwd; [ $? = 3 ]'
check "$next: lunatik run says why" said_has "lunatik: lunatik does not work on kernel $next: core/entry.c:1:2: error: #error injected mistake"
check "$old: the old kernel still has all" boot "$old"

# An option of the kernel that is not set: take one away that a module needs.
take start
needed=$(awk '$1 !~ /^#/ && $3 { print $1, $3; exit }' "$top/src/modules")
if [ -n "$needed" ]; then
	read -r module option <<< "$needed"
	as_root sed -i "/^$option=/d" "$tree/usr/src/linux-headers-$old/.config" "$tree/usr/src/linux-headers-$old/include/config/auto.conf"
	check "apt installs our packages without $option" apt install "${ours[@]}"
	needing=$(awk -v option="$option" '$1 !~ /^#/ { for (i = 3; i <= NF; i++) if ($i == option) print $1 }' "$top/src/modules" | paste -s -d ' ')
	check "one line says so" one_line "lunatik: ready on $old, without $needing (lunatik status says why)"
	check "the machine runs without it" boot "$old" "$works
lunatik status || true"
	check "lunatik status says why" said_has "$module is not loaded (not available on this kernel: $option is not set in this kernel)"
else
	skip "an option that is missing" "no module needs one"
fi
