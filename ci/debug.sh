#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Build the debug kernel from Debian's linux-source package and ci/debug.config: half an hour on two cores, once for
# each version of the two. Prints the folder in the cache that holds
#
#	version      its release
#	vmlinuz      the kernel
#	headers.tar  the tree for /usr/src with which modules are built for it
#	modules.tar  the tree for /lib/modules: its own modules, and the lists of built-in ones
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=root/sources.sh
. "$ci/root/sources.sh"
# shellcheck source=root/linux-source.sh
. "$ci/root/linux-source.sh"

make=(nice -n 10 make "-j$(nproc)" KBUILD_BUILD_USER=lunatik KBUILD_BUILD_HOST=debug)

# Fetch the package and unpack the kernel's source.
unpack() {
	local archive=$place.new/archive
	mkdir -p "$archive"
	fetch_source "$archive" "$version"
	tar -C "$archive" -xf "$archive/$package.tar.xz"
	mv "$archive/$package" "$place.new/source"
	rm -r "$archive"
}

# An option that the kernel's own rules drop would be missing without a word.
configure() {
	local line missing=''
	KCONFIG_ALLCONFIG=$ci/debug.config "${make[@]}" -s allnoconfig >&2
	while read -r line; do
		grep -qxF "$line" .config || missing+=" ${line%%=*}"
	done < <(data "$ci/debug.config")
	[ -z "$missing" ] || die "the kernel does not take these options of ci/debug.config:$missing"
}

# Put together what is kept of a build; the current folder is its source.
pack() {
	local target=$1 release
	release=$(cat include/config/kernel.release)
	rm -rf "$target/stage"
	mkdir -p "$target/stage/$release/tools/bpf/resolve_btfids"
	"${make[@]}" -s run-command KBUILD_RUN_COMMAND="\${srctree}/scripts/package/install-extmod-build $target/stage/$release" >&2
	cp .config "$target/stage/$release/"
	cp tools/bpf/resolve_btfids/resolve_btfids "$target/stage/$release/tools/bpf/resolve_btfids/"
	# Builds of modules read its types only; the whole file has half a gigabyte.
	objcopy --only-section=.BTF --set-section-flags .BTF=alloc,readonly vmlinux "$target/stage/$release/vmlinux"
	tar -C "$target/stage" -cf "$target/headers.tar" "$release"
	"${make[@]}" -s modules_install INSTALL_MOD_PATH="$target/stage/modules" INSTALL_MOD_STRIP=1 DEPMOD=true >&2
	rm -f "$target/stage/modules/lib/modules/$release/"{build,source}
	tar -C "$target/stage/modules/lib/modules" -cf "$target/modules.tar" "$release"
	cp arch/x86/boot/bzImage "$target/vmlinuz"
	echo "$release" > "$target/version"
	rm -r "$target/stage"
}

# Objects of an interrupted run are kept: make goes on from there.
build_kernel() {
	local target=$place.new
	[ -d "$target/source" ] || { rm -rf "$target"; unpack; }
	cd "$target/source"
	configure
	"${make[@]}" all > "$logs/debug-kernel.log" 2>&1 || {
		tail -n 20 "$logs/debug-kernel.log" >&2
		die "the debug kernel does not build (log: $logs/debug-kernel.log)"
	}
	pack "$target"
	cd "$top"
	rm -rf "$target/source"
	mv "$target" "$place"
}

mkdir -p "$cache" "$logs"
exec 9> "$cache/lock.debug"
flock 9
version=$(source_version)
place=$cache/debug-$({
	data "$ci/debug.config"
	echo "$version"
	gcc -dumpfullversion
	declare -f pack
} | hash)
if [ ! -d "$place" ]; then
	say "debug: building $package $version, which takes about half an hour (log: $logs/debug-kernel.log)"
	phase debug-kernel build_kernel 9>&-
fi
touch "$place"
# Remove kernels that no run has used for a month.
find "$cache" -maxdepth 1 -name 'debug-*' -mtime +30 -exec rm -rf {} +
echo "$place"
