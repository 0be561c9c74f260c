#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# unpack.sh TAR TREE: unpack a root as root (see as_root). Device nodes are left out:
# an ordinary user cannot make them, and the machine mounts its own /dev.
set -euo pipefail
mkdir -p "$2"
tar -C "$2" -xf "$1" --numeric-owner --xattrs --xattrs-include='*' --exclude='./dev/*'
