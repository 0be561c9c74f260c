#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Our packages on a machine with three kernels: upgrade, downgrade, reinstallation, removal, purge.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh
newer=${version%.*}.$((${version##*.} + 1))

# Condition: a version of ours, and no other one, is installed for all three kernels.
only_version() {
	local kernel others
	installed "$old" "$new" "$next" || return 1
	for kernel in "$old" "$new" "$next"; do
		[ "$(inside modinfo -k "$kernel" -F version lunatik)" = "$1" ] || { echo "another version for $kernel"; return 1; }
	done
	others=$(find "$tree/usr/src" "$tree/var/lib/dkms/lunatik" -maxdepth 1 -name '*[0-9].[0-9]*' ! -name 'kernel-*' | grep -F "${2:-lunatik}" | grep -vF "$1")
	[ -z "$others" ] || { echo "left: $others"; return 1; }
	[ -f "$tree/usr/include/lunatik/lunatik.h" ] || { echo "/usr/include/lunatik leads nowhere"; return 1; }
}

# Condition: the files of others are there as they were.
theirs="etc/lunatik/mine.lua lib/modules/lua/mine.lua lib/modules/lua/examples/mine.lua lib/modules/lua/lunatik/mine.lua lib/modules/$old/updates/dkms/other.ko"
theirs_are_kept() {
	local file
	for file in $theirs; do
		[ "$(cat "$tree/$file")" = "return 1" ] || { echo "$file is gone"; return 1; }
	done
}

# Condition: the kernels' lists of modules name none of ours.
not_in_lists() {
	! grep -lE '/(lunatik|lua[a-z]+)\.ko' "$tree"/lib/modules/*/modules.dep
}

# Condition: the root holds the files that it held before, and those of others.
# shellcheck disable=SC2086 # words
as_before() {
	local changes
	changes=$(diff <(echo "$before") <(files) | grep -E '^[<>]' | grep -vE "^> ./etc/lunatik$|^> ./usr/lib/modules/lua(/examples|/lunatik)?$" |
		grep -vF "$(printf '> ./%s\n' $theirs | sed 's|/lib/|/usr/lib/|')" | grep -vE "^> ./usr/lib/modules/$old/updates(/dkms)?$")
	[ -z "$changes" ] || { echo "$changes"; return 1; }
}

if ! make_tree three > /dev/null; then
	not_ok "the root is made"
	exit 1
fi
before=$(files)
take three-installed
for file in $theirs; do
	echo "return 1" > "$work/mine"
	as_root install -D -m 644 "$work/mine" "$tree/$file"
done
check "three kernels have $version" only_version "$version"

# As dpkg gives up an upgrade: the new package cannot be unpacked.
check "an upgrade begins" inside /var/lib/dpkg/info/lunatik-dkms.prerm upgrade "$newer-1"
check "which takes the modules away" not_installed "$old" "$new" "$next"
check "and is given up" inside /var/lib/dpkg/info/lunatik-dkms.postinst abort-upgrade "$newer-1"
check "three kernels have $version again" only_version "$version"

bring "$newer"
check "apt upgrades to $newer" apt install "${ours[@]}"
check "three kernels have $newer alone" only_version "$newer"
for kernel in "$old" "$new" "$next"; do
	check "$kernel: boots, the example runs" boot "$kernel" "lunatik --version | grep -F $newer && $works"
done
debs=$built
mapfile -t ours < <(ours_of "$debs")
check "apt downgrades to $version" apt install "${ours[@]}"
check "three kernels have $version alone" only_version "$version"
check "$new: boots, the example runs" boot "$new"
check "apt reinstalls" apt install --reinstall "${ours[@]}"
check "three kernels have $version still" only_version "$version"
check "$next: boots, the example runs" boot "$next"
check "the files of others are kept" theirs_are_kept

check "apt removes" apt remove "${our_names[@]}"
check "no module is left" not_in_lists
check "nothing is left beside the kernels" test ! -e "$tree/lib/modules/$old/lunatik"
check "the files of others are kept" theirs_are_kept
check "$old: boots without" boot "$old" '! command -v lunatik && ! modprobe lunatik'

# The hooks in /etc are left, and must not mind.
check "a kernel is purged" apt purge "linux-image-$new" "linux-headers-$new"
check "silently" said_lacks "[Ll]unatik|return code"
check "a kernel is installed" apt install "linux-image-$new" "linux-headers-$new"
check "silently" said_lacks "[Ll]unatik|return code"

check "apt purges" apt purge "${our_names[@]}"
check "the files of others are kept" theirs_are_kept
check "all files are as before" as_before
check "dpkg knows none of ours" fails_with 1 inside sh -c "dpkg-query -W 'lunatik*'"
