#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Check that the C interface is documented: every function and variable that a module exports has a doc comment with its
# arguments, context and result, and doc/dev/c-api.md has all names of lunatik.h and all exports. An export that lunatik.h and
# the headers of libraries do not have needs a user in another file of src/bindings or of the tests. Status 1 if one lacks
# something; each finding is a line.
#
# Usage: interface.sh
#
# Exports of Lua's own interface (src/core/exports.h) are documented by Lua's manual.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# shellcheck disable=SC2016 # the program is awk's
rules='
# Print "doc NAME TEXT", "declared NAME FILE TEXT" and "exported NAME" for the parts of C files that the check needs.
function basename(path) { sub(/.*\//, "", path); return path }

# A prototype, or the head of an inline function, is complete. Attributes with arguments are not its name.
function declaration(text,    head) {
	gsub(/__printf\([^)]*\)/, "", text)
	gsub(/[ \t]+/, " ", text)
	if (text ~ /^ ?(typedef|struct|union|enum) [^(]*$/) return
	if (text ~ /^ ?extern / && text !~ /\(/) { sub(/^.*[ *]/, "", text); print "declared", text, basename(FILENAME), "-"; return }
	if (!match(text, /[A-Za-z_][A-Za-z0-9_]*\(/)) return
	head = substr(text, RSTART, RLENGTH - 1)
	print "declared", head, basename(FILENAME), text
}

FNR == 1 { comment = ""; inside = 0; text = ""; body = 0 }
/^\/\*\*$/ { inside = 1; comment = ""; next }
inside && /\*\// { inside = 0; sub(/^ /, "", comment); split(comment, word, /[ (]/); print "doc", word[1], comment; next }
inside { sub(/^[ \t]*\*[ \t]?/, ""); comment = comment " " $0; next }
/^\/\*/ && !/\*\// { skip = 1 }
skip { if (/\*\//) skip = 0; next }
/^EXPORT_SYMBOL(_GPL)?\([a-z_0-9]+\)/ { sub(/^[A-Z_]*\(/, ""); sub(/\).*/, ""); print "exported", $0; next }
FILENAME !~ /\.h$/ { next }
/^#[ \t]*define[ \t]+(lunatik_[a-z]+|LUNATIK_[A-Z]+)\(/ {
	macro = $0
	sub(/^#[ \t]*define[ \t]+/, "", macro)
	print "macro", substr(macro, 1, index(macro, "(") - 1), basename(FILENAME)
}
/^#/ || /^[ \t]*\/\*.*\*\/$/ { continued = /\\$/; next }
continued { continued = /\\$/; next }
/^[{}]/ { body = /^\{/; text = ""; next }
/\{$/ { body = 1; text = ""; next }
body { next }
{ text = text " " $0 }
/;/ { sub(/;.*/, "", text); declaration(text); text = "" }
/\)$/ && text ~ /static inline/ { declaration(text) }
'

# shellcheck disable=SC2016
findings='
function finding(text) { print text; status = 1 }

# The names of the arguments of a prototype: the last word of each, or the name of a pointer to a function.
function arguments(text, list,    n, i, c, depth, part, count) {
	sub(/^[^(]*\(/, "", text)
	n = length(text)
	for (i = 1; i <= n; i++) {
		c = substr(text, i, 1)
		if (c == "(") depth++
		if (c == ")" && depth-- == 0 || c == "," && depth == 0) {
			if (match(part, /\(\*[a-z_0-9]+\)/)) part = substr(part, RSTART + 2, RLENGTH - 3)
			sub(/.*[ *]/, "", part)
			if (part != "" && part != "void" && part != "...") list[++count] = part
			part = ""
			if (c == ")") break
		} else part = part c
	}
	return count
}

function check(name,    count, i, list, text) {
	if (!(name in declared)) { finding(name " is exported, but no header declares it: remove the export, or declare it"); return }
	if (!(name in doc)) { finding(name " has no doc comment"); return }
	text = prototype[name]
	if (text == "-") return
	count = arguments(text, list)
	for (i = 1; i <= count; i++) if (index(doc[name], "@" list[i] ":") == 0) finding(name ": its doc comment lacks @" list[i])
	if (doc[name] !~ / Context: / && declared[name] != "lunatik_setjmp.h") finding(name ": its doc comment lacks Context:")
	if (text !~ /^ ?(static inline )?void [a-z]/ && doc[name] !~ / Return: /) finding(name ": its doc comment lacks Return:")
}

$1 == "doc" { name = $2; $1 = $2 = ""; doc[name] = doc[name] $0 " " }
$1 == "declared" { declared[$2] = $3; name = $2; $1 = $2 = $3 = ""; sub(/^ */, ""); prototype[name] = $0 }
$1 == "macro" { macro[$2] = $3 }
$1 == "exported" { exported[$2] = 1 }
$1 == "written" { written[$2] = 1 }
$1 == "used" { used[$2] = 1 }
END {
	for (name in exported) {
		check(name)
		if (!(name in written)) finding(name " is exported, and doc/dev/c-api.md does not have it")
		if (declared[name] ~ /^lunatik_(binding|event)\.h$/ && !(name in used)) finding(name " is exported, and no binding uses it: remove the export")
	}
	for (name in declared) if (declared[name] == "lunatik.h" && !(name in exported)) {
		check(name)
		if (!(name in written)) finding(name " of lunatik.h is not in doc/dev/c-api.md")
	}
	for (name in macro) if (macro[name] == "lunatik.h" && !(name in written)) finding(name "() of lunatik.h is not in doc/dev/c-api.md")
	exit status
}'

words() { grep -ohE '[A-Za-z_][A-Za-z0-9_]*' "$@" | sort -u; }

{
	awk "$rules" src/include/lunatik*.h src/include/lua*.h lua/kernel/include/lunatik_setjmp.h src/core/*.c src/bindings/*.c src/bindings/*/*.c
	words doc/dev/c-api.md | sed 's/^/written /'
	words src/bindings/*.c src/bindings/*/*.c src/include/lua[a-z]*.h tests/*/module/*.c | sed 's/^/used /'
} | awk "$findings" | sort
