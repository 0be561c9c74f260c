#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Check the size of the patches to Lua against lua/patch-size: more lines than that, added or removed, are an error, and so
# are fewer, until the file has the new numbers. A patch that only deletes is an error: leave the lines in, behind a macro.
#
# Usage: lua-patches.sh [--update]
#
#	--update  write the numbers to lua/patch-size, if none of them grows
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
file=lua/patch-size
status=0

# Print how many lines of patches begin with a sign, headers of files excepted.
count() { cat "${@:2}" | grep -v -e '^+++ ' -e '^--- ' | grep -c "^[$1]" || true; }

for patch in lua/patches/*.patch; do
	[ "$(count + "$patch")" -gt 0 ] || { echo "$patch only deletes"; status=1; }
done
for name in added removed; do
	[ $name = added ] && sign=+ || sign=-
	now=$(count "$sign" lua/patches/*.patch)
	allowed=$(sed -n "s/^$name //p" $file)
	if [ "$now" -gt "$allowed" ]; then
		echo "the patches to Lua have $now lines $name, $allowed are allowed: put the code into lua/kernel, and call it in one line"
		status=1
	elif [ "$now" -lt "$allowed" ] && [ "${1-}" = --update ]; then
		sed -i "s/^$name .*/$name $now/" $file
	elif [ "$now" -lt "$allowed" ]; then
		echo "the patches to Lua have only $now lines $name: scripts/checks/lua-patches.sh --update"
		status=1
	fi
done
exit $status
