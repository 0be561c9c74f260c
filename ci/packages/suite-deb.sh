#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# suite-deb.sh: build our packages in a root of the release of LUNATIK_KERNELS, with its compiler and libraries and without a
# network. Print the folder they are in. lunatik-dkms, which holds sources only, is one file for all releases:
# the one that `make deb` has left in build/deb. For another architecture than this machine's they are cross-built, as
# Debian does it. So are the modules, which DKMS would take long for there (ci/packages/cross-modules.sh).
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../root/sources.sh
. "$ci/root/sources.sh"

out=$build/deb
tarball=$top/$(cd "$top" && scripts/packages/dist.sh)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
# A root of this machine's programs, with libraries of the other architecture.
cross=
if [ "$apt_arch" != "$(dpkg --print-architecture)" ]; then
	cross=1 root_arch=$(dpkg --print-architecture),$apt_arch
fi
# Cross-built packages come with the modules of their own lunatik-dkms.
common=()
[ -n "$cross" ] || mapfile -t common < <(compgen -G "$top/build/deb/lunatik-dkms_$version*_all.deb")

# Print the packages that a build needs.
build_packages() {
	echo build-essential
	[ -z "$cross" ] || echo "crossbuild-essential-$apt_arch"
	sed -n '/^Build-Depends:/,/^[A-Z]/{/^[A-Z]/!p;s/^Build-Depends://p}' "$top/debian/control" |
		sed 's/([^)]*)//g' | tr -s ', \n' '\n' | grep . | sed -e 's/^debhelper-compat$/debhelper/' -e 's/:native$//' |
		sed "${cross:+s/^\(lib.*-dev\|pkg-config\)\$/&:$apt_arch/}"
	[ -z "$cross" ] || headers_packages
}

# Print what this architecture has of the kernels' headers.
headers_packages() {
	echo pahole
	current_kernels | awk -v suffix="-$apt_arch\$" '{ sub(suffix, "", $2); print "linux-kbuild-" $2; print "linux-headers-" $2 "-common" }'
}

# Make the root with the compiler.
make_builder() {
	remove_tree "$builder.new"
	mkdir -p "$builder.new" "$archives"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands the hook
	TMPDIR=$builder.new mmdebstrap --quiet --variant=apt --skip=essential/unlink \
		--include="$(build_packages | name_versions | paste -s -d ,)" --dpkgopt=force-unsafe-io \
		--aptopt="$apt_state/fetch.conf" --aptopt='APT::Install-Recommends "false"' \
		--setup-hook='mkdir -p "$1"/var/cache/apt/archives/' \
		--setup-hook="sync-in $archives /var/cache/apt/archives/" \
		--customize-hook="sync-out /var/cache/apt/archives $archives" \
		"$apt_suite" "$builder.new/root.tar" "$apt_state/sources.list" >&2
	remove_tree "$builder"
	mv "$builder.new" "$builder"
}

# Put the headers of the kernels into the tree: as packages they need a compiler that runs there.
unpack_headers() {
	local headers
	while read -r _ _ _ headers; do
		(cd "$archives" && debian_apt apt-get -q download "$headers:$apt_arch") || return
		dpkg-deb --fsys-tarfile "$(find "$archives" -name "${headers}_*.deb" | sort -V | tail -n 1)" |
			as_root tar -C "$1" -x --keep-directory-symlink || return
	done < <(current_kernels)
}

# Build the modules in the tree, for the kernels.
build_modules_in() {
	local kernel
	unpack_headers "$1" || return
	while read -r _ kernel _; do
		as_root "$ci/root/inside.sh" "$1" "$apt_state" "$archives" "$2" \
			"/debs/lunatik-$version/ci/packages/cross-modules.sh" "$apt_arch" "$kernel" /debs < /dev/null || return
	done < <(current_kernels)
}

# Build in a tree that is gone afterwards.
build_packages_in() {
	local tree=$build/builder source=$build/source
	remove_tree "$tree"
	rm -rf "$source" "$out"
	mkdir -p "$source" "$out"
	cp "$tarball" "$source/lunatik_$version.orig.tar.gz"
	tar -xf "$tarball" -C "$source"
	cp -a "$top/debian" "$source/lunatik-$version/"
	as_root "$ci/root/unpack.sh" "$builder/root.tar" "$tree"
	as_root "$ci/root/inside.sh" "$tree" "$apt_state" "$archives" "$source" \
		sh -c "cd /debs/lunatik-$version && dpkg-buildpackage ${cross:+-a$apt_arch -Pcross} -us -uc -b" > "$out/build.log" 2>&1 || {
		tail -n 40 "$out/build.log" >&2
		die "the packages do not build on $apt_suite (log: $out/build.log)"
	}
	[ -z "$cross" ] || build_modules_in "$tree" "$source" >> "$out/build.log" 2>&1 || {
		tail -n 40 "$out/build.log" >&2
		die "the modules do not build for $apt_arch (log: $out/build.log)"
	}
	remove_tree "$tree"
	mv "$source"/*.deb "$out/"
	[ -z "$cross" ] || mv "$source"/modules-*.tar "$out/"
	rm -rf "$source"
	if [ ${#common[@]} = 1 ]; then
		rm -f "$out"/lunatik-dkms_*_all.deb
		cp "${common[0]}" "$out/"
	fi
}

mkdir -p "$cache" "$build"
setup_apt
builder=$cache/builder-$apt_suite${cross:+-$apt_arch}-$({ build_packages | name_versions; declare -f make_builder; cat "$apt_state/sources.list"; } | hash)
key=$({ find "$top/debian" -type f -print0 | sort -z | xargs -0 cat; cat "$tarball"; [ ${#common[@]} = 0 ] || cat "${common[@]}"; echo "$builder"; } | hash)
if [ "$(cat "$out/.key" 2> /dev/null)" != "$key" ]; then
	(
		exec 9> "$cache/lock.builder-$apt_suite-$apt_arch"
		flock 9
		[ -d "$builder" ] || phase "builder-$apt_suite" make_builder 9>&-
		phase "packages-$apt_suite" build_packages_in 9>&-
	)
	echo "$key" > "$out/.key"
fi
touch "$builder"
find "$cache" -maxdepth 1 -name 'builder-*' -mtime +30 -exec rm -rf {} +
echo "$out"
