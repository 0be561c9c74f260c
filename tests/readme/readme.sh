#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# What the documents show is what the machine prints.
top=$(cd ../.. && pwd)
exec bash "$top/ci/readme.sh" "$top/README.md" "$top/doc/guide.md" "$top"/examples/*/README.md
