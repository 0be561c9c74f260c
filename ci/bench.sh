#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# bench.sh [DEBDIR] [KERNEL...]: measure what events cost (tests/bench/run), on the kernels of `make check` by default, in a virtual
# machine whose clock counts instructions. Their tables in doc/admin/costs.md are replaced.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

debs=${1:-$build/deb}
[ $# = 0 ] || shift
# shellcheck disable=SC2046 # one word for each kernel
[ $# -gt 0 ] || set -- $(kernel_names check)
document=$top/doc/admin/costs.md
kernels=$(kernel_names check)
for kernel; do
	grep -qxF -e "$kernel" <<< "$kernels" || die "no kernel $kernel in the set check of ci/kernels: $(paste -s -d ' ' <<< "$kernels")"
done

# Print a kernel's table: of this run, else what the document has.
table_of() {
	local verdict=$logs/last-bench-$1.verdict
	if [[ " $measured " == *" $1 "* ]]; then
		awk -v kernel="$1" -v version="$(cat "$root/$1/version")" -f "$ci/results/bench.awk" "$verdict"
	else
		awk -v kernel="$1:" '/^## / { inside = $2 == kernel } inside' "$document"
	fi
}

"$ci/image.sh" "$debs"
root=$("$ci/root.sh")
for kernel; do
	phase "bench-$kernel" "$ci/boot.sh" --count --tests --silent --label bench --timeout 600 \
		--command "/usr/share/lunatik-tests/tests/bench/run > /dev/ttyS1" "$kernel"
done
measured=$*
{
	sed '/^<!-- costs: written by/q' "$document"
	for kernel in $kernels; do
		echo
		# Between two tables of the document is an empty line, the last one has none.
		table_of "$kernel" | sed '$ { /^$/d }'
	done
} > "$document.new"
mv "$document.new" "$document"
sed '1,/^<!-- costs: written by/d' "$document"
