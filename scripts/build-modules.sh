#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Build every module of src/modules for one kernel. DKMS calls it (dkms.conf, MAKE[0]), and so does "make modules".
#
# Usage: build-modules.sh [--strict] [--store] [--out DIR] --kdir DIR [CC=... LD=...]
#
#	--kdir DIR  headers of the target kernel
#	--out DIR   where the modules are left (default: build/modules/KERNEL)
#	--strict    a module that does not compile is an error, with the compiler's own messages
#	--store     keep Module.symvers, the generated headers and what is known of BTF in /lib/modules/KERNEL/lunatik
#
# A failure here would fail the installation of a kernel. So without --strict each name gets its .ko in any case: a module
# that does not compile, or lacks an option of the kernel, becomes a stub that refuses to load and carries the
# reason. One line is printed per problem; the whole output is in DIR/build.log.
set -euo pipefail
unset MAKEFLAGS MFLAGS MAKELEVEL KBUILD_OUTPUT

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
kdir='' out='' strict='' store=''
toolchain=() options=()
declare -A reasons=()
btf_missing='' btf_from=none objcopy=objcopy

say() { echo "lunatik: $*"; }

die() {
	say "$*" >&2
	exit 1
}

arguments() {
	while [ $# -gt 0 ]; do
		case $1 in
		--kdir) kdir=${2-}; shift ;;
		--out) out=${2-}; shift ;;
		--strict) strict=1 ;;
		--store) store=1 ;;
		CROSS_COMPILE=*) toolchain+=("$1") objcopy=${1#*=}objcopy ;;
		*=*) toolchain+=("$1") ;;
		*) die "build-modules: unknown argument '$1'" ;;
		esac
		shift
	done
	[ -e "$kdir/Makefile" ] || die "'$kdir' holds no kernel headers"
	kdir=$(cd "$kdir" && pwd -P)
}

# The module names of the list, in order.
names() { sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' "$top/src/modules"; }

# One column of a module's line, or everything from there on.
column() { awk -v name="$1" -v from="$2" '$1 == name { for (i = from; i <= NF; i++) print $i }' "$top/src/modules"; }

release() { sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' "$kdir/include/generated/utsrelease.h"; }

kbuild() { make -C "$kdir" "-j$(nproc)" "${toolchain[@]}" "$@"; }

# Replace a file only if its contents change, so that nothing is rebuilt in vain.
update() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# Lay out links to the sources; objects stay beside the links.
layout() {
	local folder
	mkdir -p "$out/generated" "$out/stubs" "$out/lua" "$out/klibc"
	for folder in lua/src klibc/src; do
		[ -d "$top/$folder" ] || die "$folder is missing: run scripts/fetch-sources.sh"
	done
	cp -rsf "$top/src/." "$out"
	cp -rsf "$top/lua/kernel" "$top/lua/src" "$out/lua"
	cp -rsf "$top/klibc/src" "$out/klibc"
	find "$out" -xtype l -delete
	syscalls | update "$out/generated/lunatik_syscalls.h"
}

# The numbers of the system calls of src/syscalls that a kernel defines, for an array of lunatik_reg_t.
syscalls() {
	echo "/* SPDX-License-Identifier: MIT OR GPL-2.0-only */"
	echo "/* Written by scripts/build-modules.sh from src/syscalls. */"
	sed '/^#/d' "$top/src/syscalls" | tr -s ' ' '\n' | while read -r name; do
		printf '#ifdef __NR_%s\n\t{ "%s", __NR_%s },\n#endif\n' "$name" "$name" "$name"
	done
}

# The header with one macro per probe that compiled.
answers() {
	local probe
	echo "/* SPDX-License-Identifier: MIT OR GPL-2.0-only */"
	echo "/* Written by scripts/build-modules.sh: what this kernel offers. Probes: $1 */"
	for probe in "$out"/compat/probes/*.c; do
		probe=$(basename "$probe" .c)
		if [ "$probe" != 0_sanity ] && [ -e "$out/probes/$probe.o" ]; then
			echo "#define LUNATIK_HAVE_${probe^^} 1"
		fi
	done
}

# Compile all probes in one pass.
probe() {
	local goals=() source header=$out/generated/lunatik_config.h key
	key=$(cat "$top"/src/compat/probes/*.c "$kdir/include/generated/utsrelease.h" <(echo "$kdir ${toolchain[*]}") |
		sha256sum | cut -c1-16)
	! grep -qs "Probes: $key" "$header" || return 0
	rm -rf "$out/probes"
	mkdir "$out/probes"
	for source in "$out"/compat/probes/*.c; do
		cp "$source" "$out/probes/"
		goals+=("$(basename "$source" .c).o")
	done
	echo "obj-m := ${goals[*]}" >"$out/probes/Kbuild"
	kbuild -k M="$out/probes" "${goals[@]}" >"$out/probes/log" 2>&1 || true
	if [ ! -e "$out/probes/0_sanity.o" ]; then
		cp "$out/probes/log" "$out/build.log"
		die "cannot compile anything for $kernel: $(first_error "$out/probes/log")"
	fi
	answers "$key" | update "$header"
}

# The first complaint of a log, without the path of the build folder; optionally about one file.
first_error() {
	local line
	line=$(grep -m 1 -E "${2-}.*(error:|\*\*\*|not found)" "$1") || line="see the log"
	line=${line//"$out/"/}
	tr -d '\042\134' <<<"$line" | cut -c1-200
}

# Why a module cannot use what a probe of src/compat asks for; nothing if it can.
facility() {
	local said
	! grep -q " LUNATIK_HAVE_${1^^} " "$out/generated/lunatik_config.h" || return 0
	said=$(sed -n 's|^/\* Without it: \(.*\) \*/|\1|p' "$top/src/compat/probes/$1.c")
	echo "${said:-$1 is not in this kernel}"
}

# Why a module cannot work on this kernel for want of an option or a facility; nothing if it has it.
lack() {
	case $1 in
	CONFIG_*) has_option "$1" || echo "$1 is not set in this kernel" ;;
	*) facility "$1" ;;
	esac
}

