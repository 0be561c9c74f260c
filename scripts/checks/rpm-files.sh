#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Check RPMs without installing them: libraries, scriptlets, what is in them, rpmlint. Says what is wrong; status 1 if something is.
#
# Usage: rpm-files.sh [FOLDER]   (default: build/rpm)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

folder=${1:-build/rpm}
failures=0

wrong() {
	echo "$*"
	failures=$((failures + 1))
}

query() { rpm -qp --nosignature "$@"; }

# Names of libraries, without what rpm adds to them: liblua-5.4.so()(64bit), libc.so.6(GLIBC_2.34)(64bit).
sonames() { query --requires "$1" | sed -nE 's/^([^ (]+\.so[^ (]*)\(.*/\1/p' | sort -u; }

check_sonames() {
	local name
	while read -r name; do
		sed 's/#.*//' rpm/sonames | awk -v name="$name" '$1 == name { found = 1 } END { exit !found }' ||
			wrong "$1 requires $name, which Fedora does not have (rpm/sonames)"
	done < <(sonames "$1")
}

# Each script as rpm would run it.
check_scriptlets() {
	local tag script
	for tag in PREIN POSTIN PREUN POSTUN PRETRANS POSTTRANS; do
		script=$(query --qf "%{$tag}" "$1")
		[ "$script" != '(none)' ] || continue
		shellcheck --shell=sh - <<<"$script" || wrong "$1: %${tag,,}: see above"
	done
}

# Nothing in it makes a module load by itself, or puts a file where a distribution's package has none.
check_files() {
	local file
	while read -r file; do
		case $file in
		/usr/* | /etc/lunatik | /etc/lunatik/*) ;;
		*) wrong "$1 holds $file" ;;
		esac
		case $file in
		*/modules-load.d/* | */modprobe.d/* | *.ko | *.ko.* | /usr/local/*) wrong "$1 holds $file" ;;
		esac
	done < <(query -l "$1" | grep -v '^(contains no files)$')
}

check_names() {
	local name
	for name in lunatik-dkms lunatik-tools lunatik-xtables lunatik-examples; do
		compgen -G "$folder/$name-[0-9]*.rpm" >/dev/null || wrong "there is no $name"
	done
	compgen -G "$folder/lunatik-[0-9]*.src.rpm" >/dev/null || wrong "there is no source package"
}

check_names
for file in "$folder"/*.rpm; do
	check_sonames "$file"
	case $file in
	*.src.rpm) ;;
	*)
		check_scriptlets "$file"
		check_files "$file"
		;;
	esac
done
query --provides "$folder"/lunatik-dkms-*.noarch.rpm | grep -q '^lunatik-kmod = ' || wrong "lunatik-dkms does not provide lunatik-kmod"
rpmlint --strict --config rpm/rpmlint.toml "$folder"/*.rpm rpm/lunatik.spec || wrong "rpmlint: see above"
[ "$failures" = 0 ]
