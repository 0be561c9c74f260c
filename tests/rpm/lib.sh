# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# For the tests of the RPMs, which run on the host: dnf installs into a root of Debian, where one package of the test's stands for what
# dpkg has there. What tests/packages/lib.sh has, and
#
#   take both            begin with a copy of the base root, which has the kernels $new and $next
#   dnf ARGUMENT...      run dnf on it; what it prints is kept in $said. Its status says little: it is 0 where a scriptlet fails.
#   repository NAME FOLDER   make a folder of RPMs a repository, which dnf then knows under that name
#   rpms_of VERSION RELEASE  build our RPMs as such, unless they are there; sets rpms to their folder

rpm_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LUNATIK_DEBS=${LUNATIK_RPMS:-$rpm_lib/../../build/rpm}
# shellcheck source=../packages/lib.sh
. "$rpm_lib/../packages/lib.sh"

rpms=$(realpath "$debs")
names=(lunatik-dkms lunatik-tools lunatik-xtables lunatik-examples)
repositories=()
libraries=usr/lib/x86_64-linux-gnu

# The base root, with both kernels.
make_both() {
	if [ "${1-}" = inputs ]; then
		echo "$base"
		return 0
	fi
	unpack_base both "$base"
}

dnf() {
	local status=0
	changed=1
	echo "# dnf $*" >> "$transcript"
	as_root "$ci/dnf.sh" "$tree" "${repositories[@]}" "$@" > "$said" 2>&1 < /dev/null || status=$?
	tr '\r' '\n' < "$said" | tee -a "$transcript"
	[ "$status" = 0 ] || echo "(status $status)" | tee -a "$transcript"
	return "$status"
}

# One repository at a time has each name; unsigned (repository.sh is about signed ones).
repository() {
	local others=() option
	createrepo_c --quiet "$2" || { not_ok "the repository $1 is made"; exit 1; }
	for option in "${repositories[@]}"; do
		[[ $option == --repofrompath=$1,* ]] || others+=("$option")
	done
	repositories=("${others[@]}" "--repofrompath=$1,file://$2" "--setopt=$1.gpgcheck=0" "--setopt=$1.metadata_expire=0")
}

# What rpm would find that the libraries of the root provide, and their names on Fedora.
provided() {
	data "$rpm_lib/stand-in"
	find "$tree/$libraries" "$tree/usr/lib64" -name '*.so*' -type f | /usr/lib/rpm/find-provides
	echo "libedit.so.0()(64bit)"
	echo "liblua-5.4.so()(64bit)"
	echo "rtld(GNU_HASH)"
}

# Make the package that stands for Debian's; it holds the libraries' names on Fedora.
make_stand_in() {
	local folder=$1
	mkdir -p "$folder"
	{
		printf '%s\n' 'Name: stand-in' 'Version: 1' 'Release: 1' 'Summary: What dpkg has' 'License: MIT' 'BuildArch: noarch' 'AutoReqProv: no'
		provided | sort -u | sed 's/^/Provides: /'
		printf '%s\n' '%description' 'What dpkg has installed in this root.' '%install' "mkdir -p %{buildroot}/$libraries" \
			"ln -s libedit.so.2 %{buildroot}/$libraries/libedit.so.0" \
			"ln -s liblua5.4.so.0 %{buildroot}/$libraries/liblua-5.4.so" '%files' "/$libraries/*"
	} > "$folder/stand-in.spec"
	rpmbuild -bb --quiet --define "_topdir $folder/top" --define "_rpmdir $folder" --define '_build_name_fmt %%{NAME}.rpm' \
		"$folder/stand-in.spec" > "$folder/log" 2>&1 || { not_ok "the package that stands for Debian's is made" "$(cat "$folder/log")"; exit 1; }
}

# Begin with a root that dnf takes for one that has our dependencies.
take_for_dnf() {
	take both
	make_stand_in "$work/stand-in"
	repository stand-in "$work/stand-in"
	dnf install stand-in > /dev/null || { not_ok "dnf installs what stands for Debian's packages" "$(cat "$said")"; exit 1; }
}