# Modules that lack something of the kernel.
check_needs() {
	local name need reason
	for name in $(names); do
		for need in $(column "$name" 3); do
			reason=$(lack "$need")
			[ -z "$reason" ] || reasons[$name]=$reason
		done
	done
}

stub() {
	local library reason=$2
	library=$(column "$1" 2 | head -n 1)
	cat <<-EOF
	// SPDX-License-Identifier: MIT OR GPL-2.0-only
	#include <linux/module.h>
	#include <linux/init.h>

	static int __init stub_init(void)
	{
		pr_err("%s\n", KBUILD_MODNAME ": not available: $reason");
		return -ENOSYS;
	}

	module_init(stub_init);
	MODULE_LICENSE("Dual MIT/GPL");
	MODULE_DESCRIPTION("Lunatik, stub of a module that could not be built for this kernel");
	MODULE_VERSION("$version");
	MODULE_INFO(lunatik_missing, "$reason");
	EOF
	[ "$library" = - ] || echo "MODULE_ALIAS(\"lunatik-lib-$library\");"
}

# One attempt with the stubs known so far.
attempt() {
	local name
	if [ -n "${reasons[lunatik]-}" ]; then
		for name in $(names); do
			: "${reasons[$name]:=the core could not be built: ${reasons[lunatik]}}"
		done
	fi
	for name in "${!reasons[@]}"; do
		stub "$name" "${reasons[$name]}" | update "$out/stubs/$name.c"
	done
	kbuild -k M="$out" LUNATIK_STUBS="${!reasons[*]}" "${options[@]}" modules >"$out/build.log" 2>&1
}

# A build that lacked memory or space says nothing about the modules, so they do not become stubs, which would stay.
starved() {
	grep -m 1 -oE 'No space left on device|Cannot allocate memory|out of memory allocating|Killed|Error 137|Disk quota exceeded|Read-only file system' \
		"$out/build.log" ||
		{ [ "$(df --output=avail -B 1K "$out" | tail -n 1)" -lt 1024 ] && echo "No space left on device"; }
}

