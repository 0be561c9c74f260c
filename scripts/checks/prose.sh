#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Check the English of documents, man pages and comments against doc/dev/style.md, and the layout of Markdown.
#
# Usage: prose.sh [FILE...]   print the findings where there are more than scripts/checks/prose-debt allows; status 1 if any
#        prose.sh --all [FILE...]     print all findings
#        prose.sh --count [FILE...]   print how many findings each rule has, then each file
#        prose.sh --debt              lower the numbers of scripts/checks/prose-debt to today's; they never rise
#
# A document or a folder of code that scripts/checks/prose-debt does not name must have no findings. So new ones start clean, and old ones
# become so one by one. Inline code, quoted text, code blocks and generated parts are not prose.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
debt=scripts/checks/prose-debt

# Files with prose of ours, tracked or about to be added.
files() {
	git -c safe.directory='*' ls-files --cached --others --exclude-standard -- '*.md' '*.c' '*.h' '*.lua' '*.sh' '*.[78]' |
		while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

# shellcheck disable=SC2016 # the program is awk's
rules='
# Each rule sees one sentence: s as it is written, n in lower case, words separated by single spaces, with a space on both sides.
function finding(line, rule, text) {
	printf "%s:%d: %s: %s\n", file, line, rule, substr(text, 1, 100)
}

function normal(s) {
	s = tolower(s)
	gsub(/[,()*_"]/, " ", s)
	gsub(/[.;:!?]/, " & ", s)
	gsub(/[ \t]+/, " ", s)
	return " " s " "
}

function check_sentence(s, line, cell,    n, words, list) {
	# After the name of an argument a noun clause is a description.
	n = s
	sub(/^(@[A-Za-z_.]+|Returns?|Context): */, "", n)
	n = normal(n)
	if (n !~ /\? *$/ && (!cell && n ~ /^ *(who|what|whatever) [a-z]/ || n ~ /[;:] (who|what|whatever) [a-z]+ [a-z]/) || n ~ / whoever /)
		finding(line, "free-relative", s)
	if (n ~ / (tell|tells|told|telling) /) finding(line, "tell", s)
	if (n ~ / hand(s|ed|ing)? ([a-z]+ )?(in|over|out|down|on|back|to) /) finding(line, "hand", s)
	if (n ~ / (is|are|was|were|be|been) (said|named|asked) /) finding(line, "no-actor", s)
	if (n ~ / there (is|are|was|were) .* (that|which|who) / || n ~ / (what|all|that) (more )?there (is|are|was|were) /) finding(line, "there-is", s)
	if (n ~ /^ (left out|named|kept|missing|gone|told) (is|are|was|were) /) finding(line, "inverted", s)
	gsub(/there (is|are|was|were) no /, "", n)
	gsub(/ (is|are|was|were) no (longer|more) /, " ", n)
	if (n ~ / (is|are|was|were) (none|no) /) finding(line, "is-no", s)
	if (n ~ / (settle[sd]?|settling|judge[sd]?|judging|complain(s|ed|ing)?|bury|buries|buried|burying) /) finding(line, "word", s)
	if (n ~ / ; .* ; /) finding(line, "semicolons", s)
	words = split(s, list, " ")
	if (words > 40) finding(line, "long", words " words: " s)
}

# A paragraph is collected with the line at which each of its parts begins. A full stop, ! or ? ends a sentence.
function add(text, line) {
	sub(/^[ \t]+/, "", text)
	sub(/[ \t]+$/, "", text)
	if (text == "") return
	parts++
	starts[parts] = length(para) + 1
	lines[parts] = line
	para = para (para == "" ? "" : " ") text
}

function line_at(offset,    i) {
	for (i = parts; i > 1; i--) if (starts[i] <= offset) break
	return lines[i]
}

function flush(cell,    offset, rest, len) {
	rest = para
	offset = 1
	while (match(rest, /[.!?]["\047)]* +[A-Z0-9@]/)) {
		len = RSTART + RLENGTH - 2
		check_sentence(substr(rest, 1, len), line_at(offset), cell)
		rest = substr(rest, len + 1)
		offset += len
	}
	if (rest != "") check_sentence(rest, line_at(offset), cell)
	para = ""
	parts = 0
}

# Remove code, quoted text and addresses, which are not prose.
function prose(text) {
	gsub(/`[^`]*`/, "X", text)
	gsub(/"[^"]*"/, "X", text)
	gsub(/\*[A-Za-z ]+\*/, "X", text)
	gsub(/\]\([^)]*\)/, "", text)
	gsub(/\[/, "", text)
	gsub(/<[^>]*>/, "", text)
	gsub(/[A-Za-z0-9]+_[A-Za-z0-9_]+/, "X", text)
	return text
}

function columns(text) { gsub(/[\200-\277]/, "", text); return length(text) }

function ends_sentence(text) { return text ~ /[.!?:]["\047)*_`]*[ \t]*$/ }

# Markdown: fenced code and generated parts are left out; each cell of a table is on its own.
function markdown(line,    text, n, i, cell) {
	if (line ~ /^[ \t]*```/) { flush(0); fenced = !fenced; previous = ""; return }
	if (line ~ /<!-- .*: written by/) { flush(0); generated = 1 }
	if (line ~ /<!-- .*: end/) generated = 0
	if (generated) { previous = ""; return }
	if (columns(line) > 120) finding(FNR, "width", columns(line) " columns")
	if (fenced) return
	if (line ~ /^[ \t]*$/ || line ~ /^#/ || line ~ /^[ \t]*</ || line ~ /^\[[^]]*\]: /) { flush(0); previous = ""; return }
	text = prose(line)
	if (line ~ /^[ \t]*\|/) {
		flush(0)
		previous = ""
		n = split(text, cell, "|")
		for (i = 1; i <= n; i++) { add(cell[i], FNR); flush(1) }
		return
	}
	if (text ~ /^[ \t]*([-*+]|[0-9]+\.) /) { flush(0); previous = ""; sub(/^[ \t]*([-*+]|[0-9]+\.) /, "", text) }
	if (text ~ /[a-z)X][.!?]["\047)*]* +[A-Z]/) finding(FNR, "two-sentences", text)
	if (previous != "" && !ends_sentence(previous) && columns(previous) + 1 + columns(line) <= 120) finding(FNR - 1, "early-break", previous)
	previous = line
	sub(/ *  $/, "", previous)
	add(text, FNR)
}

# Manual pages: displays of literal text and the synopsis are left out.
function manpage(line) {
	if (line ~ /^\.S[Hh] /) synopsis = line ~ /SYNOPSIS/
	if (line ~ /^\.(Bd -literal|EX)/) literal = 1
	if (line ~ /^\.(Ed|EE)/) literal = 0
	if (line ~ /^[.\047](Pp|Sh|Ss|It|Bl|El|Bd|Ed|Dl|SH|SS|TP|PP|EX|EE|br|\\")/) { flush(0); return }
	if (literal || synopsis) return
	if (line ~ /^[.\047]/) { add("X" (line ~ / \.$/ ? "." : ""), FNR); return }
	add(prose(line), FNR)
}

# One line of a comment, without its marks.
function comment(text) {
	if (text ~ /SPDX-License|shellcheck |^[ \t]*$|^[-=~ \t]*$/) { flush(0); return }
	sub(/^[ \t]*[a-z_0-9]+(\(\))? - /, "X - ", text)
	if (text ~ /^[ \t]*(@[a-z_.]+|X - |[a-z_]+\(\) - |[a-zA-Z_]+\.[ch] - |(Return|Context|Usage)s?:|[-*] |[0-9]+\. |[a-z]+: )/) flush(0)
	# Displays, and rows of a table: indented, with a column.
	if (text ~ /^(\t|   |>)/ || text ~ /^  .*[^ ](  |\t)/) { flush(0); return }
	sub(/^[ \t]*([-*]|[0-9]+\.) /, "", text)
	add(prose(text), FNR)
}

function c_code(line,    begin) {
	if (!inside) {
		begin = index(line, "/*")
		if (!begin || line ~ /"[^"]*\/\*[^"]*"/) { if (line !~ /^[ \t]*$/) flush(0); return }
		flush(0)
		line = substr(line, begin + 2)
		sub(/^\*/, "", line)
		inside = 1
	}
	if (index(line, "*/")) { line = substr(line, 1, index(line, "*/") - 1); inside = 0 }
	if (!begin) sub(/^[ \t]*\*($|[ \t])?/, "", line)
	sub(/^[ \t]*---- .* -*[ \t]*$/, "", line)
	comment(line)
	if (!inside) flush(0)
}

function marked(line, mark) {
	if (line !~ "^[ \t]*" mark || line ~ /^#!/) { flush(0); return }
	sub("^[ \t]*" mark " ?", "", line)
	comment(line)
}

FNR == 1 { flush(0); file = FILENAME; fenced = generated = inside = literal = synopsis = 0; previous = "" }
FILENAME ~ /\.md$/ { markdown($0); next }
FILENAME ~ /\.[78]$/ { manpage($0); next }
FILENAME ~ /\.[ch]$/ { c_code($0); next }
FILENAME ~ /\.lua$/ { marked($0, "---?"); next }
{ marked($0, "#+") }
END { flush(0) }
'

findings() { [ $# = 0 ] || awk "$rules" "$@"; }

# COUNT FILE, the most first.
by_file() { cut -d: -f1 | sort | uniq -c | sort -k1,1nr -k2 | awk '{ print $1, $2 }'; }

# COUNT NAME, the most first: a document by itself, code by its folder, because comments move from file to file.
by_name() {
	awk -F: '{
		parts = split($1, part, "/")
		if ($1 ~ /\.(md|[78])$/) print $1
		else print (parts > 2 ? part[1] "/" part[2] : part[1]) "/"
	}' | sort | uniq -c | sort -k1,1nr -k2 | awk '{ print $1, $2 }'
}

allowed() { awk -v name="$1" '$2 == name { print $1; found = 1 } END { if (!found) print 0 }' "$debt"; }

lower_debt() {
	local today count name
	today=$(mktemp)
	findings "$@" | by_name >"$today"
	{
		sed -n '/^#/p' "$debt"
		while read -r count name; do
			awk -v name="$name" -v most="$count" '$2 == name { print ($1 < most ? $1 : most), name }' "$today"
		done < <(grep -v '^#' "$debt")
	} >"$debt.new"
	mv "$debt.new" "$debt"
	rm -f "$today"
}

check() {
	local all count name most status=0
	all=$(mktemp)
	findings "$@" >"$all"
	while read -r count name; do
		most=$(allowed "$name")
		[ "$count" -gt "$most" ] || continue
		status=1
		grep "^$name" "$all"
		echo "$name: $count findings, $debt allows $most"
	done < <(by_name <"$all")
	rm -f "$all"
	return "$status"
}

mode=check
case ${1-} in
--all | --count | --debt) mode=${1#--}; shift ;;
-*) echo "prose.sh: unknown option $1" >&2; exit 2 ;;
esac
if [ $# -gt 0 ]; then names=("$@"); else mapfile -t names < <(files); fi
case $mode in
all) findings "${names[@]}" ;;
debt) lower_debt "${names[@]}" ;;
count)
	all=$(findings "${names[@]}")
	cut -d: -f3 <<<"$all" | sort | uniq -c | sort -rn
	echo
	by_file <<<"$all"
	;;
check) check "${names[@]}" ;;
esac
