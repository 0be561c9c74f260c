#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# BTF of the installed modules, and of a module of somebody else whose function an XDP program calls.
. ../lib.sh

kernel=$(uname -r)
work=/tmp/lunatik-btf
pinned=/sys/fs/bpf/lunatik_kfunc
mkdir -p $work
on_exit rm -rf $work

klog_mark
if [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip_all "this kernel has no BTF"
fi
if [ -e "/boot/config-$kernel" ] && ! grep -q "^CONFIG_DEBUG_INFO_BTF_MODULES=y" "/boot/config-$kernel"; then
	skip_all "this kernel has no BTF of modules"
fi

# ---- our own modules

ours() { awk '$1 ~ /^lu/ { print $1 }' /proc/modules; }

all_have_btf() {
	local name count=0
	for name in $(ours); do
		[ -s "/sys/kernel/btf/$name" ] || { echo "$name has none"; return 1; }
		count=$((count + 1))
	done
	[ "$count" -ge 5 ]
}

all_listed() {
	local name
	bpftool btf list > $work/list || return 1
	for name in $(ours); do
		grep -q " name \[$name\] " $work/list || { echo "$name is not listed"; cat $work/list; return 1; }
	done
}

check "the modules load" within 60 lunatik load
check "each has BTF" all_have_btf
check "bpftool lists it" all_listed
check "it describes the core's functions" eval \
	"bpftool btf dump file /sys/kernel/btf/lunatik -B /sys/kernel/btf/vmlinux | grep -q \"FUNC 'lunatik_runtime'\""
no_note() {
	[ -z "$(modinfo -F lunatik_btf lunatik)" ] && ! grep -q ^missing "/lib/modules/$kernel/lunatik/btf"
}
check "nothing is noted as missing" no_note

# ---- a function for eBPF programs

# Built along with the disk of the machine, or here.
build() {
	cp -r module $work/module && lunatik kbuild-flags > $work/module/lunatik.mk &&
		make -C "/lib/modules/$kernel/build" M=$work/module CONFIG_DEBUG_INFO_BTF_MODULES= modules &&
		output_is "" /usr/lib/lunatik/btf module "$kernel" $work/module/lunatik_kfunc.ko && touch $work/module/done
}

built() {
	local ready=/usr/share/lunatik-tests/modules/$kernel/btf
	if [ -e "$ready" ]; then
		cp -r "$ready" $work/module
	else
		build > $work/log 2>&1 && mv $work/log $work/module/log
	fi
	[ -e $work/module/done ] || { cat $work/module/log $work/log; return 1; }
}

insert() {
	on_exit remove
	insmod "$1"
}

remove() { [ ! -e /sys/module/lunatik_kfunc ] || rmmod lunatik_kfunc; }

parameter() { cat "/sys/module/lunatik_kfunc/parameters/$1"; }

load_program() { bpftool prog load ./program.bpf.o $pinned type xdp; }

network() {
	on_exit ip netns del btf
	ip netns add btf && ip link add btf0 type veth peer name btf1 netns btf && ip address add 10.77.0.1/24 dev btf0 &&
		ip link set btf0 up && ip -n btf address add 10.77.0.2/24 dev btf1 && ip -n btf link set btf1 up
}

called() {
	local before after
	read -r before _ < <(parameter sums)
	within 30 ip netns exec btf ping -c 3 -i 0.2 10.77.0.1 > /dev/null || return 1
	read -r after _ < <(parameter sums)
	echo "$before calls before, $after after"
	[ $((after - before)) -ge 3 ]
}

detach() {
	ip link set dev btf0 xdpgeneric off 2> /dev/null
	rm -f $pinned
}

check "a module with functions builds from the installed files" built
check "it loads" insert $work/module/lunatik_kfunc.ko
check "its functions are registered" output_is 0 parameter registered
on_exit detach
check "a program that calls one loads" load_program
check "two machines" network
check "the program attaches" ip link set dev btf0 xdpgeneric pinned $pinned
check "each packet calls the function" called
check "what a program calls stays" fails_with 1 rmmod lunatik_kfunc
detach
check "without the program it goes" eventually 20 remove

# ---- modules that lack it

# Load a module, which says why its functions cannot be called.
degraded() {
	klog_mark
	insert "$1" && output_is -2 parameter registered && klog_has "lunatik_kfunc: eBPF programs cannot call bpf_lunatik_zebra: $2" &&
		! load_program 2> /dev/null && remove
}

variant() {
	cp $work/module/lunatik_kfunc.ko "$work/$1.ko"
	shift
	objcopy "$@"
}

objcopy --dump-section .BTF_ids=$work/ids --dump-section .BTF=$work/types $work/module/lunatik_kfunc.ko /dev/null
head -c "$(stat -c %s $work/ids)" /dev/zero > $work/zeros
head -c 1000 /dev/zero | dd of=$work/types bs=1 seek=24 conv=notrunc status=none
check "a module without ids" variant ids --update-section .BTF_ids=$work/zeros $work/ids.ko
check "says so" degraded $work/ids.ko "built without the kernel's BTF, see lunatik status"
check "a module without BTF" variant none --remove-section .BTF $work/none.ko
check "says so, too" degraded $work/none.ko "the kernel has not taken the module's BTF"
check "a module with damaged BTF" variant damaged --update-section .BTF=$work/types $work/damaged.ko
damaged() {
	# A kernel may also refuse to load such a module.
	if grep -q '^CONFIG_MODULE_ALLOW_BTF_MISMATCH=y' "/boot/config-$kernel"; then
		degraded $work/damaged.ko "the kernel has not taken the module's BTF"
	else
		! insert $work/damaged.ko
	fi
}
check "is refused, with a word" damaged
klog_mark
gone() { [ ! -e /sys/module/lunatik_kfunc ] && [ ! -e $pinned ]; }
check "nothing is left" gone
