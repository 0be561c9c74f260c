#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck disable=SC2154
# btf.sh [newer]: BTF and signatures of the installed modules of 6.1, whose headers lack the base of BTF: built before the
# kernel's image is there, after it came, after it changed; signed by an administrator's key, then by DKMS's own. Signed
# modules have their BTF. newer: the keys on 6.12, whose headers hold everything.
cd "$(dirname "$0")" || exit 1
# shellcheck source=/dev/null
. ./lib.sh
# shellcheck source=../btf/signature.bash
. ../btf/signature.bash

key=$trees/key
admin=$key/site.pem

# A key as an administrator has it, made known to DKMS.
give_key() {
	mkdir -p "$key"
	openssl req -new -x509 -nodes -days 2 -subj "/CN=site" -newkey rsa:2048 -keyout "$key/site.key" -out "$admin" 2> /dev/null
	openssl x509 -in "$admin" -outform DER -out "$key/site.der"
	printf 'mok_signing_key=/root/site.key\nmok_certificate=/root/site.der\n' > "$key/site.conf"
	as_root install -m 600 "$key/site.key" "$key/site.der" "$tree/root/" &&
		as_root install -D -m 644 "$key/site.conf" "$tree/etc/dkms/framework.conf.d/site.conf"
}

# The kernel's image as its package installs it, or not yet there.
hide_image() { as_root mv "$tree/boot/vmlinuz-$new" "$tree/root/"; }
show_image() { as_root mv "$tree/root/vmlinuz-$new" "$tree/boot/"; }

modules() { find "$tree/lib/modules/$new/updates/dkms" -name 'lu*.ko*' | sort; }

# Condition: a module is signed by DKMS's own key.
signed_by_dkms() {
	certificate_of "$tree/var/lib/dkms/mok.pub" > "$key/dkms.pem" && signed_by "$key/dkms.pem" "$1"
}

# Condition: each module meets a condition whose last argument is its file.
each() {
	local file count=0
	for file in $(modules); do
		"$@" "$file" || { echo "$(basename "$file"): not so"; return 1; }
		count=$((count + 1))
	done
	[ "$count" -ge 5 ]
}

# Sections and note of a module: does it have BTF?
btf_of() {
	plain_module "$1" > "$work/plain.ko" && note=$(modinfo -F lunatik_btf "$work/plain.ko") || return 1
	sections=$(readelf -SW "$work/plain.ko")
}

has_btf() { btf_of "$1" && [[ $sections == *' .BTF '* ]] && [ -z "$note" ]; }

lacks_btf() { btf_of "$2" && [[ $sections != *' .BTF '* ]] && [ "$note" = "$1" ]; }

hook() { inside "/etc/kernel/$1/lunatik" "$new"; }

state() { modules | xargs stat -c '%n %y' && cat "$tree/lib/modules/$new/lunatik/btf"; }

works_there="lunatik load && test -s /sys/kernel/btf/lunatik && lunatik unload"
not_by_admin() { ! signed_by "$admin" "$(modules | head -n 1)"; }

if [ "${1-}" = newer ]; then
	take newer
	new=$next
	check "an administrator's key" give_key
	check "apt installs our packages" apt install "${ours[@]}"
	check "the output says that the modules are ready" one_line "lunatik: ready on $new"
	check "each has its BTF" each has_btf
	check "and is signed by the administrator's key, as it is" each signed_by "$admin"
	check "DKMS has made no key of its own" [ ! -e "$tree/var/lib/dkms/mok.key" ]
	check "the machine boots" boot "$new" "$works_there"
	as_root rm "$tree/etc/dkms/framework.conf.d/site.conf"
	check "without that key the packages are installed again" apt install --reinstall "${ours[@]}"
	check "each has its BTF again" each has_btf
	check "and is signed by DKMS's own key" each signed_by_dkms
	check "and no longer by the administrator's" not_by_admin
	exit 0
fi

take newest
reason="the image of $new is not installed"
check "an administrator's key" give_key
check "headers without the image" hide_image
check "apt installs our packages" apt install "${ours[@]}"
check "the output says that BTF is missing" one_line "lunatik: ready on $new, without BTF: $reason"
check "the modules say so" each lacks_btf "$reason"
check "they are signed by the administrator's key" each signed_by "$admin"
before=$(state)
check "the hook of the headers runs again" hook header_postinst.d
check "it builds nothing in vain" [ "$(state)" = "$before" ]

check "the image comes" show_image
common=$tree/usr/src/linux-headers-${new%-*}-common
as_root mv "$common" "$common.away"
check "its hook runs while nothing can be built" hook postinst.d
check "the output says so" one_line "lunatik: the modules for $new stay without BTF"
check "DKMS still has them" installed "$new"
check "they are as they were" each lacks_btf "$reason"
as_root mv "$common.away" "$common"
check "its hook runs" hook postinst.d
check "the output says that the modules are ready" one_line "lunatik: ready on $new"
check "each has its BTF" each has_btf
check "and is signed by the administrator's key, as it is" each signed_by "$admin"
before=$(state)
check "the hook runs again" hook postinst.d
check "it builds nothing more" [ "$(state)" = "$before" ]
check "DKMS has made no key of its own" [ ! -e "$tree/var/lib/dkms/mok.key" ]

as_root rm "$tree/etc/dkms/framework.conf.d/site.conf"
check "another image" as_root touch "$tree/boot/vmlinuz-$new"
check "the hook builds for it" hook postinst.d
check "each has its BTF again" each has_btf
check "and is signed by DKMS's own key" each signed_by_dkms
check "and no longer by the administrator's" not_by_admin
check "it boots, with BTF" boot "$new" "$works_there"

as_root mv "$tree/usr/bin/pahole" "$tree/usr/bin/pahole.away"
check "a build without pahole" inside dkms build --force -m lunatik -v "$version" -k "$new"
check "is installed" inside dkms install --force -m lunatik -v "$version" -k "$new"
check "the modules report that pahole did nothing" each lacks_btf "cannot run pahole: No such file or directory"
check "they are signed nevertheless" each signed_by_dkms
as_root mv "$tree/usr/bin/pahole.away" "$tree/usr/bin/pahole"
check "with pahole the hook builds once more" hook postinst.d
check "and each has its BTF" each has_btf
