#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Plugin of kernel-install, after DKMS's own (40-dkms.install): a kernel was installed or is being removed. It never keeps the others
# from running.
#
# Usage: 45-lunatik.install COMMAND KERNEL ...
case ${1-} in
add) [ ! -x /usr/lib/lunatik/postinst-kernel ] || /usr/lib/lunatik/postinst-kernel "${2-}" ;;
remove) [ -z "${2-}" ] || [ "$2" = lua ] || rm -rf "/lib/modules/$2/lunatik" ;;
esac
exit 0
