#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Make a release, or show what is missing for one: doc/dev/release.md. Prints the result of every check below as KTAP, and
# ends with status 1 if one failed. Without --dry-run, and only if all passed, it tags the commit and leaves the signed
# tarball in build/dist. It publishes nothing.
#
# Usage: release.sh --dry-run [CHECK...]   (checks below: check_NAME; default: all)
#        release.sh KEYID                  (a secret key of gpg's: it signs the tag and the tarball)
#
#	LUNATIK_MATRIX_DAYS=30   how old a row of doc/admin/kernel-matrix.md may be
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
matrix_days=${LUNATIK_MATRIX_DAYS:-30}
# A row of the matrix holds as long as none of these has changed since.
product=(src lua klibc dkms.conf scripts/build-modules.sh)
checks=(clean_tree new_tag one_version changelog changelogs_of_packages addresses derived_files documents matrix upstream)

check_clean_tree() {
	local changes
	changes=$(git status --porcelain)
	[ -z "$changes" ] || { echo "$changes"; echo "commit or remove these"; return 1; }
}

check_new_tag() {
	! git rev-parse -q --verify "refs/tags/v$version" >/dev/null ||
		{ echo "v$version exists: raise PACKAGE_VERSION in dkms.conf"; return 1; }
}

check_one_version() { scripts/host-checks.sh one_version; }

# The release has a section with the day of today, and nothing waits in [Unreleased].
check_changelog() {
	local today status=0 date
	today=$(date -u +%F)
	date=$(sed -n "s/^## \[${version//./\\.}\] - //p" CHANGELOG.md)
	[ "$date" = "$today" ] || { echo "CHANGELOG.md dates $version '${date:-no section}', today is $today"; status=1; }
	[ -z "$(scripts/packages/changelog.sh --notes Unreleased)" ] || { echo "move the items of [Unreleased] into [$version]"; status=1; }
	return "$status"
}

check_changelogs_of_packages() { scripts/packages/changelog.sh --check; }

# Nobody can write to an address that does not exist.
check_addresses() {
	local status=0 file
	for file in debian/control debian/copyright rpm/lunatik.spec; do
		! grep -Hn '\.invalid' "$file" || status=1
	done
	[ "$status" = 0 ] || echo "replace these by the project's own addresses"
	return "$status"
}

check_derived_files() { scripts/host-checks.sh derived_files; }

check_documents() { scripts/host-checks.sh links_of_documents licence_lines shell_scripts; }

# One row of the matrix: KERNEL, its date, its commit.
row_is_current() {
	local name=$1 date=$2 commit=$3 age
	age=$((($(date +%s) - $(date -d "$date" +%s)) / 86400))
	[ "$age" -le "$matrix_days" ] || { echo "$name ran $age days ago"; return 1; }
	git merge-base --is-ancestor "$commit" HEAD 2>/dev/null || { echo "$name ran at $commit, which is not in this branch"; return 1; }
	git diff --quiet "$commit" HEAD -- "${product[@]}" || { echo "$name ran at $commit; the product has changed since"; return 1; }
}

# Every kernel of the matrix has a row without failures, from the sources of now.
check_matrix() {
	local name row status=0
	while read -r name; do
		row=$(grep -F "| $name |" doc/admin/kernel-matrix.md | head -n 1) || { echo "$name has no row"; status=1; continue; }
		[[ $row != *'**'* ]] || { echo "$name has failures"; status=1; }
		[[ $row != *'not run'* ]] || { echo "$name has not run"; status=1; continue; }
		# shellcheck disable=SC2046 # two words
		row_is_current "$name" $(awk -F' *[|] *' '{ print $(NF - 2), $(NF - 1) }' <<<"$row") || status=1
	done < <(sed -e 's/#.*//' ci/kernels | awk '$6 ~ /(^|,)matrix(,|$)/ { print $1 }')
	[ "$status" = 0 ] || echo "run make matrix, and commit doc/admin/kernel-matrix.md"
	return "$status"
}

# Do the pins of Lua and klibc name the newest releases?
check_upstream() {
	[ -x scripts/checks/upstream.sh ] || { echo "skip: no scripts/checks/upstream.sh"; return 0; }
	scripts/checks/upstream.sh
}

run_checks() {
	local name number=0 failures=0 output verdict
	echo "KTAP version 1"
	echo "1..$#"
	for name; do
		number=$((number + 1)) verdict=ok
		declare -F "check_$name" >/dev/null || { echo "release.sh: no check $name" >&2; exit 2; }
		output=$("check_$name" 2>&1) || { verdict="not ok"; failures=$((failures + 1)); }
		if [ "$verdict" = ok ] && [[ $output == skip:* ]]; then
			echo "ok $number ${name//_/ } # SKIP ${output#skip: }"
		else
			echo "$verdict $number ${name//_/ }"
			[ "$verdict" = ok ] || tail -n 40 <<<"$output" | sed 's/^/# /'
		fi
	done
	[ "$failures" = 0 ]
}

release() {
	local key=$1 tarball
	git tag -s -u "$key" -m "Lunatik $version" "v$version"
	tarball=$(scripts/packages/dist.sh)
	gpg --local-user "$key" --armor --detach-sign --yes "$tarball"
	echo "tagged v$version; $tarball and $tarball.asc are ready: see doc/dev/release.md, Publish"
}

case ${1-} in
--dry-run)
	shift
	[ $# -gt 0 ] || set -- "${checks[@]}"
	run_checks "$@"
	;;
'' | -*)
	echo "usage: release.sh --dry-run [CHECK...] | KEYID" >&2
	exit 2
	;;
*)
	run_checks "${checks[@]}"
	release "$1"
	;;
esac
