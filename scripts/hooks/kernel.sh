#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A kernel or its headers were installed. This file outlives a package that was removed but not purged.
[ -x /usr/lib/lunatik/postinst-kernel ] || exit 0
/usr/lib/lunatik/postinst-kernel "$1"
exit 0
