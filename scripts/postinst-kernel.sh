#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Make sure that one kernel has its modules. Called by the kernel hooks after DKMS's own, and by the package after an
# installation. May be called any number of times, prints at most one line, and always succeeds: a kernel must
# never fail to install because of us.
#
# Usage: postinst-kernel [--rebuild VERSION] KERNEL   (--rebuild: this version, whatever is installed: it was built from other files)
version=
if [ "${1-}" = --rebuild ]; then
	version=${2-}
	shift 2
fi
again=$version
kernel=${1-}
headers=/lib/modules/$kernel/build/include
state=/lib/modules/$kernel/lunatik
tool=/usr/lib/lunatik/btf

say() { echo "lunatik: $*"; }

# From where apt should take them: it prefers a release's own kernel to that of its backports.
suite() {
	case $(dpkg-query -W -f '${Version}' "linux-image-$kernel" 2>/dev/null) in
	*~bpo*) sed -n 's/^VERSION_CODENAME=\(.*\)/\/\1-backports/p' /etc/os-release ;;
	esac
}

# The image package of which the kernel came as a dependency names the headers that keep coming.
metapackage() {
	dpkg-query -W -f '${Package} ${Depends}\n' 'linux-image-*' 2>/dev/null |
		awk -v image="linux-image-$kernel" -v suite="$(suite)" '$1 != image {
			for (i = 2; i <= NF; i++) if ($i == image) { sub("image", "headers", $1); print " " $1 suite; exit }
		}'
}

# The packages to install, where packages come by apt or by dnf. A flavour of Fedora stands behind a plus (6.17.1-300.fc43.x86_64+rt).
headers_command() {
	if [ -e /etc/debian_version ]; then
		echo "apt install linux-headers-$kernel$(metapackage)"
	else
		case $kernel in
		*+*) echo "dnf install kernel-${kernel##*+}-devel-${kernel%+*}" ;;
		*) echo "dnf install kernel-devel-$kernel" ;;
		esac
	fi
}

# Of this version: modules that "make install" left are of another.
installed() {
	dkms status -m lunatik -v "$version" -k "$kernel" 2>/dev/null | grep -q ': installed'
}

build() {
	dkms install ${again:+--force} -m lunatik -v "$version" -k "$kernel" >/dev/null 2>&1
}

# Whether the installed build lacks BTF that may be possible now, because the headers came before the image, or has
# that of another image. A file beside the build has the inputs of it, and whether they sufficed.
outdated() {
	[ -x "$tool" ] && grep -qs '^inputs ' "$state/btf" || return 1
	before=$(sed -n 's/^inputs //p' "$state/btf")
	now=$("$tool" inputs "$kernel")
	case $(cat "$state/btf") in
	*'missing '*) [ "$before" != "$now" ] ;;
	'from image'*) [ "${before%%,*}" != "${now%%,*}" ] && [ "${now%%,*}" != 'no image' ] ;;
	*) false ;;
	esac
}

# DKMS forgets what it has built before it builds again. If that fails, the modules that stay installed would be nobody's:
# not replaced by a later build of the same version, left behind by a removal. So what it has is kept meanwhile.
rebuild() {
	built=/var/lib/dkms/lunatik/$version/$kernel
	kept=/var/lib/dkms/.lunatik-$kernel
	rm -rf "$kept"
	cp -al "$built" "$kept" 2>/dev/null
	if dkms build --force -m lunatik -v "$version" -k "$kernel" >/dev/null 2>&1; then
		rm -rf "$kept"
		dkms install --force -m lunatik -v "$version" -k "$kernel" >/dev/null 2>&1
	else
		[ ! -d "$kept" ] || { rm -rf "$built" && mv "$kept" "$built"; }
		return 1
	fi
}

# Said once for each build: image and headers call us one after the other.
announce() {
	[ ! -e "$state/announced" ] || return 0
	describe
	! [ -d "$state" ] || : >"$state/announced"
}

# Why the last build failed, as the log says it.
failure() {
	log=/var/lib/dkms/lunatik/$version/build/make.log
	if [ "$(df --output=avail -B 1M /var/lib/dkms | tail -n 1)" -lt 2 ]; then
		echo "no space left in /var/lib/dkms"
	elif grep -qs "for kernel $kernel " "$log"; then
		sed -n 's/^lunatik: //p' "$log" | tail -n 1
	fi
}

describe() {
	if grep -qs '^lunatik ' "$state/missing"; then
		say "not available on $kernel: $(sed -n 's/^lunatik //p' "$state/missing")"
	elif [ -s "$state/missing" ]; then
		say "ready on $kernel, without $(cut -d' ' -f1 "$state/missing" | tr '\n' ' ')(lunatik status says why)"
	else
		say "ready on $kernel$(sed -n 's/^missing /, without BTF: /p' "$state/btf" 2>/dev/null)"
	fi
}

# The newest source of ours; none if the package was removed.
[ -n "$version" ] || version=$(
	for source in /usr/src/lunatik-*; do
		[ ! -e "$source/src/modules" ] || sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$source/dkms.conf"
	done | sort -V | tail -n 1
)
[ -n "$kernel" ] && [ -n "$version" ] && command -v dkms >/dev/null || exit 0

[ -d "/lib/modules/$kernel" ] || exit 0

case $(uname -m) in
x86_64 | aarch64) ;;
*)
	say "no modules for $kernel: they are for x86_64 and aarch64, not for $(uname -m)"
	exit 0
	;;
esac

if [ ! -e "$headers" ]; then
	say "no modules for $kernel without its headers: $(headers_command)"
elif installed && [ -n "$again" ]; then
	if rebuild; then
		announce
	else
		cause=$(failure)
		say "the modules for $kernel stay as they were: ${cause:-the build failed} (then: dkms install --force lunatik/$version -k $kernel)"
	fi
elif installed; then
	if outdated && ! rebuild; then
		say "the modules for $kernel stay without BTF: see /var/lib/dkms/lunatik/$version/build/make.log"
	else
		announce
	fi
elif build; then
	announce
else
	cause=$(failure)
	say "no modules for $kernel: ${cause:-the build failed} (then: dkms install lunatik/$version -k $kernel)"
fi
exit 0
