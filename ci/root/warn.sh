#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# warn.sh TREE VERSION FILE: build the module that tests/harness needs with the compiler and headers of a root,
# as root (see as_root).
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$1 version=$2 file=$3

mount -t tmpfs tmp "$tree/tmp"
mount -t proc proc "$tree/proc"
mount --bind /dev "$tree/dev" 2> /dev/null || mount --rbind /dev "$tree/dev"
mkdir "$tree/tmp/warn"
cp "$top/tests/harness/warn.c" "$tree/tmp/warn/"
echo 'obj-m := warn.o' > "$tree/tmp/warn/Makefile"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$tree" make -s -C "/lib/modules/$version/build" M=/tmp/warn modules >&2
cp "$tree/tmp/warn/warn.ko" "$file"
