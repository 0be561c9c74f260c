# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Sourced by what works inside a root, as root of a mount namespace (see as_root); $tree is the root.

# Mount what maintainer scripts and compilers expect.
mount_tree() {
	local node
	mount -t proc proc "$tree/proc"
	mount -t tmpfs tmp "$tree/tmp"
	mount -t tmpfs -o mode=755 dev "$tree/dev"
	for node in null zero full random urandom tty; do
		touch "$tree/dev/$node"
		mount --bind "/dev/$node" "$tree/dev/$node"
	done
	ln -s /proc/self/fd "$tree/dev/fd"
	mkdir "$tree/dev/pts"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$tree/dev/pts"
	ln -s pts/ptmx "$tree/dev/ptmx"
}

# No service is started in here.
forbid_services() {
	printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
}

# Run a command in the root.
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive INITRD=No \
		chroot "$tree" "$@"
}
