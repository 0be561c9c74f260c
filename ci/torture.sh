#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# torture.sh [OPTION...] [DEBDIR]: run the torture (tests/torture, doc/dev/testing.md) in a virtual machine for each kernel, whose allocator
# checks what it frees. Ends with `N passed, N failed`, and status 0 only if nothing failed.
# Options:
#
#   --kernel K      a kernel of ci/kernels, or debug (may be repeated), by default the last one of the set check
#   --parts NAMES   some of: cases environment faults frames packets scripts
#   --seconds N     how long in all, about, by default 600
#   --seed N        the first seed, by default another one each day
#   --seeds N       at most so many for each part
#   --quiet         the results go to build/logs/last-torture-KERNEL.verdict only
#
# In the environment: KEEP=LIST keeps only these steps of a seed's scripts. TRACE=1 makes each print its number, SHOW=1 prints the scripts.
# WITHOUT=NAMES keeps surroundings as they are, such as processors.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kernels=() parts='' seconds=600 seed='' seeds='' show=--verdict debs=$build/deb

while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernels+=("$2"); shift ;;
	--parts) parts=$2; shift ;;
	--seconds) seconds=$2; shift ;;
	--seed) seed=$2; shift ;;
	--seeds) seeds=$2; shift ;;
	--quiet) show=--silent ;;
	-*) die "unknown option $1" ;;
	*) debs=$1 ;;
	esac
	shift
done
[ ${#kernels[@]} -gt 0 ] || mapfile -t kernels < <(kernel_names check | tail -n 1)
day=$(($(date +%s) / 86400))
seed=${seed:-$((day * 1000))}
# Booting, and what follows the last loop, take their time as well.
loops=$((seconds > 160 ? seconds - 100 : 60))

# Print the commands of a machine.
job() {
	local name
	echo "export SEED=$seed SECONDS_ALL=$loops TEST_BUDGET=$seconds"
	echo "export UNTIL=\$((EPOCHSECONDS + $loops))"
	[ -z "$seeds" ] || echo "export SEEDS=$seeds"
	[ -z "$parts" ] || echo "export PARTS='$parts'"
	for name in KEEP TRACE SHOW WITHOUT; do
		[ -z "${!name:-}" ] || echo "export $name='${!name}'"
	done
	echo "/usr/share/lunatik-tests/tests/run torture > /dev/ttyS1"
}

# panic_print makes a panic print the whole log again, with the warning that led to it.
torture() {
	local option=()
	[ "$1" != debug ] || option=(--debug)
	"$ci/image.sh" ${option[@]+"${option[@]}"} "$debs" || return 1
	"$ci/boot.sh" --tests $show --label torture --append "slub_debug=FZPU panic_print=32" --command "$(job)" "$1"
}

failed=0 passed=0
for kernel in "${kernels[@]}"; do
	say "--- torture on $kernel, seeds from $seed"
	verdict=$logs/last-torture-$kernel.verdict status=0
	rm -f "$verdict"
	torture "$kernel" || status=$?
	[ -f "$verdict" ] || : > "$verdict"
	grep -E '^ *# (seed|[0-9]+ calls|[0-9]+ s: [0-9]+ cycles)' "$verdict" | tail -n 5 >&2 || true
	grep -E '^ *# \| ' "$verdict" >&2 || true
	read -r p f _ < <(awk -f "$ci/results/count.awk" "$verdict")
	[ "$status" = 0 ] || [ "$f" != 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
