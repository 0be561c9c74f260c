#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Names that do not exist are errors: constants and options.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

lua_cases tests/core/names
lua_cases tests/core/names --context softirq
lua_cases tests/core/names --context hardirq
