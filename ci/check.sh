#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# check.sh [DEBDIR] [--kernels "6.1 6.12"] [--groups "core cli"] [--no-harness] [--host]: run all tests on the kernels of
# ci/kernels, a machine for each; on the debug kernel only if named (--kernels debug). It also runs the tests of the harness,
# the quick case of the packages' life and a part of the torture (--no-harness: none of them). With --host, as `make check`
# calls it, the checks of this machine run as well, and a group that ci/budgets assigns to one kernel runs on that one alone.
# Two jobs run at a time, one for each processor. Without DEBDIR the packages are built first (`make deb`). Ends with the
# seconds of every phase and group, and `N passed, N failed`; status 0 only if nothing failed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kernels=$(kernel_names check) groups='' harness=1 host='' debs='' workers=2
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
last=${kernels##*[[:space:]]}
jobs=$build/jobs
# How long the torture runs, about.
torture_seconds=500

# Print the groups that `make check` runs on a kernel: all but those that ci/budgets assigns to another one.
spread_groups() {
	{
		data "$ci/budgets" | awk '{ print $1, $3 }'
		ls "$top/tests"
	} | awk '!seen[$1]++' | while read -r name kernel; do
		! compgen -G "$top/tests/$name/*.sh" > /dev/null || [ -e "$top/tests/$name/cases" ] || [ "$name" = service ] ||
			[ "${kernel:-$1}" != "$1" ] || echo "$name"
	done
}

# Print the groups to run on a kernel. On the debug kernel, the group `debug` reports what the others have leaked.
groups_on() {
	if [ -n "$groups" ]; then
		echo "$groups"
		[ "$1" != debug ] || echo debug
	elif [ -n "$host" ]; then
		spread_groups "$1"
	fi
}

# Make the disk that a kernel needs: one for the debug kernel, one for all others.
make_disk() {
	local option=()
	[ "$1" != debug ] || option=(--debug)
	"$ci/image.sh" "${option[@]}" "$debs"
}

# Each job prints KTAP, or writes it to a verdict that it names, and a line `not ok` for a failure that no line of KTAP shows.

# The tests on one kernel. Mitigations of flaws that an emulated processor does not have take an eighth of the time; the matrix keeps them.
job_machine() {
	local kernel=$1 status=0 verdict=$logs/last-check-$1.verdict failed
	rm -f "$verdict"
	phase "machine-$kernel" "$ci/boot.sh" --tests --verdict --label check ${host:+--append mitigations=off} "$kernel" \
		--command "/usr/share/lunatik-tests/tests/run $(groups_on "$kernel" | paste -s -d " ") > /dev/ttyS1" >&2 || status=$?
	[ -f "$verdict" ] || : > "$verdict"
	sed -nE "s/^# group ([^ ]+) ([0-9]+) s \(budget ([0-9]+) s\).*/$kernel:\1 \2 \3/p" "$verdict" >> "$build/times"
	cat "$verdict"
	failed=$(awk -f "$ci/results/count.awk" "$verdict" | cut -d ' ' -f 2)
	if [ "$status" -ge 120 ] || ! grep -q '^1\.\.' "$verdict"; then
		echo "not ok the machine with $kernel failed, see above"
	elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
		echo "not ok the tests on $kernel ended with status $status"
	fi
}

# Services need systemd as process 1, which takes a boot of their own.
job_service() {
	local status=0 tests=/usr/share/lunatik-tests/tests/service verdict=$logs/last-service-$last.verdict
	rm -f "$verdict"
	phase service "$ci/boot.sh" --tests --verdict --label service "$last" --systemd --prepare "bash $tests/prepare" \
		--command "bash $tests/booted > /dev/ttyS1" --after "bash $tests/after > /dev/ttyS1" >&2 || status=$?
	[ ! -f "$verdict" ] || cat "$verdict"
	[ "$status" = 0 ] || echo "not ok the machine with systemd failed, see above"
}

# A part of the torture, with the same seed in each run: new seeds are for `make check-torture`.
job_torture() {
	local status=0 verdict=$logs/last-torture-$last.verdict
	rm -f "$verdict"
	phase torture "$ci/torture.sh" --quiet --kernel "$last" --seed 1 --seeds 1 --seconds "$torture_seconds" "$debs" >&2 || status=$?
	[ -f "$verdict" ] || : > "$verdict"
	cat "$verdict"
	[ "$status" = 0 ] || grep -q '^ *not ok' "$verdict" || echo "not ok the torture ended with status $status, see above"
}

# Run a command that prints KTAP: PHASE COMMAND...
ktap() {
	local name=$1 file=$build/$1.ktap
	phase "$@" > "$file" || true
	cat "$file"
	grep -q '^1\.\.' "$file" || echo "not ok $name ended early"
}

job_host() { ktap host "$top/scripts/host-checks.sh"; }
job_packages() { LUNATIK_DEBS=$(realpath "$debs") ktap packages-life "$ci/check-packages.sh" short; }
job_harness() { ktap harness "$top/tests/harness/run"; }
# Instructions of events, on one kernel, beside those of doc/admin/costs.md.
job_costs() { ktap costs "$ci/bench.sh" --check "$debs" "$last"; }

# Run a job with a lock of its own for its machine: "NAME [ARGUMENT]". Its results go to a file, its messages to the screen.
run_job() {
	local name=${1// /-}
	export LUNATIK_LOCK=$jobs/$name.lock
	# shellcheck disable=SC2086 # words
	{ job_$1 > "$jobs/$name.ktap"; } 2>&1 | sed -u "s/^/$name: /" >&2
}

# Start a job as soon as a worker is free.
start_job() {
	while [ "$(jobs -rp | wc -l)" -ge "$workers" ]; do
		wait -n || true
	done
	run_job "$1" &
}

# Print the jobs, the longest first. A kernel without a disk has failed already.
all_jobs() {
	local kernel
	for kernel in $(tr -s ' ' '\n' <<< "$kernels" | tac); do
		[ -e "$jobs/disk-$kernel.ktap" ] || echo "machine $kernel"
	done
	[ -n "$groups" ] || [ "$kernels" = debug ] || [ -z "$harness" ] || echo torture
	[ -z "$harness" ] || printf '%s\n' packages harness
	[ -z "$host" ] || echo costs
	[ -n "$groups" ] || [ "$kernels" = debug ] || echo service
}

# Add up the results of all jobs, and show each failure again.
add_results() {
	local file p f s
	passed=0 failed=0 skipped=0
	for file in "$jobs"/*.ktap; do
		read -r p f s < <(awk -f "$ci/results/count.awk" "$file")
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
		[ "$f" = 0 ] || { echo; echo "$(basename "$file" .ktap): $f failed:"; grep -E '^ *not ok' "$file"; }
	done
}

# End the jobs with us: each is a process group.
end_jobs() {
	local pid
	for pid in $(jobs -rp); do
		kill -- "-$pid" 2> /dev/null || true
	done
}

mkdir -p "$logs" "$jobs"
rm -f "$jobs"/*
start=$SECONDS
set -m
trap end_jobs EXIT
trap 'exit 130' INT TERM
if [ -z "$debs" ]; then
	debs=$build/deb
	phase packages make --no-print-directory -C "$top" deb >&2 || echo "not ok the packages do not build" > "$jobs/deb.ktap"
fi
# The checks of this machine run while the disks are made.
[ -z "$host" ] || start_job host
for kernel in $kernels; do
	make_disk "$kernel" || echo "not ok no machine with $kernel: the packages do not install" > "$jobs/disk-$kernel.ktap"
done
mapfile -t list < <(all_jobs)
for job in ${list[@]+"${list[@]}"}; do
	start_job "$job"
done
wait

add_results
echo
echo "Seconds:"
print_times "$build/times"
echo "all of check: $((SECONDS - start)) s"
if [ $((passed + failed)) = 0 ]; then
	echo "not ok: no test ran"
	failed=1
fi
tail=
[ "$skipped" = 0 ] || tail=", $skipped skipped"
echo "$passed passed, $failed failed$tail"
[ "$failed" = 0 ]
