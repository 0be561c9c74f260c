#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The data library: raw memory in Lua.
. ../lib.sh
. ../cases.sh

lua_cases tests/data/basic
lua_cases tests/data/basic --context softirq
lua_cases tests/data/basic --context hardirq
lua_cases tests/data/shared
