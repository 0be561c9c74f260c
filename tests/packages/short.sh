#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The short way through the packages' life, for `make check`: a machine with 6.1 and our packages gets 6.12 while a binding does not
# compile, boots it, loses it again, and loses our packages.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

# Condition: the reference comes with the tools, where their manual pages name it.
documented() {
	local name files
	files=$(dpkg-deb -c "$debs"/lunatik-tools_*.deb)
	while read -r name; do
		grep -qE "/usr/share/doc/lunatik-tools/$name(\.gz)?$" <<< "$files" || { echo "no $name"; return 1; }
	done < <(cd "$top/doc" && find . -name '*.md' -printf '%P\n'; echo SECURITY.md)
}

check "the documents come with the tools" documented
take newest
before=$(files)
check "apt installs our packages" apt install "${ours[@]}"
check "DKMS takes the folder of the scripts for no kernel" said_lacks "kernel lua|seem to be installed"
check "$new: the output says that it is ready" one_line "lunatik: ready on $new"
check "$new: DKMS has built for it" installed "$new"

break_source bindings/luacompletion.c
# shellcheck disable=SC2046 # two words
check "$next: apt installs image and headers" apt install $(packages_of "$next")
check "$next: one line names the missing package" one_line "lunatik: ready on $next, without luacompletion (lunatik status says why)"
check "$next: it boots, the example runs" boot "$next" "$works
lunatik load && lunatik status"
check "$next: lunatik status names the missing package" said_has "luacompletion is not loaded (not available on this kernel: bindings/luacompletion.c:1:2: error: #error injected mistake)"
# shellcheck disable=SC2046 # two words
check "$next: apt purges it" apt purge --autoremove $(packages_of "$next")
check "$next: nothing is left of it" nothing_left "$next"

check "apt purges our packages" apt purge "${our_names[@]}"
check "all files are as before" diff <(echo "$before") <(files)
