#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# disk.sh TREE FILE: make an ext4 disk of a tree, with room to work in, as root (see as_root).
# It lives for one boot at a time: no journal, no checksums.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
megabytes=$(($(du -sm --apparent-size "$1" | cut -f 1) * 13 / 10 + 700))
rm -f "$2"
mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -m 0 -L lunatik \
	-E lazy_itable_init=1,root_owner=0:0 -d "$1" "$2" "${megabytes}M" > /dev/null
