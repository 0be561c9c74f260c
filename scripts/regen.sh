#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Write what is derived: the arrays of dkms.conf and the core's list of libraries from src/modules, the prefixed names
# from Lua's headers, the README's kernels from ci/kernels.
set -eu
cd "$(dirname "$0")/.."

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

# A sentence for each set, from the names, suites and image packages of the list; what check runs, matrix runs, too.
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

# README.md with the text between its markers replaced.
readme() {
	sed '/^<!-- kernels: written by/q' README.md
	kernels
	sed -n '/^<!-- kernels: end/,$p' README.md
}

update dkms.conf "$(sed '/^# Written by "make regen"/q' dkms.conf && arrays)"
update src/core/libraries.h "$(libraries)"
update README.md "$(readme)"
scripts/generate-names.sh
