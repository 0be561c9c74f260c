# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# For the tests of the RPMs, which run on the host: dnf installs into a root of Debian, where one package of the test's stands
# for those of dpkg. It adds to tests/packages/lib.sh:
#
#    take_for_dnf         begin with the base root, which has the kernels $new and $next
#    like_fedora          hide in it the signs of Debian
#    dnf ARGUMENT...      run dnf on it; what it prints is kept in $said. Its status says little: it is 0 where a scriptlet fails.
#    repository NAME FOLDER   make a folder of RPMs a repository, which dnf then knows under that name
#    bump VERSION RELEASE let dnf know our RPMs as such instead

rpm_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LUNATIK_DEBS=${LUNATIK_RPMS:-$rpm_lib/../../build/rpm}
# shellcheck source=../packages/lib.sh
. "$rpm_lib/../packages/lib.sh"

rpms=$(realpath "$debs")
names=(lunatik-dkms lunatik-tools lunatik-xtables lunatik-examples)
repositories=()
libraries=usr/lib/x86_64-linux-gnu
dnf_said=$logs/packages-$case_name.dnf

dnf() {
	local status=0
	changed=1
	echo "# dnf $*" >> "$transcript"
	as_root "$ci/root/dnf.sh" "$tree" "${repositories[@]}" "$@" > "$said" 2>&1 < /dev/null || status=$?
	tr '\r' '\n' < "$said" | tee -a "$transcript"
	cp "$said" "$dnf_said"
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

# Print what rpm finds of the root's libraries that we may require (rpm/sonames), and Fedora's names of two of them.
provided() {
	local name
	data "$rpm_lib/stand-in"
	for name in $(data "$top/rpm/sonames" | cut -d " " -f 1); do
		find "$tree/$libraries" -name "$name*" -type f
		readlink -e "$tree/$libraries/$name"
	done | sort -u | /usr/lib/rpm/find-provides
	echo "libedit.so.0()(64bit)"
	echo "liblua-5.4.so()(64bit)"
	echo "rtld(GNU_HASH)"
}

# Make an RPM of a name in FOLDER: SCRIPT makes its files in the folder $1, and it owns FILE... Standard input: its Provides.
make_rpm() {
	local folder=$1 name=$2 script=$3 file
	shift 3
	mkdir -p "$folder/root"
	for file; do
		[ -n "$script" ] || install -D /dev/null "$folder/root$file"
	done
	[ -z "$script" ] || "$script" "$folder/root"
	{
		printf "%s\n" "Name: $name" "Version: 1" "Release: 1" "Summary: For a test" "License: MIT" "BuildArch: noarch" "AutoReqProv: no"
		sed "s/^/Provides: /"
		printf "%s\n" "%description" "For a test." "%install" "cp -a $folder/root/. %{buildroot}/" "%files" "$@"
	} > "$folder/$name.spec"
	rpmbuild -bb --quiet --define "_topdir $folder/top" --define "_rpmdir $folder" --define "_build_name_fmt %%{NAME}.rpm" \
		"$folder/$name.spec" > "$folder/log" 2>&1 || { not_ok "the RPM $name is made" "$(cat "$folder/log")"; exit 1; }
}

# Add the names of libraries, and a folder, that the root lacks and Fedora has.
names_of_fedora() {
	mkdir -p "$1/$libraries" "$1/usr/share/licenses"
	ln -s libedit.so.2 "$1/$libraries/libedit.so.0"
	ln -s liblua5.4.so.0 "$1/$libraries/liblua-5.4.so"
}

# Begin with a root that dnf takes for one that has our dependencies.
take_for_dnf() {
	remove_tree "$work"
	mkdir -p "$work"
	tree=$work/tree changed=1
	as_root "$ci/root/unpack.sh" "$base/root.tar" "$tree" || { not_ok "the base root is unpacked"; exit 1; }
	echo "--- a machine with $new and $next" >> "$transcript"
	provided | sort -u | make_rpm "$work/stand-in" stand-in names_of_fedora "/$libraries/*" /usr/share/licenses
	repository stand-in "$work/stand-in"
	dnf install stand-in > /dev/null || { not_ok "dnf installs what stands for Debian's packages" "$(cat "$said")"; exit 1; }
}

# Like one_line, of dnf's output, after other commands have been run.
one_line_of_dnf() { said=$dnf_said one_line "$1"; }

# Let dnf know our RPMs under another version or release (ci/packages/bump-rpm.sh).
bump() {
	local folder=$trees/rpm-$1-$2
	"$ci/packages/bump-rpm.sh" "$1" "$2" "$folder" > "$said" 2>&1 || { not_ok "$1-$2 is built" "$(tail -n 20 "$said")"; exit 1; }
	repository lunatik "$folder"
}

# A kernel with our modules boots and runs the first example. BOOT= (empty): not here.
check_boot() {
	if [ -z "${BOOT-1}" ]; then
		skip "$1 boots and runs the first example" "BOOT is empty"
	else
		check "$1 boots and runs the first example" boot "$1"
	fi
}

# Take away the files that only Debian has, by which a program could recognise it.
like_fedora() {
	# shellcheck disable=SC2016 # that shell expands
	as_root sh -c 'cd "$1" && mkdir root/debian && mv usr/bin/dpkg* usr/bin/apt* etc/debian_version root/debian/' sh "$tree"
}
