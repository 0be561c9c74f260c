#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Each package alone: it brings its files along, works in a container without modules, and leaves nothing.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

# The file of one package.
deb_of() { printf '%s\n' "${ours[@]}" | grep "/$1_"; }

# Condition: these packages of ours are installed, no others.
# shellcheck disable=SC2016 # dpkg expands
have() {
	local are
	are=$(inside dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'lunatik*' 2>&1 | awk '$2 == "installed" { print $1 }' | sort | paste -s -d ' ')
	[ "$are" = "$*" ] || { echo "installed: $are"; return 1; }
}

same_files() {
	diff <(echo "$before") <(files)
}

take start
before=$(files)
check "tools: apt installs them alone" apt install "$(deb_of lunatik-tools)"
check "tools: nothing else comes" have lunatik-tools
check "tools: the command helps" inside lunatik --help
check "tools: the status needs no modules" fails_with 1 inside lunatik status
check "tools: running says what to install" fails_with 3 inside lunatik run examples/passwd
check "tools: by name" said_has "apt install lunatik-dkms"
check "tools: a kernel comes without them minding" apt install "linux-headers-$new"
check "tools: silently" said_lacks "^lunatik"
check "tools: a kernel goes" apt purge --autoremove "linux-headers-$new"
check "tools: apt purges them" apt purge lunatik-tools
check "tools: leave nothing" same_files

# The others, with the tools where they need them.
for name in "${our_names[@]}"; do
	case $name in lunatik-tools | lunatik-dkms) continue ;; esac
	file=$(deb_of "$name") with=()
	if [[ $(dpkg-deb -f "$debs/${file##*/}" Depends) == *lunatik-tools* ]]; then
		check "$name: needs the tools" fails_with 100 apt install "$file"
		with=("$(deb_of lunatik-tools)")
	fi
	check "$name: apt installs it" apt install "$file" "${with[@]}"
	check "$name: apt removes it" apt remove "$name"
	check "$name: and purges it" apt purge "$name" lunatik-tools
	check "$name: leaves nothing" same_files
done

check "modules: apt installs them" apt install "$(deb_of lunatik-dkms)" "$(deb_of lunatik-tools)"
check "modules: are built" installed "$old"
check "modules: apt removes them, the tools stay" apt purge lunatik-dkms
check "modules: the tools stay" have lunatik-tools
check "modules: go with the tools they need" apt install "$(deb_of lunatik-dkms)"
check "modules: go with the tools they need" apt purge lunatik-tools
check "modules: nothing is installed" have
check "modules: leave nothing" same_files
