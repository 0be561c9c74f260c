#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The installed modules are signed by DKMS's key, as they are: BTF was added before that.
. ../lib.sh

kernel=$(uname -r)
work=/tmp/lunatik-signed
mkdir -p $work
on_exit rm -rf $work

# shellcheck source=signature.bash
. ./signature.bash

if ! grep -qs '^CONFIG_MODULE_SIG=y' "/boot/config-$kernel"; then
	skip_all "this kernel does not know signatures"
fi
dkms=$(dkms --version | sed 's/^[^0-9]*//')
[ "${dkms%%.*}" -ge 3 ] || skip_all "DKMS $dkms signs no modules by itself"
certificate=$work/certificate
check "DKMS has a key" eval "certificate_of /var/lib/dkms/mok.pub > $certificate"
for module in "/lib/modules/$kernel"/updates/dkms/lu*.ko*; do
	check "$(basename "$module") is signed by it" signed_by $certificate "$module"
done
changed() {
	plain_module "$module" > $work/changed.ko
	printf 'x' | dd of=$work/changed.ko bs=1 seek=3000 conv=notrunc status=none
	! signed_by $certificate $work/changed.ko
}
check "a change of a byte would show" changed
other_key() {
	openssl req -new -x509 -nodes -days 2 -subj /CN=other -newkey rsa:2048 -keyout $work/other.key \
		-out $work/other.pem 2> /dev/null && ! signed_by $work/other.pem "$module"
}
check "and another key" other_key
