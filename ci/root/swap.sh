#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# swap.sh KERNEL TREE: put the debug kernel (ci/debug.sh) into a root, in the place of all others, as an installed
# kernel with headers looks; as root (see as_root).
set -euo pipefail
kernel=$1 tree=$2
version=$(cat "$kernel/version")
export PATH=$PATH:/usr/sbin:/sbin

rm -rf "${tree:?}"/usr/lib/modules/*-amd64 "${tree:?}"/boot/*
mkdir -p "$tree/usr/src" "$tree/usr/lib/modules"
tar -C "$tree/usr/src" --transform "s,^,linux-headers-," -xf "$kernel/headers.tar"
tar -C "$tree/usr/lib/modules" -xf "$kernel/modules.tar"
ln -s "/usr/src/linux-headers-$version" "$tree/usr/lib/modules/$version/build"
cp "$kernel/vmlinuz" "$tree/boot/vmlinuz-$version"
cp "$tree/usr/src/linux-headers-$version/.config" "$tree/boot/config-$version"
chown -R 0:0 "$tree/usr/src/linux-headers-$version" "$tree/usr/lib/modules/$version" "$tree/boot"
depmod -b "$tree" "$version"
