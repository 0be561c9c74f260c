#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The libraries that the command uses in its sessions, as Lua.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

check "the modules load" lunatik load
check "lunatik.json and lunatik.command" within 30 lunatik run tests/cli/library
check "the script stops" lunatik stop tests/cli/library
