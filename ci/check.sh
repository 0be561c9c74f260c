#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# check.sh [DEBDIR] [--kernels "6.1 6.12"] [--groups "core cli"] [--no-harness] [--host]: run all tests on the kernels
# of ci/kernels, one machine after the other; on the debug kernel only if named (--kernels debug). Then the tests of the
# harness and the quick case of the packages' life follow (--no-harness: neither); --host: the checks of this machine, too.
# What needs no machine runs beside the first one. Without DEBDIR the packages are built first (`make deb`). Ends with the
# seconds of every phase and group, and `N passed, N failed`; status 0 only if nothing failed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kernels=$(kernel_names check) groups='' harness=1 host='' debs=''
while [ $# -gt 0 ]; do
	case $1 in
	--kernels) kernels=$2; shift ;;
	--groups) groups=$2; shift ;;
	--no-harness) harness= ;;
	--host) host=1 ;;
	-*) die "unknown option $1" ;;
	*) debs=$1 ;;
	esac
	shift
done

passed=0 failed=0 skipped=0 broken=''

# Add the results of a KTAP file to the sums.
add_results() {
	local p f s
	read -r p f s < <(awk -f "$ci/count.awk" "$1")
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# One failure that no line of KTAP tells.
add_failure() {
	say "not ok: $*"
	failed=$((failed + 1))
}

# Copy the seconds of a machine's groups into the table of times.
add_times() {
	sed -nE "s/^# group ([^ ]+) ([0-9]+) s \(budget ([0-9]+) s\).*/$1:\1 \2 \3/p" "$2" >> "$build/times"
}

# Print the groups to run on a kernel: what the debug kernel found in them is asked for at the end.
groups_on() {
	echo "$groups"
	[ "$1" != debug ] || [ -z "$groups" ] || echo debug
}

# Make the disk that a kernel needs: one for the debug kernel, one for all others.
make_disk() {
	local option=()
	[ "$1" != debug ] || option=(--debug)
	"$ci/image.sh" "${option[@]}" "$debs"
}

# Run the tests on one kernel. Its status says more than its results only when the machine failed.
check_kernel() {
	local kernel=$1 status=0 verdict=$logs/last-check-$1.verdict
	say "--- $kernel"
	rm -f "$verdict"
	phase "machine-$kernel" "$ci/boot.sh" --tests --verdict --label check "$kernel" \
		--command "/usr/share/lunatik-tests/tests/run $(groups_on "$kernel" | paste -s -d " ") > /dev/ttyS1" || status=$?
	[ -f "$verdict" ] || : > "$verdict"
	add_results "$verdict"
	add_times "$kernel" "$verdict"
	if [ "$status" -ge 120 ] || ! grep -q '^1\.\.' "$verdict"; then
		add_failure "the machine with $kernel failed, see above"
	elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
		add_failure "the tests on $kernel ended with status $status"
	fi
}

# Services need systemd as process 1, which takes a boot of their own.
check_service() {
	local kernel=$1 status=0 tests=/usr/share/lunatik-tests/tests/service
	phase service "$ci/boot.sh" --tests --verdict --label service "$kernel" --systemd --prepare "bash $tests/prepare" \
		--command "bash $tests/booted > /dev/ttyS1" --after "bash $tests/after > /dev/ttyS1" || status=$?
	[ -f "$logs/last-service-$kernel.verdict" ] || : > "$logs/last-service-$kernel.verdict"
	add_results "$logs/last-service-$kernel.verdict"
	[ "$status" = 0 ] || add_failure "the machine with systemd failed, see above"
}

# What needs no machine, or one for a minute, runs on the processor that the machines leave free.
start_beside() {
	{
		[ -z "$host" ] || phase host nice -n 10 "$top/scripts/host-checks.sh" > "$build/host-checks.log" || true
		# Its boot, of a minute, does not wait for the end of the machine beside it.
		[ -z "$harness" ] || LUNATIK_DEBS=$(realpath "$debs") LUNATIK_LOCK=$build/lock.beside phase packages-life \
			nice -n 10 "$ci/check-packages.sh" short > "$build/packages-short.ktap" || true
	} &
	beside=$!
	# Jobs in the background do not hear of Control-C.
	trap 'pkill -P "$beside" || true; kill "$beside" 2> /dev/null || true' EXIT
	trap 'exit 130' INT TERM
}

# Wait for it: name, results (KTAP).
add_beside() {
	wait "$beside" || true
	trap - EXIT
	grep -E '^ *(not ok|# )' "$2" >&2 || true
	grep -q '^1\.\.' "$2" || add_failure "$1 ended early"
	add_results "$2"
}

# The test of this harness.
check_harness() {
	phase harness "$top/tests/harness/run" > "$build/harness.ktap" || true
	grep -E '^(not ok|#)' "$build/harness.ktap" >&2 || true
	grep -q '^1\.\.' "$build/harness.ktap" || add_failure "the harness's own test ended early"
	add_results "$build/harness.ktap"
}


mkdir -p "$logs"
start=$SECONDS
rm -f "$top/build/host-checks.ktap" "$build/packages-short.ktap"
if [ -z "$debs" ]; then
	debs=$build/deb
	phase packages make --no-print-directory -C "$top" deb >&2 || add_failure "the packages do not build"
fi
start_beside
for kernel in $kernels; do
	if make_disk "$kernel"; then
		check_kernel "$kernel"
	else
		add_failure "no machine with $kernel: the packages do not install"
		broken=1
	fi
done
[ -n "$groups$broken" ] || [ "$kernels" = debug ] || check_service "${kernels##*[[:space:]]}"
[ -z "$harness" ] || check_harness
[ -z "$host" ] || add_beside "the checks of this machine" "$top/build/host-checks.ktap"
[ -z "$harness" ] || add_beside "the packages' life" "$build/packages-short.ktap"

echo
echo "Seconds:"
print_times "$build/times"
echo "all of check: $((SECONDS - start)) s"
[ $((passed + failed)) -gt 0 ] || add_failure "no test ran"
tail=
[ "$skipped" = 0 ] || tail=", $skipped skipped"
echo "$passed passed, $failed failed$tail"
[ "$failed" = 0 ]
