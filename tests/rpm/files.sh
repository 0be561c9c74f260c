#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The RPMs as files: scripts/checks/rpm-files.sh has nothing against ours, and finds in others what it is there for.
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh
top=$(cd ../.. && pwd)
rpms=${LUNATIK_RPMS:-$top/build/rpm}
others=$test_folder/others

on_exit rm -rf "$others"
mkdir "$others"
cp "$rpms"/*.rpm "$others/"
cat > "$others/other.spec" << 'EOS'
Name: other
Version: 1
Release: 1
Summary: For a test
License: MIT
Requires: libedit.so.2()(64bit)
Requires: liblua5.4.so.0(LUA_5.4)(64bit)
%description
For a test.
%install
mkdir -p %{buildroot}/usr/lib/modules-load.d
echo lunatik > %{buildroot}/usr/lib/modules-load.d/other.conf
%post
rm -rf $1/*
%files
/usr/lib/modules-load.d/other.conf
EOS

found_out() { [[ $output == *"$1"* ]] || { echo "$output"; return 1; }; }

make_other() {
	rpmbuild -bb --quiet --define "_topdir $others/top" --define "_rpmdir $others" --define '_build_name_fmt %%{NAME}.rpm' "$others/other.spec"
}

check "our RPMs are as they must be" "$top/scripts/checks/rpm-files.sh" "$rpms"
check "an RPM as it must not be is built" make_other
check "it is found out" fails_with 1 "$top/scripts/checks/rpm-files.sh" "$others"
check "it requires libedit as Debian calls it" found_out "other.rpm requires libedit.so.2, which Fedora does not have"
check "and Lua" found_out "other.rpm requires liblua5.4.so.0, which Fedora does not have"
check "it loads a module when booting" found_out "other.rpm holds /usr/lib/modules-load.d/other.conf"
check "its script has a mistake" found_out "other.rpm: %postin: see above"
