#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Write what is derived: the arrays of dkms.conf from src/modules, the prefixed names from Lua's headers, the README's
# kernels from ci/kernels.
set -eu
cd "$(dirname "$0")/.."

arrays() {
	sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' src/modules | awk '{
		print "BUILT_MODULE_NAME[" NR - 1 "]=\"" $1 "\""
		print "BUILT_MODULE_LOCATION[" NR - 1 "]=\"build/dkms/\""
		print "DEST_MODULE_LOCATION[" NR - 1 "]=\"/updates/dkms\""
	}'
}

# One sentence from the names, suites and image packages of the list.
kernels() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' ci/kernels | awk '{
		gsub(/[()\\]/, "", $3)
		gsub(/\[0-9\]\+/, "*", $3)
		list = list sprintf("%s %s (%s, `%s`)", NR > 1 ? "," : "", $1, $2, $3)
	} END { print "**Supported kernels**, each run by `make check`: Linux" list "." }'
}

# README.md with the text between its markers replaced.
readme() {
	sed '/^<!-- kernels: written by/q' README.md
	kernels
	sed -n '/^<!-- kernels: end/,$p' README.md
}

new=$(sed '/^# Written by "make regen"/q' dkms.conf && arrays)
[ "$new" = "$(cat dkms.conf)" ] || echo "$new" >dkms.conf
new=$(readme)
[ "$new" = "$(cat README.md)" ] || echo "$new" >README.md
scripts/generate-names.sh
