#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Build the base root of the virtual machine: packages of a release of Debian, and kernels of ci/kernels: those of check, or
# those that LUNATIK_KERNELS names; none of ours. Prints the folder in the cache that holds
#   root.tar   the root
#   root.ext4  the same as a disk, for ci/try.sh
#   NAME/      of each kernel: version, vmlinuz, initrd
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=root/sources.sh
. "$ci/root/sources.sh"

# Left out of every package while the base is made.
mapfile -t excludes < <(data "$ci/root/excludes")

# Print everything that a base root depends on.
inputs() {
	root_packages | sort
	echo "$kernels"
	printf '%s\n' "${excludes[@]}"
	declare -f bootstrap finish
	cat "$ci"/root/{initrd,unpack,disk,warn}.sh "$ci/guest/initramfs" "$top/tests/harness/warn.c" "$apt_state/sources.list"
}

# Run mmdebstrap into root.tar; downloaded packages stay in the cache.
# shellcheck disable=SC2016 # mmdebstrap's shell expands the hooks
bootstrap() {
	local target=$1 options=() path packages
	for path in "${excludes[@]}"; do
		options+=(--dpkgopt="path-exclude=$path")
		# Where packages of newer releases have it.
		[[ $path != /lib/* ]] || options+=(--dpkgopt="path-exclude=/usr$path")
	done
	mkdir -p "$archives"
	packages=$(root_packages | cat - <(awk '{ print $3; print $4 }' <<< "$kernels") |
		paste -s -d , | tr -d '[:space:]')
	# Releases before Debian 12 begin with /lib and /usr/lib apart, and our packages do not go there.
	[[ ,$packages, != *,usrmerge,* ]] ||
		options+=(--setup-hook='cd "$1"; for d in bin sbin lib lib32 lib64 libx32; do mkdir -p usr/$d; ln -s usr/$d $d; done')
	# INITRD=No: the machine boots from an initrd of ours, see root/initrd.sh.
	INITRD=No TMPDIR=$target mmdebstrap --logfile="$logs/root-$apt_suite.log" --variant=apt --skip=essential/unlink \
		--include="$packages" "${options[@]}" \
		--dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt=force-unsafe-io \
		--aptopt="$apt_state/fetch.conf" --aptopt='APT::Install-Recommends "false"' \
		--setup-hook='mkdir -p "$1"/var/cache/apt/archives/' \
		--setup-hook="sync-in $archives /var/cache/apt/archives/" \
		--customize-hook="sync-out /var/cache/apt/archives $archives" \
		--customize-hook='rm -f "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap "$1"/etc/apt/apt.conf.d/99mmdebstrap' \
		"$apt_suite" "$target/root.tar" "$apt_state/sources.list" >&2 || {
		tail -n 30 "$logs/root-$apt_suite.log" >&2
		die "no root of $apt_suite (log: $logs/root-$apt_suite.log)"
	}
}

# From the unpacked base: a disk, and for each kernel what QEMU is given.
finish() {
	local target=$1 name version
	as_root "$ci/root/unpack.sh" "$target/root.tar" "$target/tree"
	while read -r name version _; do
		mkdir -p "$target/$name"
		echo "$version" > "$target/$name/version"
		# Newer packages leave the copy in /boot to a script.
		cp "$target/tree/boot/vmlinuz-$version" "$target/$name/vmlinuz" 2> /dev/null ||
			cp "$target/tree/usr/lib/modules/$version/vmlinuz" "$target/$name/vmlinuz"
		"$ci/root/initrd.sh" "$target/tree" "$version" > "$target/$name/initrd"
	done <<< "$kernels"
	as_root "$ci/root/disk.sh" "$target/tree" "$target/root.ext4"
	while read -r name version _; do
		as_root "$ci/root/warn.sh" "$target/tree" "$version" "$target/$name/warn.ko"
	done <<< "$kernels"
	remove_tree "$target/tree"
}

# Make the root in a folder beside its place, so that a half-made one is never used.
make_root() {
	remove_tree "$place.new"
	mkdir -p "$place.new"
	bootstrap "$place.new"
	finish "$place.new"
	mv "$place.new" "$place"
}

# Remove roots that no run has used for three days: each takes 1.4 GB.
expire() {
	find "$cache" -maxdepth 1 -name 'root-*' -mtime +2 -exec rm -rf {} +
}

mkdir -p "$cache" "$logs"
# Each release and architecture has a state of apt and downloaded packages of its own.
exec 9> "$cache/lock-$apt_suite-$apt_arch"
flock 9
kernels=$(current_kernels)
place=$cache/root-$(inputs | hash)
[ -d "$place" ] || phase root make_root 9>&-
touch "$place"
expire
echo "$place"
