# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# For the tests of the packages' life, which run on the host: roots in which apt installs kernels and our packages, and which are
# then booted. Results as in tests/lib.sh.
#
#    take TREE                 begin with a copy of a root: newest (the newest 6.1), newer (the newest 6.12), start (an older 6.1),
#                              three (three kernels), and start-installed, three-installed: the same with our packages
#    inside COMMAND...         run a command in it; what it prints is kept in $said
#    apt ARGUMENTS...          run apt-get in it
#    boot KERNEL [COMMAND]     boot it and run a command there; default: the first example
#    old, new, next            the kernels: an older 6.1, the newest 6.1, the newest 6.12
#
# Conditions, for use with check:
#   installed KERNEL..., not_installed KERNEL...   what DKMS says
#    said_has TEXT, said_lacks PATTERN, one_line TEXT   about what the last command printed
#    nothing_left KERNEL       a removed kernel has left nothing behind

packages_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$packages_lib/../lib.sh"
# shellcheck source=../../ci/lib.sh
. "$packages_lib/../../ci/lib.sh"
# shellcheck source=../../ci/root/sources.sh
. "$ci/root/sources.sh"
set +e

trees=$build/packages
debs=${LUNATIK_DEBS:-$build/deb}
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
case_name=${LUNATIK_CASE:-packages}
transcript=$logs/packages-$case_name.transcript
said=$logs/packages-$case_name.said
work=$trees/case
tree=$work/tree
changed=1

# Print image and headers package of a kernel.
packages_of() { echo "linux-image-$1 linux-headers-$1"; }

# Choose the kernels by what the archive has; with one 6.1 left, there is no older one.
choose_kernels() {
	local all
	base=$("$ci/root.sh") || { not_ok "there is a root"; exit 1; }
	mapfile -t all < <(kernel_versions 6.1)
	new=${all[-1]} old=${all[-2]-}
	next=$(kernel_versions 6.12 | tail -n 1)
	if [ -z "$old" ] || [ -z "$next" ]; then skip_all "the archive has no two 6.1 and one 6.12 with headers"; fi
}

# Lines of a transcript: the words of apt and the maintainer scripts, without the progress of downloading and unpacking.
shorten() {
	grep -vE '^(Get:|Fetched |\(Reading |Selecting |Preparing |Reading |Building dep|0 upgraded|Suggested|Recommended|debconf: delaying| +-|[a-z_]+\.ko(\.xz)?:$|Running module version|$)' || true
}

# Run a command in the root.
inside() {
	local status=0
	changed=1
	echo "# ${shown:-$*}" >> "$transcript"
	as_root "$ci/root/inside.sh" "$tree" "$apt_state" "$cache/archives" "$debs" "$@" > "$said" 2>&1 < /dev/null || status=$?
	shorten < "$said" | tee -a "$transcript"
	[ "$status" = 0 ] || echo "(status $status)" | tee -a "$transcript"
	return "$status"
}

# The folder of downloaded packages is shared by runs, so that apt must not lock it.
# Maintainer scripts run as on a machine; only the initial file system of a kernel is left out (INITRD=No), and data is not synced.
apt() {
	shown="apt-get $*" inside apt-get -q -y --no-install-recommends --allow-downgrades -o Debug::NoLocking=true -o APT::Sandbox::User=root \
		-o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0 "$@"
}

# Make a root of a name below $trees, unless it is there, made of the same.
make_tree() {
	local name=$1 key
	key=$({ "make_${name//-/_}" inputs; cat "$ci"/root/{inside,mounts,unpack}.sh; } | hash)
	tree=$trees/$name
	[ "$(cat "$tree.key" 2> /dev/null)" != "$key" ] || return 0
	rm -f "$tree.key"
	remove_tree "$tree"
	if ! "make_${name//-/_}"; then
		tail -n 30 "$said" | details
		return 1
	fi
	echo "$key" > "$trees/$name.key"
}

copy_tree() {
	make_tree "$1" || return 1
	as_root cp -a --reflink=auto "$trees/$1" "$2"
}

# Unpack the base root and let apt in it reach the archive, without what ci/root.sh leaves out of kernels.
unpack_base() {
	tree=$trees/$1
	as_root "$ci/root/unpack.sh" "$2/root.tar" "$tree" || return 1
	{ data "$ci/root/excludes" | sed 's/^/path-exclude=/'; echo "path-include=/usr/share/doc/*/copyright"; } > "$trees/excludes"
	printf '#!/bin/sh\nexit 101\n' > "$trees/policy-rc.d"
	as_root install -D -m 644 "$apt_state/fetch.conf" "$tree/etc/apt/apt.conf.d/00fetch"
	as_root install -D -m 644 "$trees/excludes" "$tree/etc/dpkg/dpkg.cfg.d/excludes"
	as_root install -D -m 755 "$trees/policy-rc.d" "$tree/usr/sbin/policy-rc.d"
}

# Debian with the kernels of ci/kernels and an older one.
make_three() {
	if [ "${1-}" = inputs ]; then
		echo "$base $old"
		return 0
	fi
	unpack_base three "$base" || return 1
	# shellcheck disable=SC2046 # two words
	apt install $(packages_of "$old")
}

# Debian with one of the base root's kernels alone, without the other: nothing is downloaded for it.
make_one() {
	if [ "${3-}" = inputs ]; then
		echo "$base"
		return 0
	fi
	unpack_base "$1" "$base" || return 1
	# shellcheck disable=SC2046 # words
	apt purge --autoremove $(packages_of "$2")
}
make_newest() { make_one newest "$next" "$@"; }
make_newer() { make_one newer "$new" "$@"; }

