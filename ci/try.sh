#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# try.sh KERNEL DIR 'COMMAND' [OPTIONS of boot.sh]: boot Debian's base root, without our packages, with
# what DIR holds as /try, and run COMMAND there; status as of boot.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 3 ] || die "usage: try.sh KERNEL DIR 'COMMAND' [OPTIONS of boot.sh]"
kernel=$1 dir=$2 job=$3
shift 3
exec "$ci/boot.sh" --disk base --label try --overlay "$dir:/try" --command "cd /try
$job" "$@" "$kernel"
