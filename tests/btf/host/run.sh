#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The tool for BTF: images of every kind and what is left of them when they are damaged, BTF ids beside the kernel's own
# tool. The library's reader of types, whole and damaged. Prints KTAP.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
# shellcheck source=../../lib.sh
. "$top/tests/lib.sh"
tool=$top/userspace/btf/btf
work=$(mktemp -d)
on_exit rm -rf "$work"
cd "$work" || exit 1

# ---- images

byte() { printf '%b' "\\x$(printf %02x $(($1 & 255)))"; }

# Little-endian numbers of four bytes.
number() {
	local n
	for n; do
		byte "$n"
		byte $((n >> 8))
		byte $((n >> 16))
		byte $((n >> 24))
	done
}

# Overwrite a file from an offset on with standard input.
at() { dd of="$2" bs=1 seek="$(($1))" conv=notrunc status=none; }

# A kernel of two structures.
kernel() {
	# Programs that are built into kernels have types of their own.
	echo 'struct skeleton { int a; long b; } skeleton;' > program.c
	gcc -g -c -o program.o program.c && LLVM_OBJCOPY=objcopy pahole -J program.o && objcopy --dump-section .BTF=others program.o /dev/null || return 1
	cat > kernel.c <<-EOF
	struct task_struct { int pid; } init_task;
	struct first { int a; long b; } first;
	struct second { struct first *f; char name[64]; } second;
	int call(struct second *s);
	int call(struct second *s) { return s->f->a; }
	EOF
	gcc -g -c -o vmlinux kernel.c && LLVM_OBJCOPY=objcopy pahole -J vmlinux && objcopy --dump-section .BTF=expected vmlinux /dev/null
}

compress() {
	case $1 in
	gzip) gzip -n ;;
	xz) xz --check=crc32 ;;
	zstd) zstd -q ;;
	lz4) lz4 -l -q ;;
	esac
}

# A bzImage of one setup sector, a gap and the payload: as arch/x86/boot makes it.
bzimage() {
	compress "$1" < vmlinux > payload
	[ "$1" = gzip ] || number "$(stat -c %s vmlinux)" >> payload
	head -c 1124 /dev/zero > image
	printf '\x01' | at 0x1f1 image
	printf 'HdrS\x0f\x02' | at 0x202 image
	number 100 "$(stat -c %s payload)" | at 0x248 image
	{ cat payload; head -c 300 /dev/zero; } >> image
}

# An EFI zboot image, as arm64 has.
zboot() {
	compress "$1" < vmlinux > payload
	{ printf 'MZ\0\0zimg'; number 64 "$(stat -c %s payload)"; head -c 48 /dev/zero; cat payload; head -c 100 /dev/zero; } > image
}

# Memory without sections: the BTF somewhere in it, and its magic elsewhere.
memory() {
	{ head -c 10001 /dev/zero; printf '\x9f\xeb\x01\x00\x18'; head -c 500 /dev/zero; cat others expected; head -c 3000 /dev/zero; } > image
}

right_base() {
	rm -f base.o
	output_is "" "$tool" base ./image ./base.o && [ "$(readelf -SW base.o | awk '$3 == ".BTF" { print $6 }')" = 000050 ] &&
		tail -c +81 base.o | head -c "$(stat -c %s expected)" | cmp - expected
}

# Condition: the tool says one line, and ends with status 1.
refused() {
	fails_with 1 "$tool" "$@" && [[ $output == 'btf: '* && $output != *$'\n'* ]] && return 0
	echo "$output"
	return 1
}

# Condition: an image cut off at many places is refused, and nothing is written.
cut_short() {
	local size i
	cp image whole
	size=$(stat -c %s payload)
	for i in 1 3 10 300 700 1000 1100 1124 1130 $((1124 + size / 2)) $((1124 + size - 1)); do
		head -c "$i" whole > image
		rm -f base.o
		refused base ./image ./base.o || { echo "cut at $i"; return 1; }
		[ ! -e base.o ] || return 1
	done
}

# Condition: after any byte is changed, the tool is right or says in one line that it cannot.
changed() {
	local file=$1 i status size
	shift
	size=$(stat -c %s "$file")
	cp "$file" unchanged
	RANDOM=7
	for ((i = 0; i < 60; i++)); do
		cp unchanged "$file"
		byte "$RANDOM" | at $(((RANDOM * 32768 + RANDOM) % size)) "$file"
		status=0
		output=$("$tool" "$@" 2>&1) || status=$?
		if [ "$status" -gt 1 ] || [ "$(grep -c . <<< "$output")" -gt 1 ]; then
			echo "change $i: $status $output"
			return 1
		fi
	done
	cp unchanged "$file"
}

