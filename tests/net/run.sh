#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The net library: IPv4 addresses.
. ../lib.sh
. ../cases.sh

lua_cases tests/net/basic
lua_cases tests/net/basic --context softirq
lua_cases tests/net/basic --context hardirq
