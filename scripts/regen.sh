#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Write what is derived: the arrays of dkms.conf from src/modules, the prefixed names from Lua's headers.
set -eu
cd "$(dirname "$0")/.."

arrays() {
	sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' src/modules | awk '{
		print "BUILT_MODULE_NAME[" NR - 1 "]=\"" $1 "\""
		print "BUILT_MODULE_LOCATION[" NR - 1 "]=\"build/dkms/\""
		print "DEST_MODULE_LOCATION[" NR - 1 "]=\"/updates/dkms\""
	}'
}

new=$(sed '/^# Written by "make regen"/q' dkms.conf && arrays)
[ "$new" = "$(cat dkms.conf)" ] || echo "$new" >dkms.conf
scripts/generate-names.sh
