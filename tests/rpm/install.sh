#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck disable=SC2154
# Installation by dnf, in a root with two kernels: DKMS builds for both, and both boot.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

# Modules in the folder of each kernel, by the name of src/modules.
all_modules() {
	local kernel name
	for kernel in "$new" "$next"; do
		while read -r name; do
			compgen -G "$tree/lib/modules/$kernel/updates/dkms/$name.ko*" > /dev/null || { echo "no $name for $kernel"; return 1; }
		done < <(sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' "$top/src/modules")
	done
}

# Condition: no module loads by itself when a device comes, a bus is scanned or a file system is mounted.
no_device_alias() {
	local file aliases
	for file in "$tree/lib/modules/$1"/updates/dkms/*.ko*; do
		aliases=$(modinfo -F alias "$file" | grep -vE '^(lunatik-lib-[a-z0-9_]+|(ipt|ip6t|xt|ebt|arpt)_[A-Za-z0-9_]+)$')
		[ -z "$aliases" ] || { echo "$(basename "$file"): $aliases"; return 1; }
	done
	! compgen -G "$tree/usr/lib/modules-load.d/*lunatik*" && ! compgen -G "$tree/etc/modules-load.d/*lunatik*"
}

take_for_dnf
like_fedora
repository lunatik "$rpms"
check "dnf installs our packages" dnf install "${names[@]}"
check "DKMS has built for $new and $next" installed "$new" "$next"
check "with every module" all_modules
check "one line says so for $new" one_line_of_dnf "lunatik: ready on $new"
check "and once for $next" one_line_of_dnf "lunatik: ready on $next"
check "no module of $new loads by a device's alias" no_device_alias "$new"
check "no module of $next loads by a device's alias" no_device_alias "$next"
check "the command runs, with the libraries' names of Fedora" inside lunatik --version
check "and is of this version" said_has "lunatik $version"
check "the plugin of iptables finds its libraries" inside ldd /usr/lib64/lunatik/stub.so
check "all of them" said_lacks 'not found'
as_root mv "$tree/lib/modules/$next/build" "$tree/root/build"
check "a kernel without headers" inside /usr/lib/lunatik/postinst-kernel "$next"
check "the message has the name of the package that Fedora would have" \
	one_line "lunatik: no modules for $next without its headers: dnf install kernel-${next##*+}-devel-${next%+*}"
as_root mv "$tree/root/build" "$tree/lib/modules/$next/build"
for kernel in "$new" "$next"; do
	check_boot "$kernel"
done

