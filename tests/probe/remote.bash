# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# For test scripts: Lua in the runtime of remote.lua, which has to run.

remote=/dev/probe_test

# Run Lua; prints its results. It is one write: bash writes line by line.
remote() {
	printf '%s' "${1//$'\n'/ }" > $remote && head -c 4000 $remote
}

# Condition: Lua gives a text: TEXT LUA.
gives() {
	output_is "$1" remote "$2"
}

# Condition: Lua gives a text somewhere in its results: TEXT LUA.
says() {
	output_has "$1" remote "$2"
}
