#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# deps.sh [LIST...]: install those host packages of ci/deps/host, and of other lists (ci/deps/LIST), that are missing, by
# one apt-get command, which is printed first. PRINT=1 only prints it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The first phase of everything: a new table of times begins.
mkdir -p "$build"
: > "$build/times"

missing=()
for package in $(data "$ci/deps/host" "${@/#/$ci/deps/}"); do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
	say "deps: nothing is missing"
	exit 0
fi

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
command="${sudo:+sudo }apt-get install -y --no-install-recommends ${missing[*]}"
echo "$command"
[ "${PRINT:-}" != 1 ] || exit 0
if [ -n "$sudo" ] && ! command -v sudo > /dev/null; then
	die "this needs root, and there is no sudo: run the command above as root"
fi

# An index may be missing or too old to name a file that the archive still has.
export DEBIAN_FRONTEND=noninteractive
if ! $command; then
	say "deps: once more, after apt-get update"
	$sudo apt-get update
	$command || die "apt-get failed: run the command above by hand"
fi
note_time deps $SECONDS
