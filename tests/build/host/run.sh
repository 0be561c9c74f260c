#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# scripts/build-modules.sh leaves modules behind when something of the modules, the kernel or the machine is broken: a
# failure would fail the installation of a kernel. Builds a core and two bindings of a few lines. Prints KTAP.
set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kdir=$(printf '%s\n' /usr/src/linux-headers-*/.config | sort -V | tail -n 1)
kdir=${kdir%/.config}
tree=$work/tree
# As below /var/lib/dkms/lunatik: the core's name is part of each path.
out=$work/lunatik/out
count=0 failures=0

# A module that uses one symbol.
binding() {
	cat <<-EOF
	#include <linux/module.h>
	int lunatik_number(void);
	int $1(void);
	static int __init binding_init(void) { return $1() == 1 ? 0 : -EINVAL; }
	module_init(binding_init);
	MODULE_LICENSE("Dual MIT/GPL");
	MODULE_DESCRIPTION("test");
	EOF
}

# A healthy tree.
fresh() {
	rm -rf "$tree"
	mkdir -p "$tree"/{src/core,src/bindings,lua/src,lua/kernel/include,klibc/src/x86}
	cp -a "$top/scripts" "$top/dkms.conf" "$tree/"
	cp -a "$top/src/Kbuild" "$top/src/text.lds" "$top/src/syscalls" "$top/src/compat" "$tree/src/"
	printf 'lunatik -\nluaone one CONFIG_MODULES\nluatwo two\n' >"$tree/src/modules"
	cat >"$tree/src/core/lua.c" <<-EOF
	#include <linux/module.h>
	int lunatik_number(void);
	int lunatik_number(void) { return 1; }
	EXPORT_SYMBOL(lunatik_number);
	MODULE_LICENSE("Dual MIT/GPL");
	MODULE_DESCRIPTION("test");
	EOF
	binding lunatik_number >"$tree/src/bindings/luaone.c"
	binding lunatik_number >"$tree/src/bindings/luatwo.c"
	printf '#include <linux/linkage.h>\n' >"$tree/klibc/src/x86/setjmp.S"
}

# Build; the output goes into $said, the status into $status.
build() {
	status=0
	said=$("$tree/scripts/build-modules.sh" --kdir "$kdir" --out "$out" "$@" 2>&1) || status=$?
}

missing() { modinfo -F lunatik_missing "$out/$1.ko" 2>/dev/null; }

# All three modules exist, and the number of printed lines is as expected.
complete() {
	[ "$status" = 0 ] && [ "$(find "$out" -maxdepth 1 -name '*.ko' | wc -l)" = 3 ] &&
		[ "$(grep -c . <<<"$said")" = "$1" ]
}

# The verdict on the commands before it.
verdict() {
	local result=$?
	count=$((count + 1))
	if [ "$result" = 0 ]; then
		echo "ok $count $1"
	else
		failures=$((failures + 1))
		echo "not ok $count $1"
		echo "status $status: $said" | sed 's/^/# /'
	fi
}

[ -e "$kdir/Makefile" ] || { echo "1..0 # SKIP no kernel headers"; exit 0; }

fresh
build
complete 0 && [ -z "$(missing luaone)$(missing luatwo)$(missing lunatik)" ]
verdict 'a healthy tree builds without a word'

echo '#error "odd \ name"' >>"$tree/src/bindings/luaone.c"
build
complete 1 && [[ $(missing luaone) == *'bindings/luaone.c'*'#error'* ]] && [ -z "$(missing luatwo)" ]
verdict 'a binding that does not compile is a stub with the reason'

modinfo -F alias "$out/luaone.ko" | grep -qx lunatik-lib-one
verdict 'a stub is found by the name of its library'

build --strict
[ "$status" = 1 ]
verdict 'for a developer the same is an error'

fresh
build
binding lunatik_unknown >"$tree/src/bindings/luatwo.c"
build
complete 1 && [ "$(missing luatwo)" = 'lunatik_unknown is not exported by this kernel' ] && [ -z "$(missing luaone)" ]
verdict 'a symbol that the kernel does not export costs one binding, also after a good build'

sed -i 's/CONFIG_MODULES/CONFIG_MODULES CONFIG_NO_SUCH_OPTION/' "$tree/src/modules"
build
complete 2 && [ "$(missing luaone)" = 'CONFIG_NO_SUCH_OPTION is not set in this kernel' ]
verdict 'an option that the kernel lacks costs one binding'

fresh
printf '/* Without it: numbers are not in this kernel */\n#error none\n' >"$tree/src/compat/probes/numbers.c"
sed -i 's/CONFIG_MODULES/0_sanity numbers/' "$tree/src/modules"
build
complete 1 && [ "$(missing luaone)" = 'numbers are not in this kernel' ] && [ -z "$(missing luatwo)" ]
verdict 'a facility that the kernel lacks costs one binding'

fresh
sed -i '/MODULE_LICENSE/d' "$tree/src/bindings/luatwo.c"
build
complete 1 && [[ $(missing luatwo) == 'modpost: missing MODULE_LICENSE() in '*luatwo.o ]] && [ -z "$(missing luaone)" ]
verdict 'what modpost refuses costs one binding'

fresh
# The linker refuses that, last of all.
printf '%s\n' 'asm(".pushsection .data; .globl __this_module; __this_module: .quad 0; .popsection");' >>"$tree/src/bindings/luatwo.c"
build
complete 2 && [[ $(missing lunatik) == *'***'* && $(missing luaone) == 'the core could not be built: '* ]]
verdict 'a failure that is of no module leaves stubs'

fresh
echo '#error no core' >>"$tree/src/core/lua.c"
build
complete 1 && [[ $(missing lunatik) == *'no core'* && $(missing luatwo) == *'core'*'no core'* ]]
verdict 'without a core there are stubs, and one line says so'

fresh
echo '#error no compiler' >>"$tree/src/compat/probes/0_sanity.c"
build
[ "$status" = 1 ] && [[ $said == 'lunatik: cannot compile anything'*'no compiler' ]]
verdict 'a broken toolchain is an error in one line'

fresh
mkdir "$work/bin"
for program in /usr/bin/* /usr/sbin/*; do
	[ "${program##*/}" = pahole ] || ln -sf "$program" "$work/bin/"
done
PATH=$work/bin build
complete "$(if [ -e "$kdir/vmlinux" ]; then echo 1; else echo 0; fi)" && [ -z "$(missing lunatik)" ]
verdict 'without pahole the modules lack BTF, nothing else'

echo "1..$count"
[ "$failures" = 0 ]
