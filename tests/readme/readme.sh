#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The machine prints what the documents show.
top=$(cd ../.. && pwd)
exec bash "$top/ci/guest/readme.sh" "$top/README.md" "$top"/doc/admin/*.md "$top"/doc/scripts/*.md "$top"/doc/scripts/lib/*.md \
	"$top"/examples/*/README.md
