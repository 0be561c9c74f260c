#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The language is the same in every kind of runtime.
. ../lib.sh
# shellcheck source=../cases.sh
. ../cases.sh

for context in process softirq hardirq; do
	lua_cases tests/core/language --context "$context"
done
