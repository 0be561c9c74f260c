#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Cut debian/changelog and the changelog of rpm/lunatik.spec from CHANGELOG.md. A release there is
#
#	## [VERSION] - YYYY-MM-DD
#	### Added		(or Changed, Deprecated, Removed, Fixed, Security)
#	- Text, which may go on in the next line.
#
# [Unreleased] is in neither. One item needs no heading in the packages; of several, each begins with its heading.
#
# Usage: changelog.sh --check        compare; status 1 and the difference if one is not up to date, or CHANGELOG.md is malformed
#        changelog.sh --write        write both
#        changelog.sh --notes [VERSION]   print the section of a release (default: that of dkms.conf)
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

maintainer=$(sed -n 's/^Maintainer: //p' debian/control)
headings='Added|Changed|Deprecated|Removed|Fixed|Security'
tab=$'\t'

# One line for each item: VERSION, DATE, HEADING, TEXT, separated by tabs; Unreleased is left out.
items() {
	awk -v OFS='\t' '
		function put() { if (text != "" && version != "") print version, date, heading, text; text = "" }
		/^## / { put(); version = date = heading = ""; if ($2 != "[Unreleased]") { version = substr($2, 2, length($2) - 2); date = $4 } next }
		/^### / { put(); heading = $2; next }
		/^- / { put(); text = substr($0, 3); next }
		/^  [^ ]/ { if (text != "") text = text " " substr($0, 3); next }
		{ put() }
		END { put() }' CHANGELOG.md
}

malformed() {
	grep -nE '^## ' CHANGELOG.md | grep -vE '^[0-9]+:## (\[Unreleased\]|\[[0-9]+\.[0-9]+\.[0-9]+\] - [0-9]{4}-[0-9]{2}-[0-9]{2})$'
	grep -nE '^### ' CHANGELOG.md | grep -vE "^[0-9]+:### ($headings)$"
	grep -qx '## \[Unreleased\]' CHANGELOG.md || echo "no section [Unreleased]"
	items | awk -F'\t' '$3 == "" { print $1 ": an item without a heading: " $4 }'
	true
}

versions() { items | cut -f 1,2 | uniq; }

# The items of VERSION, each behind MARK, wrapped with INDENT.
entry() {
	local mark=$2 indent=$3 heading text count
	count=$(items | awk -F'\t' -v version="$1" '$1 == version' | wc -l)
	while IFS=$tab read -r _ _ heading text; do
		[ "$count" = 1 ] || text="$heading: $text"
		fold -s -w $((78 - ${#indent})) <<<"$text" | sed -e 's/ *$//' -e "1s/^/$mark/" -e "2,\$s/^/$indent/"
	done < <(items | awk -F'\t' -v version="$1" '$1 == version')
}

debian() {
	local version date separator=
	while IFS=$tab read -r version date; do
		printf '%slunatik (%s-1) unstable; urgency=medium\n\n' "$separator" "$version"
		entry "$version" '  * ' '    '
		printf '\n -- %s  %s\n' "$maintainer" "$(date -u -d "$date" '+%a, %d %b %Y %H:%M:%S +0000')"
		separator=$'\n'
	done < <(versions)
}

rpm() {
	local version date separator=
	while IFS=$tab read -r version date; do
		printf '%s* %s %s - %s-1\n' "$separator" "$(date -u -d "$date" '+%a %b %d %Y')" "$maintainer" "$version"
		entry "$version" '- ' '  '
		separator=$'\n'
	done < <(versions)
}

spec() {
	sed '/^%changelog$/q' rpm/lunatik.spec
	rpm
}

check() {
	local wrong status=0
	wrong=$(malformed)
	[ -z "$wrong" ] || { printf 'CHANGELOG.md: %s\n' "$wrong"; return 1; }
	diff -u debian/changelog <(debian) || status=1
	diff -u rpm/lunatik.spec <(spec) || status=1
	[ "$status" = 0 ] || echo "run scripts/packages/changelog.sh --write, and commit what it wrote"
	return "$status"
}

write() {
	debian >debian/changelog.new
	spec >rpm/lunatik.spec.new
	mv debian/changelog.new debian/changelog
	mv rpm/lunatik.spec.new rpm/lunatik.spec
}

notes() {
	local version=${1:-$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)}
	awk -v version="[$version]" '/^## / { show = $2 == version; next } show' CHANGELOG.md | sed -e '/./,$!d'
}

case ${1-} in
--check) check ;;
--write) write ;;
--notes) notes "${2-}" ;;
*) echo "usage: changelog.sh --check | --write | --notes [VERSION]" >&2; exit 2 ;;
esac
