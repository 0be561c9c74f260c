#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Install parts of the project, as the packages hold them, under DESTDIR (empty: this machine).
#
# Usage: install.sh [--remove] [DESTDIR] PART...   (parts: dkms tools examples xtables)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
dest=''
# Whose hooks for new kernels: debian, or kernel-install (Fedora and its kind).
hooks=${LUNATIK_HOOKS:-$(if command -v dpkg >/dev/null; then echo debian; else echo kernel-install; fi)}

# One file to one full path.
put() { install -D -m "$1" "$2" "$dest$3"; }

# All files of a folder that find's expression selects, below another folder.
tree() {
	local from=$1 to=$2 file
	shift 2
	find "$from" -type f "$@" -printf '%P\n' | sort | while read -r file; do
		if [ -x "$from/$file" ]; then put 755 "$from/$file" "$to/$file"; else put 644 "$from/$file" "$to/$file"; fi
	done
}

# Called when a kernel comes or goes: by Debian's packages of kernels, or by kernel-install.
hooks_debian() {
	local hook
	for hook in postinst.d header_postinst.d; do
		put 755 scripts/hooks/kernel.sh "/etc/kernel/$hook/lunatik"
	done
	put 755 scripts/hooks/kernel-postrm.sh /etc/kernel/postrm.d/lunatik
}

hooks_kernel-install() { put 755 scripts/hooks/kernel-install.sh /usr/lib/kernel/install.d/45-lunatik.install; }

# The sources that DKMS compiles, the kernel-side Lua library, the hooks for new kernels, the public headers.
install_dkms() {
	local source=/usr/src/lunatik-$version
	tree src "$source/src" ! -path 'src/lib/*'
	tree lua/kernel "$source/lua/kernel"
	tree lua/src "$source/lua/src" ! -name '.*'
	tree klibc/src "$source/klibc/src" ! -name '.*'
	put 755 scripts/build-modules.sh "$source/scripts/build-modules.sh"
	put 755 scripts/hooks/autoinstall.sh "$source/scripts/hooks/autoinstall.sh"
	put 644 dkms.conf "$source/dkms.conf"
	tree src/lib /usr/lib/modules/lua -name '*.lua'
	"hooks_$hooks"
	mkdir -p "$dest/usr/include"
	ln -sfn "../src/lunatik-$version/src/include" "$dest/usr/include/lunatik"
}

install_tools() {
	make --no-print-directory -s -C userspace/lunatik install DESTDIR="$dest" PREFIX=/usr
	make --no-print-directory -s -C userspace/btf install DESTDIR="$dest" PREFIX=/usr
	put 755 scripts/postinst-kernel.sh /usr/lib/lunatik/postinst-kernel
	put 644 userspace/lunatik@.service "${UNITDIR:-/usr/lib/systemd/system}/lunatik@.service"
	tree doc /usr/share/doc/lunatik-tools -name '*.md'
	put 644 SECURITY.md /usr/share/doc/lunatik-tools/SECURITY.md
	install -d "$dest/etc/lunatik"
}

install_xtables() {
	make --no-print-directory -s -C userspace/luaxt install DESTDIR="$dest" PREFIX=/usr
	install -d "$dest/etc/lunatik/xtables"
}

# A folder whose only script bears its name is one script: examples/passwd/passwd.lua becomes examples/passwd.lua.
# Files for iptables lie where it looks; compiled eBPF programs are there if "make bpf" has made them.
install_examples() {
	local folder name scripts
	for folder in examples/*/; do
		folder=${folder%/}
		name=${folder#examples/}
		scripts=$(cd "$folder" && find . -name '*.lua' ! -name 'libxt_*' -printf '%P\n')
		if [ "$scripts" = "$name.lua" ]; then
			put 644 "$folder/$name.lua" "/usr/lib/modules/lua/examples/$name.lua"
		else
			tree "$folder" "/usr/lib/modules/lua/examples/$name" -name '*.lua' ! -name 'libxt_*'
		fi
		tree "$folder" /usr/share/lunatik/xtables -name 'libxt_*.lua'
		tree "$folder" "/usr/lib/lunatik/examples/$name" \( -name '*.o' -o -name '*.trace' \)
		tree "$folder" "/usr/share/doc/lunatik-examples/$name" ! -name '*.lua' ! -name '*.o' ! -name '*.trace'
	done
}

# DKMS builds for every kernel with headers; on a machine without DKMS only the files are installed.
register() {
	local headers
	if ! command -v dkms >/dev/null; then
		echo "lunatik: dkms is not installed, so the modules were not built" >&2
		return 0
	fi
	for headers in /lib/modules/*/build/include; do
		[ ! -e "$headers" ] || /usr/lib/lunatik/postinst-kernel "$(basename "${headers%/build/include}")"
	done
}

unregister() {
	local folder
	! command -v dkms >/dev/null || dkms remove -m lunatik -v "$version" --all || true
	# /lib/modules/lua belongs to no kernel.
	for folder in /lib/modules/*/lunatik; do
		[ "$folder" = /lib/modules/lua/lunatik ] || rm -rf "$folder"
	done
}

# Remove what an installation would write, and the folders that it leaves empty.
remove() {
	local target=$dest part
	dest=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder of now
	trap "rm -rf '$dest'" EXIT
	for part; do
		"install_$part"
	done
	find "$dest" ! -type d -printf '%P\n' | while read -r file; do rm -f "$target/$file"; done
	find "$dest" -mindepth 1 -depth -type d -printf '%P\n' | while read -r folder; do
		rmdir --ignore-fail-on-non-empty "$target/$folder" 2>/dev/null || true
	done
}

action=install
if [ "${1-}" = --remove ]; then
	action=remove
	shift
fi
case ${1-} in
'' | /*) dest=${1%/}; shift ;;
esac
parts=" $* "
if [ "$action" = remove ]; then
	[ -n "$dest" ] || [ "$parts" = "${parts/ dkms /}" ] || unregister
	remove "$@"
else
	for part; do
		"install_$part"
	done
	[ -n "$dest" ] || [ "$parts" = "${parts/ dkms /}" ] || register
fi