# Why a symbol is missing: it is another module's (exported with a prefix), which is a stub, or the kernel's.
without_symbol() {
	local owner
	owner=$(grep -lE "EXPORT_SYMBOL(_GPL)?\(${1#lunatik_}\)" "$top"/src/bindings/*.c | head -n 1) || true
	owner=$(basename "${owner:-.}" .c)
	if [ -n "${reasons[$owner]-}" ]; then
		echo "needs $owner: ${reasons[$owner]}"
	else
		echo "$1 is not exported by this kernel"
	fi
}

# Find out which modules made the attempt fail. True if there is something new to leave out.
blame() {
	local name symbol said found=''
	for name in $(names); do
		[ -z "${reasons[$name]-}" ] || continue
		symbol=$(sed -n "s/.*modpost: \"\(.*\)\" \[.*\b$name\.ko\] undefined.*/\1/p" "$out/build.log" | head -n 1)
		if [ ! -e "$out/$name.o" ]; then
			reasons[$name]=$(first_error "$out/build.log" "$(where "$name")")
		elif [ -n "$symbol" ]; then
			reasons[$name]=$(without_symbol "$symbol")
		elif said=$(grep -m 1 -oE "ERROR: modpost: .*(\b$name\.k?o\b|module $name ).*" "$out/build.log"); then
			said=${said#ERROR: }
			reasons[$name]=$(tr -d '\042\134' <<<"${said//"$out/"/}" | cut -c1-200)
		else
			continue
		fi
		found=1
	done
	[ -n "$found" ]
}

# A pattern for the sources of a module, which newer kernels name by relative paths.
where() {
	case $1 in
	lunatik) echo '(^|/)(core|klibc|lua)/' ;;
	*) echo "(^|/)bindings/$1[./]" ;;
	esac
}

