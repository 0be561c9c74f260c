#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# lunatik doctor and lunatik load: each breakage that needs no boot of its own, its true cause and its command.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$(dirname "$0")" || exit 1
# shellcheck source=doctor.bash
. ./doctor.bash

kernel=$(uname -r)
flavour=$(sed -E 's/^([0-9][^-]*-)*//' <<< "$kernel")
version=$(lunatik --version | cut -d ' ' -f 2)
build="sudo dkms install --force lunatik/$version -k $kernel"
rebuild="sudo dkms build --force lunatik/$version -k $kernel && $build"
modules=/lib/modules/$kernel
core=$(modinfo -n lunatik)
# One on which no other module depends, which would load it.
stub=$(modinfo -n luafib)
made=/var/tmp/made
lunatik unload
[ -e "/usr/src/lunatik-$version/dkms.conf" ] || skip_all "the modules are not from a package"

# Move something away, and back.
hidden=/var/tmp/hidden
hide() {
	mkdir -p "$hidden${1%/*}"
	mv "$1" "$hidden$1"
}
show() {
	rm -rf "$1"
	mv "$hidden$1" "$1"
}

# The modules of this kernel as they are before the package builds them. depmod takes its time: its files are kept.
unbuild() {
	mkdir -p "$hidden/index"
	cp "$modules"/modules.* "$hidden/index/"
	hide "${core%/*}"
	depmod "$kernel"
}
rebuild() {
	show "${core%/*}"
	cp "$hidden"/index/* "$modules/"
}
on_exit rm -rf "$hidden" "$made"

# Make MADE of a module: in one of its sections, sed changes something.
forge() {
	local name=$1 module=$2 section=$3 change=$4
	mkdir -p "$made"
	if [[ $module == *.xz ]]; then
		xz -dc "$module" > "$made/plain.ko"
		module=$made/plain.ko
	fi
	objcopy --dump-section "$section=$made/section" "$module" "$made/ignored" &&
		LC_ALL=C sed -i "$change" "$made/section" &&
		objcopy --update-section "$section=$made/section" "$module" "$made/$name"
}

# A module of another name with the core's symbols.
forge_clash() {
	forge half.ko "$core" .modinfo 's/name=lunatik\x00/name=lunatic\x00/' &&
		forge clash.ko "$made/half.ko" .gnu.linkonce.this_module 's/lunatik\x00/lunatic\x00/'
}

# Another file in a module's place.
replace() {
	hide "$1"
	case $1 in
	*.xz) xz -c --check=crc32 "$2" > "$1" ;;
	*) cp "$2" "$1" ;;
	esac
}

check "a fresh installation is well" well
check "and nothing is loaded by that" sh -c '! lsmod | grep -E "^lua|^lunatik"'
check "a user may ask, too" setpriv --reuid 65534 --regid 65534 --clear-groups -- lunatik doctor
lunatik load
check "well when loaded" well
check "for programs" output_has '"ok": true' lunatik doctor --json
lunatik unload

unbuild
others=$(grep -l '/lunatik.ko' /lib/modules/*/modules.dep | cut -d / -f 4 | grep -vxF "$kernel" | sort -V | paste -s -d , | sed 's/,/, /g')
if [ -n "$others" ]; then
	check "built for another kernel only" broken "the modules were built for $others, but not for the running kernel $kernel" "$build"
else
	check "not built" broken "the modules were not built for the running kernel $kernel" "$build"
fi
hide /usr/bin/make
check "no make" broken "make is not installed" "sudo apt install gcc make && $build"
show /usr/bin/make
hide "$modules/build"
series=$(cut -d . -f 1,2 <<< "$kernel")
meta=linux-headers-$flavour
! dpkg-query -W -f '${source:Package}' "linux-image-$kernel" | grep -q -e "-$series-" || meta=linux-headers-$series-$flavour
check "no headers" broken "its headers are not installed" "sudo apt install linux-headers-$kernel $meta"
mkdir -p /lib/modules/99.0-amd64
: > /lib/modules/99.0-amd64/modules.dep
check "no headers, and not the newest kernel" broken "99.0-amd64 is installed, this one is older" "sudo apt install linux-headers-$kernel $meta"
rm -r /lib/modules/99.0-amd64
show "$modules/build"
hide /usr/sbin/dkms
check "no dkms" broken "dkms, which builds the modules, is not installed" "sudo apt install dkms lunatik-dkms"
show /usr/sbin/dkms
hide "/usr/src/lunatik-$version"
check "no package" broken "the package lunatik-dkms, which holds the modules' source, is not installed" "sudo apt install lunatik-dkms"
mv "$hidden/usr/src/lunatik-$version" "/usr/src/lunatik-99.0"
check "the source of another version" broken "the modules' source is /usr/src/lunatik-99.0" "sudo apt install lunatik-tools lunatik-dkms"
mv /usr/src/lunatik-99.0 "/usr/src/lunatik-$version"
rebuild
check "well again" well

