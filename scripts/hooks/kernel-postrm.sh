#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# A kernel was removed: remove the files kept for it. This file outlives a package that was removed but not purged.
[ -x /usr/lib/lunatik/postinst-kernel ] || exit 0
case "${DEB_MAINT_PARAMS-}" in *upgrade* | *abort*) exit 0 ;; esac
[ -z "$1" ] || rm -rf "/lib/modules/$1/lunatik"
exit 0