check "the tool builds" make -s -C "$top/userspace/btf" WERROR=-Werror
check "a small kernel" kernel
for kind in gzip xz zstd lz4; do
	bzimage "$kind"
	check "$kind: bzImage" right_base
	check "$kind: changed bytes" changed image base ./image ./base.o
	check "$kind: cut short" cut_short
	bzimage "$kind"
	head -c 64 /dev/zero | at $((1124 + $(stat -c %s payload) / 2)) image
	check "$kind: damaged" refused base ./image ./base.o
	zboot "$kind"
	check "$kind: EFI zboot" right_base
	compress "$kind" < vmlinux > image
	check "$kind: plain" right_base
done
cp vmlinux image
check "an uncompressed kernel" right_base
memory
check "memory without sections" right_base
check "changed bytes in it" changed image base ./image ./base.o
head -c 5000 /dev/zero > image
check "no BTF at all" refused base ./image ./base.o
bzimage xz
printf 'BZh9' | at 1124 image
check "an unknown compression" refused base ./image ./base.o
named_so() { [[ $output == *"not known here"* ]]; }
check "which the error names" named_so
: > image
check "an empty file" refused base ./image ./base.o
check "a folder" refused base ./. ./base.o
check "no such image" refused base ./nothing ./base.o
check "no such kernel" refused base 0.0-none ./base.o
check "usage" fails_with 2 "$tool" base

# ---- modules

