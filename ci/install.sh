#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# install.sh TREE DEBDIR VERSION...: install packages into a root and see to it that DKMS has built the modules
# for each kernel; as root of a mount namespace (see as_root).
set -euo pipefail
tree=$1 debs=$2
shift 2

# Mount what maintainer scripts and compilers expect.
prepare() {
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
	mkdir "$tree/tmp/debs"
	cp "$debs"/*.deb "$tree/tmp/debs/"
	# No service is started in here.
	printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
}

# Run a command in the root.
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$tree" "$@"
}

# Print what DKMS's last builds said.
show_logs() {
	local log
	for log in "$tree"/var/lib/dkms/lunatik/*/build/make.log "$tree"/var/lib/dkms/lunatik/*/*/*/log/make.log; do
		[ -f "$log" ] || continue
		echo "--- ${log#"$tree"}"
		tail -n 60 "$log"
	done
}

# There are no lists of an archive in here: a package that is missing belongs into ci/packages.root.
install_packages() {
	inside sh -c 'apt-get -q install -y --no-install-recommends -o APT::Sandbox::User=root \
		-o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0 /tmp/debs/*.deb'
}

prepare
if ! install_packages; then
	show_logs
	exit 1
fi
built=$(inside dkms status)
echo "$built"
for version in "$@"; do
	if ! grep -q "^lunatik/.*, $version, .*: installed" <<< "$built"; then
		echo "DKMS has not installed lunatik for $version"
		show_logs
		exit 1
	fi
	echo "image: lunatik is installed for $version"
done
rm "$tree/usr/sbin/policy-rc.d"
umount "$tree/dev/pts" "$tree"/dev/{null,zero,full,random,urandom,tty}
umount "$tree/dev" "$tree/tmp" "$tree/proc"