check "a stub is made" forge stub.ko "$stub" .modinfo 's/$/lunatik_missing=bindings\/luafib.c:1: error: injected\x00/'
check "and the core of another version" forge newer.ko "$core" .modinfo "s/version=$version\\x00/version=99.0\\x00/g"
check "and another owner of its symbols" forge_clash
replace "$stub" "$made/stub.ko"
check "a stub and its reason" finds "luafib does not work on kernel $kernel: bindings/luafib.c:1: error: injected" "$rebuild"
check "the others load" lunatik load
check "and status has the reason" output_has "luafib is not loaded (not available on this kernel: bindings/luafib.c:1: error: injected)" lunatik status
lunatik unload
show "$stub"
lunatik load
replace "$core" "$made/newer.ko"
check "another version is installed than loaded" finds "lunatik $version is loaded, 99.0 is installed" "sudo lunatik reload"
check "load says so" fails_with 3 lunatik load
show "$core"
lunatik unload
insmod "$made/clash.ko"
breakage "a symbol clash" "lunatik: the loaded module lunatic has a symbol of the same name, lunatik_" "sudo rmmod lunatic" rmmod lunatic
other=$(ls -d "/lib/modules/${others%%,*}/${core#"$modules/"}" 2> /dev/null)
if [ -n "$others" ] && [ -e "$other" ]; then
	hide "$core"
	cp "$other" "$core"
	breakage "a module of another kernel" "lunatik was built for another kernel than $kernel" "$rebuild" show "$core"
fi

mkdir "$modules/kernel/lunatik"
cp "$made/clash.ko" "$modules/kernel/lunatik/luadevice.ko"
check "modules of another installation" finds "$modules/kernel/lunatik/luadevice.ko is the module of another installation" \
	"sudo rm $modules/kernel/lunatik/*.ko* && sudo depmod"
rm -r "$modules/kernel/lunatik"
install -m 755 /bin/true /usr/local/sbin/lunatik
check "a command of another installation" finds "/usr/local/sbin/lunatik is the command of another installation" \
	"sudo rm /usr/local/sbin/lunatik"
rm /usr/local/sbin/lunatik
hash -r
mkdir -p /lib/modules/lua/lunatik
echo > /lib/modules/lua/lunatik/config.lua
check "a library of another installation" finds "/lib/modules/lua/lunatik/config.lua is a library of another installation" \
	"sudo rm /lib/modules/lua/lunatik/config.lua"
rm /lib/modules/lua/lunatik/config.lua
chmod 777 /etc/lunatik
check "a folder that others may write" finds "/etc/lunatik can be written by others than root" \
	"sudo chown -R root /etc/lunatik && sudo chmod -R go-w /etc/lunatik"
chmod 755 /etc/lunatik
mkdir -p "/var/lib/dkms/other/1.0/$kernel/x86_64/module"
on_exit rm -rf /var/lib/dkms/other
ln -s /usr/src/other-1.0 /var/lib/dkms/other/1.0/source
# Whether this breaks `dkms status`, and with which status that ends, depends on DKMS.
check "doctor names a folder that a module of others has left" finds "/var/lib/dkms/other/1.0 is left of a module whose source /usr/src/other-1.0 is gone" "sudo rm -r /var/lib/dkms/other/1.0"
rm -r /var/lib/dkms/other/1.0
check "the named command mends it" eval 'dkms status > /dev/null'
rm -r /var/lib/dkms/other
lunatik load
mv /dev/lunatik /dev/hidden
check "no device" finds "/dev/lunatik is missing although the modules are loaded" "sudo lunatik reload"
mv /dev/hidden /dev/lunatik
lunatik unload
check "well in the end" well
