#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Run the kernel's checkpatch.pl on our C files. Prints the findings; status 1 if there is one, 77 with the reason if
# checkpatch.pl cannot be had. Exceptions, each with its reason: scripts/checks/checkpatch-exceptions.
#
# Usage: checkpatch.sh [--count] [FILE...]
#
#	--count   print how many findings of each type instead
#	CHECKPATCH=FILE  this one
#
# Debian's headers lack checkpatch.pl. It comes from, in this order: CHECKPATCH=, a kernel's source or headers that are
# installed here, the cache, the source of the debug kernel while that is being built, Debian's linux-source package. Of that
# package (150 MB, not installed) the cache keeps only the three files, in checkpatch-VERSION.
# shellcheck source=../../ci/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../ci/lib.sh"
cd "$top"
parts=(scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch)

skip() {
	say "checkpatch.sh: $*"
	exit 77
}

# Print the version of a kernel's source tree.
tree_version() {
	sed -nE 's/^(VERSION|PATCHLEVEL|SUBLEVEL) = ([0-9]+)$/\2/p' "$1/Makefile" | paste -s -d .
}

# Keep the files of a source tree in the cache, and print where checkpatch.pl is then.
keep() {
	local place
	place=$cache/checkpatch-$(tree_version "$1")
	rm -rf "$place" "$place.new"
	mkdir -p "$place.new"
	cp "${parts[@]/#/$1/}" "$place.new/"
	mv "$place.new" "$place"
	echo "$place/checkpatch.pl"
}

# Unpack the files of a tarball of Debian's: TARBALL FOLDER. Nothing behind the last of them is read.
unpack() {
	local name
	name=$(basename "$1" .tar.xz)
	xz -dc -T 0 "$1" | tar -C "$2" --strip-components=1 --occurrence=1 -x "$name/Makefile" "${parts[@]/#/$name/}" || true
	[ -e "$2/${parts[0]}" ]
}

installed() {
	compgen -G '/usr/src/linux-source-*/scripts/checkpatch.pl' || compgen -G '/usr/src/kernels/*/scripts/checkpatch.pl' ||
		compgen -G '/lib/modules/*/build/scripts/checkpatch.pl'
}

cached() { compgen -G "$cache/checkpatch-*/checkpatch.pl"; }

# From the debug kernel's source, or from an installed tarball.
unpacked() {
	local source
	for source in "$cache"/debug-*/source; do
		[ ! -e "$source/${parts[0]}" ] || { keep "$source"; return; }
	done
	for source in /usr/src/linux-source-*.tar.xz; do
		[ ! -e "$source" ] || ! unpack "$source" "$work" || { keep "$work"; return; }
	done
	return 1
}

# As ci/debug.sh fetches it; the lock is that of ci/root.sh, which uses the same state of apt.
fetched() (
	LUNATIK_KERNELS=
	exec 9> "$cache/lock-bookworm-amd64"
	flock 9
	# shellcheck source=../../ci/root/sources.sh
	. "$ci/root/sources.sh"
	# shellcheck source=../../ci/root/linux-source.sh
	. "$ci/root/linux-source.sh"
	version=$(source_version) && fetch_source "$work" "$version" && unpack "$work/$package.tar.xz" "$work" && keep "$work"
)

find_checkpatch() {
	if [ -n "${CHECKPATCH:-}" ]; then
		echo "$CHECKPATCH"
	else
		{ installed || cached || unpacked || fetched; } | sort -V | tail -n 1
	fi
}

# Print checkpatch.pl's findings: FILE...
run() {
	printf '%s\n' "$@" | xargs -n 20 -P "$(nproc)" perl "$checkpatch" --no-tree --terse --show-types --no-summary \
			--typedefsfile scripts/checks/checkpatch-typedefs -f 2> "$work/errors" |
		grep -E '^[^ ]+: (ERROR|WARNING|CHECK):' || true
}

# A program that finds nothing here would find nothing elsewhere.
check_program() {
	printf 'int f( void )\n{\n  return 1 ;\n}\n' > "$work/bad.c"
	[ -n "$(run "$work/bad.c")" ] || die "$checkpatch finds nothing in a bad file: $(head -n 1 "$work/errors")"
}

# Standard input: FILE:LINE: LEVEL:TYPE: TEXT. Print what no exception covers.
filter() {
	local line file type pattern exception covered
	while IFS= read -r line; do
		file=${line%%:*}
		type=$(sed -E 's/^[^ ]* [A-Z]+:([A-Z0-9_]+):.*/\1/' <<<"$line")
		covered=0
		while read -r exception pattern _; do
			# shellcheck disable=SC2053 # a pattern
			if [ "$exception" = "$type" ] && [[ $file == $pattern ]]; then covered=1; fi
		done < <(grep -v '^#' scripts/checks/checkpatch-exceptions)
		[ "$covered" = 1 ] || printf '%s\n' "$line"
	done
}

count=0
while :; do
	case ${1-} in
	--count) count=1 ;;
	-*) echo "checkpatch.sh: unknown option $1" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
command -v perl >/dev/null || skip "perl is not installed"
mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checkpatch=$(find_checkpatch) || true
[ -e "$checkpatch" ] || skip "no checkpatch.pl, and the archive has not given one: CHECKPATCH=FILE names one"
if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(git -c safe.directory='*' ls-files '*.c' '*.h')
fi
check_program
findings=$(run "${files[@]}" | filter)
if [ "$count" = 1 ]; then
	[ -z "$findings" ] || sed -E 's/^[^ ]* ([A-Z]+:[A-Z0-9_]+):.*/\1/' <<<"$findings" | sort | uniq -c | sort -rn
else
	[ -z "$findings" ] || printf '%s\n' "$findings"
fi
[ -z "$findings" ]