# The same with the older kernel alone.
make_start() {
	if [ "${1-}" = inputs ]; then
		make_three inputs
		echo "$new $next"
		return 0
	fi
	copy_tree three "$trees/start" || return 1
	tree=$trees/start
	# shellcheck disable=SC2046 # words
	apt purge --autoremove $(packages_of "$new") $(packages_of "$next")
}

# Roots with our packages.
make_installed() {
	local from=$1
	if [ "${2-}" = inputs ]; then
		"make_$from" inputs
		cat "$debs"/*.deb
		return 0
	fi
	copy_tree "$from" "$trees/$from-installed" || return 1
	tree=$trees/$from-installed
	apt install "${ours[@]}"
}
make_start_installed() { make_installed start "$@"; }
make_three_installed() { make_installed three "$@"; }

# Their names.
names_of() { printf "%s\n" "$@" | sed -E "s|.*/([^_]*)_.*|\1|"; }

# Our packages as apt is given them.
ours_of() {
	local file
	for file in "$1"/*.deb; do
		case $file in *-dbgsym_*) ;; *) echo "/debs/$(basename "$file")" ;; esac
	done
}

# Build our packages under another version (ci/packages/bump.sh), and let /debs hold these.
bring() {
	built=$debs debs=$trees/debs-$1
	"$ci/packages/bump.sh" "$1" "$debs" > "$said" 2>&1 || { not_ok "version $1 is built" "$(tail -n 20 "$said")"; exit 1; }
	mapfile -t ours < <(ours_of "$debs")
}

take() {
	remove_tree "$work"
	mkdir -p "$work"
	copy_tree "$1" "$work/tree" > /dev/null || { not_ok "the root $1 is made"; exit 1; }
	tree=$work/tree changed=1
	echo "--- a machine: $1" >> "$transcript"
}

# Put a mistake into one file of the installed source.
break_source() {
	as_root sed -i '1i #error "injected mistake"' "$tree/usr/src/lunatik-$version/src/$1"
}

# The first example, which works without a further command after a new kernel.
# shellcheck disable=SC2016 # the machine expands
works='set -e
uname -r
lunatik run examples/passwd
text=$(head -c 16 /dev/passwd)
echo "$text" | LC_ALL=C grep -axE "[[:print:]]{16}"
lunatik stop examples/passwd
lunatik unload'

# Boot the root with one of its kernels. Sets said, the output of the command.
boot() {
	local kernel=$1 job=${2-$works} status=0 verdict=$logs/last-packages-$1.verdict
	if [ "$changed" = 1 ]; then
		as_root "$ci/root/disk.sh" "$tree" "$work/root.ext4" || return 1
		changed=
	fi
	mkdir -p "$work/$kernel"
	cp "$tree/boot/vmlinuz-$kernel" "$work/$kernel/vmlinuz" || return 1
	"$ci/root/initrd.sh" "$tree" "$kernel" > "$work/$kernel/initrd" || return 1
	echo "# boot $kernel" >> "$transcript"
	"$ci/boot.sh" --disk "$work/root.ext4" --files "$work/$kernel" --label packages --silent "${@:3}" \
		--command "exec > /dev/ttyS1 2>&1
$job" "$kernel" || status=$?
	tr -d '\r' < "$verdict" | grep -vE '^(# (start|end|limit)|exit )' > "$said"
	tee -a "$transcript" < "$said"
	[ "$status" = 0 ] || echo "(status $status)" | tee -a "$transcript"
	return "$status"
}

# Condition: DKMS has our modules for these kernels, and each has the core.
installed() {
	local kernel status
	status=$(inside dkms status -m lunatik)
	for kernel; do
		if ! grep -q "^lunatik/.*, $kernel, .*: installed" <<< "$status" ||
			! compgen -G "$tree/lib/modules/$kernel/updates/dkms/lunatik.ko*" > /dev/null; then
			printf 'not installed for %s:\n%s\n' "$kernel" "$status"
			return 1
		fi
	done
}

# Condition: DKMS has nothing for these kernels.
not_installed() {
	local kernel
	for kernel; do
		! installed "$kernel" > /dev/null || { echo "installed for $kernel"; return 1; }
	done
}

# Condition: the last command printed a text.
said_has() {
	grep -qF -e "$1" "$said" && return 0
	printf 'expected, somewhere: %s\n' "$1"
	cat "$said"
	return 1
}

# Condition: the last command printed no line that matches.
said_lacks() {
	! grep -E -e "$1" "$said"
}

# Condition: exactly one line of the last command holds a text.
one_line() {
	[ "$(grep -cF -e "$1" "$said")" = 1 ] && return 0
	printf 'expected in one line: %s\n' "$1"
	cat "$said"
	return 1
}

# Condition: nothing is left of a kernel that was removed.
nothing_left() {
	local left
	left=$(cd "$tree" && find lib/modules/ var/lib/dkms var/lib/lunatik usr/lib/lunatik -path "*$1*" 2> /dev/null)
	[ -n "$left" ] || return 0
	printf 'left:\n%s\n' "$left"
	return 1
}

# Print all files of the root, but for caches, logs and what dpkg and DKMS keep for themselves.
files() {
	(cd "$tree" && find . \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./run -o -path ./debs -o -path ./var/cache -o -path ./var/log \
		-o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path './var/lib/dkms/mok.*' -o -name '*.pyc' \) -prune -o -print | sort)
}

mkdir -p "$trees" "$logs"
: > "$transcript"
on_exit remove_tree "$work"
choose_kernels
mapfile -t ours < <(ours_of "$debs")
mapfile -t our_names < <(names_of "${ours[@]}")
