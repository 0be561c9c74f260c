#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# bench.sh [DEBDIR] [KERNEL...]: measure what events cost (tests/bench/run), on the kernels of `make check` by default, in a virtual
# machine whose clock counts instructions. The tables of doc/costs.md are replaced.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

debs=${1:-$build/deb}
[ $# = 0 ] || shift
# shellcheck disable=SC2046 # one word for each kernel
[ $# -gt 0 ] || set -- $(kernel_names check)
document=$top/doc/costs.md

"$ci/image.sh" "$debs"
root=$("$ci/root.sh")
for kernel; do
	phase "bench-$kernel" "$ci/boot.sh" --count --tests --silent --label bench --timeout 600 \
		--command "/usr/share/lunatik-tests/tests/bench/run > /dev/ttyS1" "$kernel"
done
{
	sed '/^<!-- costs: written by/q' "$document"
	for kernel; do
		awk -v version="$(cat "$root/$kernel/version")" -f "$ci/bench.awk" "$logs/last-bench-$kernel.verdict"
	done
} > "$document.new"
mv "$document.new" "$document"
sed '1,/^<!-- costs: written by/d' "$document"
