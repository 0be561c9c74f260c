# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Shared by the scripts of ci/: places, messages, phases and their budgets.

set -euo pipefail
ci=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=${ci%/*}
# An option of the environment names another place for what is made and kept.
cache=${LUNATIK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lunatik}
build=${LUNATIK_BUILD:-$top/build}
vm=$build/vm
logs=$build/logs
# How many times longer than on a kernel of a distribution a test may take on the debug kernel.
debug_slow=6
# On an architecture that is not this machine's.
foreign_slow=3
export PATH=$PATH:/usr/sbin:/sbin

# Print a message on standard error.
say() {
	printf '%s\n' "$*" >&2
}

# Print a message and end with status 1.
die() {
	say "${0##*/}: $*"
	exit 1
}

# Print the lines of a data file without comments and blank lines.
data() {
	sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' "$@"
}

# Print the budget of a phase or group in seconds.
budget() {
	data "$ci/budgets" | awk -v name="$1" \
		'$1 == name { print $2; found = 1; exit } END { if (!found) print 60 }'
}

# Put the seconds of something into the table of times, beside the budget of that name or another one.
note_time() {
	local limit note=""
	limit=$(budget "${3:-$1}")
	[ "$2" -le "$limit" ] || note=" OVER BUDGET"
	say "time: $1 $2 s (budget $limit s)$note"
	mkdir -p "$build"
	printf '%s %s %s\n' "$1" "$2" "$limit" >> "$build/times"
}

# Run a command as a phase: its seconds go to the screen and to the table of times. A function runs
# in a subshell, and ends at its first failure only where phase is not part of a condition.
phase() {
	local name=$1 start=$SECONDS status e=$-
	shift
	set +e
	(
		set -e
		"$@"
	)
	status=$?
	[[ $e != *e* ]] || set -e
	note_time "$name" $((SECONDS - start))
	return "$status"
}

# Run a command as root of a mount namespace of its own. An ordinary user is
# root there by the ids that the system lends (subuid), so files keep their owners.
as_root() {
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user --map-auto)
	unshare "${map[@]}" --mount --pid --fork --propagation private "$@"
}

# Remove a tree that as_root made.
remove_tree() {
	[ ! -e "$1" ] || as_root rm -rf --one-file-system "$1"
}

# Print the hash of standard input, short enough for a file name.
hash() {
	sha256sum | cut -c 1-16
}

# Print the names of the kernels of a set: check, matrix, or all.
kernel_names() {
	data "$ci/kernels" | awk -v set="$1" 'set == "all" || index("," $6 ",", "," set ",") { print $1 }'
}

# Print the architecture of a kernel of ci/kernels, as Debian calls it.
kernel_arch() {
	data "$ci/kernels" | awk -v name="$1" '$1 == name { arch = $3 } END { sub(/.*-/, "", arch); print arch == "" ? "amd64" : arch }'
}

# Print the arguments that a kernel of ci/kernels is started with.
kernel_arguments() {
	data "$ci/kernels" | awk -v name="$1" '$1 == name { for (i = 7; i <= NF; i++) print $i }' | paste -s -d ' '
}

# Print a file's contents as a table of times beside their budgets.
print_times() {
	[ -s "$1" ] || return 0
	awk '{ note = $2 > $3 ? "  OVER BUDGET" : ""
		printf "%-28s %5d s   budget %5d s%s\n", $1, $2, $3, note }' "$1"
}

# Print a kernel log's first report of a warning, an oops or the like (standard input: lines of the kernel).
first_report() {
	grep -E -m 1 -f <(grep -v '^#' "$top/tests/klog.patterns")
}

# Unpack our tarball under another version: VERSION TARBALL FOLDER.
unpack_as() {
	tar -xf "$2" -C "$3" --strip-components=1
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$1\"/" "$3/dkms.conf"
	sed -i "s/\(define LUNATIK_RELEASE[[:space:]]*\).*/\1\"$1\"/" "$3/src/include/lunatik.h"
}
