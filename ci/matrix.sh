#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# matrix.sh [--groups "core cli"] [KERNEL...]: run the tests on kernels of ci/kernels (default: its set matrix), in roots of
# their releases, with our packages built there and installed by apt, modules built by DKMS. The results replace those of
# these kernels in doc/admin/kernel-matrix.md, unless only some groups ran. Status 0 only if nothing failed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

document=$top/doc/admin/kernel-matrix.md
matrix=$build/matrix
groups=''
if [ "${1:-}" = --groups ]; then
	groups=$2
	shift 2
fi
# shellcheck disable=SC2046 # one word for each kernel
[ $# -gt 0 ] || set -- $(kernel_names matrix)
for kernel; do
	kernel_names matrix | grep -qxF -e "$kernel" ||
		die "no kernel $kernel in the set matrix of ci/kernels: $(kernel_names matrix | paste -s -d ' ')"
done

# Print the release that a kernel is of.
release_of() {
	data "$ci/kernels" | awk -v name="$1" '$1 == name { sub(/-.*/, "", $2); print $2 }'
}

# Print the groups that run in a machine, in the order of ci/budgets, except debug, which needs the debug kernel.
all_groups() {
	local name
	for name in $(data "$ci/budgets" | awk '{ print $1 }'); do
		case $name in harness | packages | service | torture | debug) continue ;; esac
		! compgen -G "$top/tests/$name/*.sh" > /dev/null || echo "$name"
	done
}

# Print a kernel's part of the document, from what its machine said.
part_of() {
	local kernel=$1 verdict=$2 version=$3
	awk -v kernel="$kernel" -v groups="$columns" -v version="$version" \
		-v run="$(date -u +%F) | $commit" -f "$ci/results/matrix.awk" "$verdict"
}

# The kernels of one release: packages and disk once, a boot for each, and its row at once.
run_release() {
	local kernels=$2 kernel root debs status=0 verdict
	export LUNATIK_KERNELS=$kernels LUNATIK_BUILD=$matrix/$1
	debs=$("$ci/packages/suite-deb.sh") || return 1
	root=$("$ci/root.sh") || return 1
	for kernel in $kernels; do
		verdict=$LUNATIK_BUILD/logs/last-check-$kernel.verdict
		rm -f "$verdict"
		"$ci/check.sh" "$debs" --no-harness --kernels "$kernel" --groups "${groups:-$columns}" || status=1
		if [ -s "$verdict" ]; then
			part_of "$kernel" "$verdict" "$(cat "$root/$kernel/version")"
		else
			echo "| $kernel | **no machine, $(date -u +%F), $commit** |"
		fi > "$matrix/$kernel.part"
		[ -n "$groups" ] || write_document
	done
	return $status
}

# Print the table's head.
head_of_table() {
	local name line="| --- | --- |"
	for name in $columns date commit; do
		line+=" --- |"
	done
	echo "| kernel | version | ${columns// / | } | date | commit |"
	echo "$line"
}

# Print a kernel's part: of this run, else what the document says, if its columns are the same.
part() {
	if [ -s "$matrix/$1.part" ]; then
		cat "$matrix/$1.part"
	elif grep -qxF -e "$(head_of_table | head -n 1)" "$document" && grep -F -e "| $1 | " "$document"; then
		grep -F -e "- \`$1\`, " "$document" || true
	else
		echo "| $1 | not run |"
	fi
}

# Print the document: its part written by hand, the table, and the notes below it.
print_document() {
	local parts kernel
	parts=$(for kernel in $(kernel_names matrix); do part "$kernel"; done)
	sed '/^<!-- results: written by/q' "$document"
	echo
	head_of_table
	grep '^|' <<< "$parts"
	echo
	grep '^-' <<< "$parts" || true
}

# Replace the document.
write_document() {
	print_document > "$document.new"
	mv "$document.new" "$document"
}

# Before the document changes.
commit=$(git -C "$top" describe --always --dirty --abbrev=10)
columns=$(all_groups | paste -s -d ' ')
mkdir -p "$matrix"
rm -f "$matrix"/*.part
failed=0
for release in $(for kernel; do release_of "$kernel"; done | awk '!seen[$0]++'); do
	kernels=$(for kernel; do [ "$(release_of "$kernel")" != "$release" ] || echo "$kernel"; done | paste -s -d ' ')
	say "=== Debian's $release: $kernels"
	(run_release "$release" "$kernels") || failed=1
done
exit $failed
