#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# install.sh TREE DEBDIR VERSION...: install packages into a root and see to it that DKMS has built the modules
# for each kernel; as root of a mount namespace (see as_root).
set -euo pipefail
tree=$1 debs=$2
shift 2
# shellcheck source=mounts.sh
. "$(dirname "$0")/mounts.sh"

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

mount_tree
forbid_services
mkdir "$tree/tmp/debs"
cp "$debs"/*.deb "$tree/tmp/debs/"
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
