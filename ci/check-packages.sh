#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# check-packages.sh [--rpm] [CASE...]: the packages' life on apt: kernels that come and go in every order, modules that cannot be
# built, upgrades, removal (tests/packages/cases; default: all). KTAP; ends with `N passed, N failed`. A transcript of each
# case is left in build/logs/packages-CASE.transcript. Needs the archive, and the packages of build/deb (`make deb`).
# --rpm: the RPMs' life by dnf instead (tests/rpm/cases), of build/rpm (`make rpm`).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

folder=packages
export LUNATIK_DEBS=${LUNATIK_DEBS:-$build/deb} LUNATIK_RPMS=${LUNATIK_RPMS:-$build/rpm}
if [ "${1-}" = --rpm ]; then
	folder=rpm prefix=rpm-
	shift
fi
cases=$top/tests/$folder/cases
results=$build/$folder.ktap

# Print the names of all cases.
names() { data "$cases" | awk '{ print $1 }'; }

# Run a case; prints its results and its own, with its seconds.
run_case() {
	local number=$1 name=$2 start=$SECONDS status=0 limit script arguments note='' lines=$build/$folder-case.ktap
	read -r limit script arguments < <(data "$cases" | awk -v name="$name" '$1 == name { $1 = ""; print }') || true
	echo "    KTAP version 1"
	echo "    # Subtest: $name"
	# shellcheck disable=SC2086 # words
	LUNATIK_CASE=${prefix-}$name timeout -k 30 3600 bash "$top/tests/$folder/$script" $arguments < /dev/null > "$lines" 2> >(sed 's/^/        # /') ||
		status=$?
	sed -E -e '/^(ok |not ok |1\.\.[0-9]|#)/!s/^/# /' -e 's/^/        /' "$lines"
	[ $((SECONDS - start)) -le "$limit" ] || note=" OVER BUDGET"
	echo "# case $name $((SECONDS - start)) s (budget $limit s)$note"
	if [ "$status" = 0 ] && grep -q '^1\.\.[1-9]' "$lines" && ! grep -q '^not ok' "$lines"; then
		echo "    ok 1 $name"
		echo "ok $number $name"
	else
		[ "$status" = 0 ] || echo "        # the case ended with status $status"
		echo "    not ok 1 $name"
		echo "not ok $number $name"
	fi
}

run_all() {
	local i=0 name
	echo "KTAP version 1"
	for name; do
		i=$((i + 1))
		run_case "$i" "$name"
	done
	# At the end, so that a reader who finds it has all results.
	echo "1..$#"
}

[ $# -gt 0 ] || mapfile -t -O 0 chosen < <(names)
[ $# = 0 ] || chosen=("$@")
for name in "${chosen[@]}"; do
	names | grep -qxF -e "$name" || die "no case $name in tests/$folder/cases"
done
compgen -G "$LUNATIK_DEBS/*.deb" > /dev/null || die "no packages in $LUNATIK_DEBS: run \`make deb\`"
[ "$folder" = packages ] || compgen -G "$LUNATIK_RPMS/*.rpm" > /dev/null || die "no packages in $LUNATIK_RPMS: run \`make rpm\`"
mkdir -p "$logs"
run_all "${chosen[@]}" | tee "$results"
read -r passed failed skipped < <(awk -f "$ci/results/count.awk" "$results")
tail=
[ "$skipped" = 0 ] || tail=", $skipped skipped"
echo "$passed passed, $failed failed$tail"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