# A kernel with a BTF base fails the build if pahole is missing or too old: better modules without BTF than none.
without_btf() {
	[ ${#options[@]} = 0 ] || return 1
	options=(CONFIG_DEBUG_INFO_BTF_MODULES=)
	btf_missing=$(first_error "$out/build.log")
	say "no BTF for $kernel: $btf_missing"
}

# A failure that no module can be blamed for, such as one of modpost: better none of them than a kernel that cannot be installed.
without_any() {
	[ -z "${reasons[lunatik]-}" ] || return 1
	reasons[lunatik]=$(first_error "$out/build.log")
	options=() btf_missing=''
}

# Two of DKMS at once, for two kernels, have one folder: the second one begins by removing it, and lock and objects with it.
undisturbed() {
	[ "$out/.lock" -ef /proc/self/fd/9 ] || die "another build has taken the place of this one, in $out"
}

# Leave out one module after another until the rest builds.
build() {
	local name cause
	for name in $(names); do
		rm -f "$out/$name.o" "$out/$name.ko"
	done
	until attempt; do
		if [ -n "$strict" ]; then
			grep -E 'error|warning|undefined|\*\*\*' "$out/build.log" >&2 || tail -n 20 "$out/build.log" >&2
			die "the modules do not build for $kernel (log: $out/build.log)"
		fi
		undisturbed
		! cause=$(starved) || die "the build for $kernel ended early: $cause"
		cp "$out/build.log" "$out/failed.log"
		blame || without_btf || without_any || die "the build for $kernel fails: $(first_error "$out/build.log")"
	done
}

# The tool for BTF: the installed one, or this tree's.
btf_tool() {
	local tool
	for tool in "$top/userspace/btf/btf" /usr/lib/lunatik/btf; do
		[ ! -x "$tool" ] || { echo "$tool"; return; }
	done
}

has_option() { grep -qs "^$1=[ym]" "$kdir/.config" || grep -qs "^$1=[ym]" "$kdir/include/config/auto.conf"; }

# Kbuild makes BTF if the headers hold a vmlinux to base it on. Elsewhere it is based on the kernel's image, which may
# not be installed yet. In both cases see to it that BTF ids are resolved: the kernel takes a module without, and
# programs that call its functions fail to load later. Done here, as DKMS signs what this script leaves.
give_btf() {
	local tool base=$kdir/vmlinux modules
	has_option CONFIG_DEBUG_INFO_BTF_MODULES && [ -z "$btf_missing" ] || return 0
	tool=$(btf_tool)
	if [ -e "$base" ]; then
		btf_from=headers
		[ -n "$tool" ] || return 0
	elif [ -z "$tool" ]; then
		btf_missing='/usr/lib/lunatik/btf is not installed'
		return
	else
		base=$out/vmlinux.btf btf_from=image
		btf_missing=$("$tool" base "$kernel" "$base" 2>&1) || return 0
	fi
	mapfile -t modules < <(names | sed 's/$/.ko/')
	btf_missing=$(cd "$out" && LLVM_OBJCOPY=$objcopy "$tool" module "$base" "${modules[@]}" 2>&1) || return 0
	btf_missing=
}

# Mark the modules with what they lack.
mark() {
	local name
	[ -n "$btf_missing" ] || return 0
	btf_missing=$(head -n 1 <<<"${btf_missing#btf: }" | cut -c1-200)
	for name in $(names); do
		if ! "$objcopy" --dump-section .modinfo="$out/modinfo" "$out/$name.ko" ||
			! printf 'lunatik_btf=%s\0' "$btf_missing" >>"$out/modinfo" ||
			! "$objcopy" --update-section .modinfo="$out/modinfo" "$out/$name.ko"; then
			say "$name.ko: cannot note in it that it has no BTF"
		fi
	done
}

# For the Kbuild file of an external module that uses lunatik.h to include. Its functions, too, are left by longjmp.
external() {
	cat <<-EOF
	# SPDX-License-Identifier: MIT OR GPL-2.0-only
	KBUILD_EXTRA_SYMBOLS += $2/Module.symvers
	ccflags-y += -I$1/src/include -I$1/src/compat -I$1/lua/kernel -I$1/lua/kernel/include -I$1/lua/src -I$1/klibc/src/\$(SRCARCH)
	ccflags-y += -include $2/include/lunatik_config.h -include $1/src/include/lunatik_names.h
	ccflags-remove-y += \$(CC_FLAGS_FTRACE)
	CFLAGS_KASAN += \$(if \$(CONFIG_CC_IS_CLANG),-mllvm -asan-stack=0,--param asan-stack=0)
	EOF
}

# Keep the base of external modules, and notes: the kernel's hook finds by them whether BTF, or another BTF, has become possible.
keep_btf() {
	local tool
	tool=$(btf_tool)
	has_option CONFIG_DEBUG_INFO_BTF_MODULES && [ -n "$tool" ] || return 0
	[ "$btf_from" != image ] || cp "$out/vmlinux.btf" "$1/" 2>/dev/null || true
	{
		echo "from $btf_from"
		echo "inputs $("$tool" inputs "$kernel")"
		[ -z "$btf_missing" ] || echo "missing $btf_missing"
	} >"$1/btf"
}

# Keep the facts about this build that external modules and a later version of Lunatik need.
keep() {
	local name folder=/lib/modules/$kernel/lunatik
	rm -rf "$folder"
	mkdir -p "$folder/include" || return 0
	cp "$out/Module.symvers" "$folder/"
	cp "$out"/generated/*.h "$folder/include/"
	for name in $(names); do
		[ -z "${reasons[$name]-}" ] || echo "$name ${reasons[$name]}"
	done >"$folder/missing"
	external "/usr/src/lunatik-$version" "$folder" >"$folder/kbuild.mk"
	keep_btf "$folder"
}

report() {
	local name
	for name in $(names); do
		[ -e "$out/$name.ko" ] || die "$name.ko was not built for $kernel (log: $out/build.log)"
		if [ -n "${reasons[$name]-}" ] && { [ "$name" = lunatik ] || [ -z "${reasons[lunatik]-}" ]; }; then
			say "$name: not available on $kernel: ${reasons[$name]}"
		fi
	done
	grep -E 'warning:|WARNING:|: objtool:' "$out/build.log" >&2 || true
}

arguments "$@"
kernel=$(release)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
[ -n "$kernel" ] || die "'$kdir' is not configured: no include/generated/utsrelease.h"
out=${out:-$top/build/modules/$kernel}
mkdir -p "$out"
out=$(cd "$out" && pwd -P)
exec 9>"$out/.lock"
flock 9
layout
probe
check_needs
build
give_btf
mark
undisturbed
report
[ -z "$store" ] || keep