kdir=$(printf '%s\n' /usr/src/linux-headers-*/vmlinux | sort -V | tail -n 1)
kdir=${kdir%/vmlinux}
answers=$top/build/modules/${kdir##*linux-headers-}/generated/lunatik_config.h
resolver=$(printf '%s\n' /usr/lib/linux-kbuild-*/tools/bpf/resolve_btfids/resolve_btfids | sort -V | tail -n 1)
if [ ! -x "$resolver" ]; then
	skip "modules" "no headers with a vmlinux and resolve_btfids"
	exit 0
fi

# Build the test's module: OUT, more arguments for make.
module() {
	local out=$1
	shift
	[ -e "$answers" ] || make -s -C "$top" modules KDIR="$kdir" || return 1
	rm -rf module
	cp -r "$here/../module" module
	cat > module/Kbuild <<-EOF
	ccflags-y += -I$top/src/include -I$top/src/compat -include $answers
	obj-m := lunatik_kfunc.o
	EOF
	make -s -C "$kdir" M="$work/module" "$@" modules > log 2>&1 || { cat log; return 1; }
	cp module/lunatik_kfunc.ko "$out"
}

bare() { module bare.ko CONFIG_DEBUG_INFO_BTF_MODULES=; }

unresolved() {
	cp bare.ko "$1"
	LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --lang_exclude=rust --btf_base "$kdir/vmlinux" "$1"
}

same_ids() {
	unresolved theirs.ko && unresolved ours.ko && "$resolver" -b "$kdir/vmlinux" theirs.ko &&
		output_is "" "$tool" module "$kdir/vmlinux" ./ours.ko && cmp ours.ko theirs.ko && ! cmp -s ours.ko bare.ko
}

all_at_once() {
	cp bare.ko once.ko
	output_is "" "$tool" module "$kdir/vmlinux" ./once.ko && objcopy --dump-section .BTF_ids=ids once.ko /dev/null &&
		objcopy --dump-section .BTF_ids=expected_ids theirs.ko /dev/null && cmp ids expected_ids
}

left_alone() {
	cp "$1" again.ko
	output_is "" "$tool" module "$kdir/vmlinux" ./again.ko && cmp again.ko "$1"
}

# A base that lies beside its image, as for kernels whose headers have none.
other_base() {
	cp "$kdir/vmlinux" image
	"$tool" base ./image ./base.o && cp bare.ko based.ko && "$tool" module ./base.o ./based.ko &&
		objcopy --dump-section .BTF_ids=ids based.ko /dev/null && cmp ids expected_ids
}

renamed() {
	sed 's/bpf_lunatik__ape/bpf_lunatik__apo/g' bare.ko > renamed.ko
	LLVM_OBJCOPY=objcopy pahole -J --btf_gen_floats --lang_exclude=rust --btf_base "$kdir/vmlinux" renamed.ko
	sed -i 's/__BTF_ID__func__bpf_lunatik_zebra__/__BTF_ID__func__bpf_lunatik_zebro__/g' renamed.ko
	cp renamed.ko before.ko
	refused module "$kdir/vmlinux" ./renamed.ko && [[ $output == *"no func bpf_lunatik_zebro" ]] && cmp renamed.ko before.ko
}

half() {
	cp theirs.ko half.ko
	objcopy --dump-section .BTF_ids=ids half.ko /dev/null && head -c 4 /dev/zero | at 8 ids &&
		objcopy --update-section .BTF_ids=ids half.ko && refused module "$kdir/vmlinux" ./half.ko && [[ $output == *"1 of its BTF ids"*"build it with"* ]]
}

no_types() {
	strip -g -o stripped.ko bare.ko
	mkdir -p bin
	printf '#!/bin/sh\nexit 0\n' > bin/pahole
	chmod +x bin/pahole
	PATH=$work/bin:$PATH refused module "$kdir/vmlinux" ./stripped.ko && [[ $output == *"pahole gave it no BTF" ]]
}

check "the test's module builds" bare
check "as it does with the kernel's own tools" module kernels.ko
check "BTF ids are those of resolve_btfids, byte for byte" same_ids
check "types and ids in one go" all_at_once
check "a resolved id stays" left_alone theirs.ko
check "and what kbuild made" left_alone kernels.ko
check "on a base of an image" other_base
check "the tool names an id that BTF does not have" renamed
check "ids resolved in part" half
check "pahole without effect" no_types
cp bare.ko some.ko
LLVM_OBJCOPY=objcopy pahole -J --btf_base "$kdir/vmlinux" some.ko
check "changed bytes in a module" changed some.ko module "$kdir/vmlinux" ./some.ko
head -c 2000 bare.ko > some.ko
check "a module cut short" refused module "$kdir/vmlinux" ./some.ko
echo text > some.ko
check "no module" refused module "$kdir/vmlinux" ./some.ko
cp theirs.ko some.ko
check "a base without BTF" eval 'cp bare.ko some.ko; refused module ./bare.ko ./some.ko'

# ---- the reader of the library btf

types_of_program() {
	cat > types.c <<-EOF
	struct node { struct node *next; char name[8]; int a:3, f:7; unsigned long long x:40; } node;
	struct all { struct node *f; union { int one; struct { short two, three; }; }; const volatile struct node *const next;
		unsigned char bytes[6]; _Bool flag; struct node nodes[4]; int flex[]; } *all;
	enum small { A, B = -1 } small;
	enum large { C = 1ULL << 40 } large;
	int call(struct all *s, enum small e);
	int call(struct all *s, enum small e) { return s->f->a + e; }
	EOF
	gcc -g -c -o types.o types.c && LLVM_OBJCOPY=objcopy pahole -J types.o && objcopy --dump-section .BTF=types.btf types.o /dev/null
}

reader() {
	gcc -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-sign-compare -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		-I"$top/src/include" -o types "$here/types.c"
}

# PATH EXPECTED: the way through a structure, its steps separated by spaces.
way() {
	local words
	read -ra words <<< "$1"
	output_is "$2" ./types types.btf path "${words[@]}"
}

# PATH PROBLEM
no_way() {
	local words
	read -ra words <<< "$1"
	fails_with 1 ./types types.btf path "${words[@]}" && [ "$output" = "$2" ]
}

check "the reader builds" reader
check "types of a program" types_of_program
check "a number" way "node name 2" "10 signed 1"
check "text" way "node name" "8 text 8"
check "a bit field" way "node a" "16 signed 4 0:3"
check "another bit field" way "node f" "16 signed 4 3:7"
check "a bit field that is long" way "node x" "17 unsigned 8 2:40"
check "pointers" way "all f next next a" "0 0 0 16 signed 4 0:3"
check "qualifiers" way "all next f" "16 16 signed 4 3:7"
check "anonymous structures" way "all three" "10 signed 2"
check "bytes" way "all bytes" "24 bytes 6"
check "a boolean" way "all flag" "30 bool 1"
check "an array of structures" way "all nodes 3 next name" "104 8 text 8"
check "an array without an end" way "all flex 5" "148 signed 4"
check "no such field" no_way "all nothing" "no field"
check "no fields" no_way "node name x" "no fields"
check "no elements" no_way "all flag 0" "no elements"
check "beyond an array" no_way "all nodes 4" "beyond"
check "too many pointers" no_way "all f next next next next next next next next next next next next a" "too far"
check "damaged types" within 120 ./types types.btf damage 20000 1
if objcopy --dump-section .BTF=kernel.btf "$kdir/vmlinux" /dev/null 2> /dev/null; then
	check "all types of a kernel" within 120 ./types kernel.btf all
	check "a kernel's, damaged" within 120 ./types kernel.btf damage 20 2
else
	skip "all types of a kernel" "no headers with BTF"
fi
