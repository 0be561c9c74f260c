#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# bench.sh [--check | --profile] [DEBDIR] [KERNEL...]: measure what events cost (tests/bench/run), on the kernels of `make check`
# by default, in a virtual machine whose clock counts instructions. The run replaces their tables in doc/admin/costs.md, and the
# sentences that quote them.
# With --check it writes nothing. It prints KTAP: may each number of Lua stand, being at most 5 percent above the document's?
# A script's memory lies otherwise in each machine, so that one in ten has a number that is higher: a second machine decides.
# With --profile it writes nothing. It prints the instructions of one event in Lua by function, on the last kernel.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

mode=
case ${1:-} in --*) mode=$1; shift ;; esac
debs=${1:-$build/deb}
[ $# = 0 ] || shift
# shellcheck disable=SC2046 # one word for each kernel
[ $# -gt 0 ] || set -- $(kernel_names check)
document=$top/doc/admin/costs.md
kernels=$(kernel_names check)
for kernel; do
	grep -qxF -e "$kernel" <<< "$kernels" || die "no kernel $kernel in the set check of ci/kernels: $(paste -s -d ' ' <<< "$kernels")"
done

# Run tests/bench/run in the machine: KERNEL [OPTION OF BOOT...].
machine() {
	"$ci/boot.sh" --count --tests --silent --label bench --timeout 600 \
		--command "/usr/share/lunatik-tests/tests/bench/run ${mode#--check} > /dev/ttyS1" "$@"
}

# Print the tables of a kernel that was just measured.
measured_table() {
	awk -v kernel="$1" -v version="$(cat "$root/$1/version")" -f "$ci/results/bench.awk" "$logs/last-bench-$1.verdict"
}

# Print a kernel's tables: of this run, else what the document has.
table_of() {
	if [[ " $measured " == *" $1 "* ]]; then
		measured_table "$1"
	else
		awk -v kernel="$1:" '/^## / { inside = $2 == kernel } inside' "$document"
	fi
}

# Compare what a machine with a kernel measures with the document.
compare() {
	machine "$1" >&2
	awk -v kernel="$1" -f "$ci/results/costs.awk" "$document" <(measured_table "$1")
}

write_document() {
	{
		sed '/^<!-- costs: written by/q' "$document"
		for kernel in $kernels; do
			echo
			# Between two kernels of the document is an empty line, the last one has none.
			table_of "$kernel" | sed '$ { /^$/d }'
		done
	} > "$document.new"
	mv "$document.new" "$document"
	"$top/scripts/derive/quote-costs.sh" --write
}

# Print the instructions of one event by function.
print_profile() {
	local verdict=$logs/last-bench-$1.verdict events=$build/profile.events blocks=$build/profile.blocks
	gcc -O2 -Wall -shared -fPIC -o "$build/blocks.so" "$ci/plugin/blocks.c"
	machine --plugin "$build/blocks.so,out=$blocks" "$1" >&2
	tr -d '\r' < "$verdict" | grep '^profile ' > "$events"
	{
		tr -d '\r' < "$verdict" | sed -e '1,/^symbols$/d' -e '/^exit /,$d' | base64 -d | gunzip | awk '{ print $1, "-", $3 }'
		awk '/^marks$/ { number++; next } { print $1, number, $2 }' "$blocks"
	} | LC_ALL=C sort > "$build/profile.addresses"
	awk -f "$ci/results/profile.awk" "$events" "$build/profile.addresses"
}

"$ci/image.sh" "$debs"
root=$("$ci/root.sh")
if [ "$mode" = --profile ]; then
	print_profile "${!#}"
	exit
fi
if [ "$mode" = --check ]; then
	for kernel; do
		results=$(compare "$kernel")
		! grep -q '^not ok' <<< "$results" || results=$(compare "$kernel")
		echo "$results"
	done
	exit
fi
for kernel; do
	phase "bench-$kernel" machine "$kernel"
done
measured=$*
write_document
sed '1,/^<!-- costs: written by/d' "$document"
