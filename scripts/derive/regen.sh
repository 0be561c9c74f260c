#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Write what is derived: the arrays of dkms.conf and the core's list of libraries from src/modules, the prefixed names
# from Lua's headers, the README's kernels from ci/kernels, and the lists of libraries from the pages in doc/scripts/lib.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../.."

# Replace a file only if its contents change.
update() {
	[ "$2" = "$(cat "$1")" ] || printf '%s\n' "$2" >"$1"
}

arrays() {
	sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' src/modules | awk '{
		print "BUILT_MODULE_NAME[" NR - 1 "]=\"" $1 "\""
		print "BUILT_MODULE_LOCATION[" NR - 1 "]=\"build/dkms/\""
		print "DEST_MODULE_LOCATION[" NR - 1 "]=\"/updates/dkms\""
	}'
}

# The header with the names of the libraries.
libraries() {
	echo "/* SPDX-License-Identifier: MIT OR GPL-2.0-only */"
	echo "/* Generated from src/modules by \`make regen\`. */"
	sed -n 's/^[a-z][a-z0-9_]*[[:space:]]\{1,\}\([a-z][a-z0-9_]*\).*/"\1"/p' src/modules | paste -s -d , |
		sed -e 's/,/, /g' -e 's/^/#define LUNATIK_LIBRARIES /'
}

# A sentence for each set, from the names, suites and image packages of the list. The set matrix includes the set check.
kernels() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' ci/kernels | awk '{
		gsub(/[()\\]/, "", $4)
		gsub(/\[[^]]*\]\+/, "*", $4)
		if ($6 ~ /check/)
			check = check sprintf("- Linux %s: %s, `%s`\n", $1, $2, $4)
		else if ($6 ~ /arm64/)
			arm64 = arm64 sprintf("- %s: %s, `%s`\n", $1, $2, $4)
		else if (!seen[$4])
			matrix = matrix sprintf("%s %s", matrix ? "," : "", $1)
		seen[$4] = 1
	} END {
		print "`make check` runs each of these:\n\n" check
		print "`make matrix` runs more ([results](doc/admin/kernel-matrix.md)):\n\n-" matrix "\n"
		printf "%s", "`make check-arm64` runs tests of the core, devices and packets on emulated arm64:\n\n" arm64
	}'
}

# "GROUP<tab>NAME<tab>TEXT" of each page of a library, from the comment below its title; the groups in their order.
pages() {
	for group in Programs Packets "The kernel" "Shared by scripts" Runtimes; do
		sed -n "s/^<!-- \($group\): \(.*\) -->\$/\1	\2/p;T;F" doc/scripts/lib/*.md | paste - - |
			sed 's|^\([^	]*\)	\([^	]*\)	doc/scripts/lib/\(.*\)\.md$|\1	\3	\2|'
	done
}

# Join the lines of standard input by single spaces, at most 120 columns a line, what follows the first indented.
wrap() {
	paste -s -d ' ' | fold -s -w "$1" | sed -e 's/ $//' -e "2,\$s/^/$2/"
}

# The lists of the README, a group each.
groups() {
	pages | cut -f 1 | uniq | while read -r group; do
		pages | awk -F '\t' -v group="$group" '
			$1 == group { text = text (text ? ", " : "") sprintf("[%s](doc/scripts/lib/%s.md)", $2, $2) }
			END { print "- " group ": " text "." }' | wrap 116 "  "
	done
}

index() {
	printf '%s\n' "| library | for |" "| --- | --- |"
	pages | awk -F '\t' '{ printf "| [%s](%s.md) | %s |\n", $2, $2, $3 }'
}

# The names of the libraries that have no dot, for the help of a session; lunatik has a line of its own there.
names() {
	lead="  linux = require(\"linux\")        a library: "
	indent=$(printf '%34s' "")
	{ echo "a library:"; pages | cut -f 2 | grep -v -e '[.]' -e '^lunatik$' | LC_ALL=C sort | sed '$s/$/;/'; echo "then linux shows what it has"; } |
		wrap 85 "$indent" | sed "1s/^a library:/${lead% }/"
}

help() {
	sed '/require("linux")/,$d' src/lib/lunatik/help.lua
	names
	sed -n '/lunatik.list()/,$p' src/lib/lunatik/help.lua
}

# A file with the text between two markers replaced by standard input.
between() {
	sed "/^<!-- $2: written by/q" "$1"
	cat
	sed -n "/^<!-- $2: end/,\$p" "$1"
}

update dkms.conf "$(sed '/^# Written by "make regen"/q' dkms.conf && arrays)"
update src/core/libraries.h "$(libraries)"
update README.md "$(kernels | between README.md kernels)"
update README.md "$(groups | between README.md libraries)"
update doc/scripts/lib/README.md "$(index | between doc/scripts/lib/README.md libraries)"
update src/lib/lunatik/help.lua "$(help)"
scripts/derive/generate-names.sh
