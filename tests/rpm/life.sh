#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck disable=SC2154
# The RPMs' life by dnf, in a root with two kernels: a kernel that goes and comes back, its headers, a later release of the same
# version, a later version, the way back, removal.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

plugin=/usr/lib/kernel/install.d/45-lunatik.install

# Condition: a kernel's core was built from a version of the sources.
core_is() {
	local kernel=$1 expected=$2 found
	found=$(inside modinfo -F lunatik_release -k "$kernel" lunatik)
	[ "$found" = "$expected" ] && return 0
	echo "the core of $kernel is from '$found', not '$expected'"
	return 1
}

both_from() { core_is "$new" "$1" && core_is "$next" "$1"; }

only_version() {
	local others
	others=$(inside dkms status -m lunatik | grep "^lunatik/" | grep -vF "lunatik/$1, ")
	[ -z "$others" ] || { echo "$others"; return 1; }
	others=$(cd "$tree/usr/src" && echo lunatik-*)
	[ "$others" = "lunatik-$1" ] || { echo "sources: $others"; return 1; }
}

# Its folders are its own: rpm leaves what nobody owns.
some_headers() {
	mkdir -p "$1/usr/src/kernels/some"
	: > "$1/usr/src/kernels/some/Makefile"
}

take_for_dnf
like_fedora
# As Fedora has the headers of a kernel: /lib/modules shows which kernel they are for.
make_rpm "$work/headers" some-headers some_headers /usr/src/kernels < /dev/null
before=$(files)
repository lunatik "$rpms"
check "dnf installs our packages" dnf install "${names[@]}"
check "DKMS has built for $new and $next" installed "$new" "$next"

check "$next is removed: our plugin of kernel-install runs" inside "$plugin" remove "$next"
check "its kept files are gone" [ ! -e "$tree/lib/modules/$next/lunatik" ]
check "DKMS removes its modules, as on Fedora" inside dkms uninstall -m lunatik -v "$version" -k "$next"
check "it comes back: our plugin runs" inside "$plugin" add "$next" /boot/efi "/boot/vmlinuz-$next"
check "the output says so" one_line "lunatik: ready on $next"
check "DKMS has it" installed "$new" "$next"
check "the plugin knows /lib/modules/lua" inside "$plugin" remove lua
check "and leaves our library there" [ -e "$tree/usr/lib/modules/lua/lunatik/runner.lua" ]

check "modules of $next are gone" inside dkms uninstall -m lunatik -v "$version" -k "$next"
repository headers "$work/headers"
check "dnf installs headers of a kernel" dnf install some-headers
check "DKMS has the modules of every kernel with headers" installed "$new" "$next"

bump "$version" 2
check "dnf upgrades to a later release of this version" dnf upgrade
check "DKMS has the modules" installed "$new" "$next"
check "they are built from that release" both_from "$version-2"

bump 9.0.0 1
check "dnf upgrades to a later version" dnf upgrade
check "DKMS has the modules" installed "$new" "$next"
check "they are of that version" both_from 9.0.0-1
check "and nothing is left of the older one" only_version 9.0.0

repository lunatik "$rpms"
check "dnf goes back to the older version" dnf downgrade "${names[@]}"
check "DKMS has the modules" installed "$new" "$next"
check "they are of that version" both_from ""
check "and nothing is left of the later one" only_version "$version"

check "dnf removes our packages" dnf remove "${names[@]}" some-headers
check "all files are as before" diff <(echo "$before") <(files)
