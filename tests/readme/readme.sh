#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What the README shows is what the machine prints.
if [ ! -f ../../README.md ]; then
	. ../lib.sh
	skip_all "there is no README yet"
fi
exec bash ../../ci/readme.sh
