#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# phase.sh NAME COMMAND...: run a command as a phase of ci/budgets, with its seconds on the screen.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
phase "$@"
