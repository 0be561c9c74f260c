#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Print the layers of the core: a file of level N uses files of lower levels only. Status 1 if files use each other in a
# circle; the circle is printed then, with the names that close it.
#
# Usage: layers.sh [--edges] [FOLDER]   (default: src/core; --edges: also print who uses which names of whom)
#
# The text of the files is read, so nothing has to be built, and every kernel's variant of the code counts. A file uses
# another one if it mentions a function or variable that the other one defines and that is not static there, also by
# way of a macro or an inline function of a header. Lua is not read: it calls the core through lua/kernel/lentry.h.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

edges=0
[ "${1-}" != --edges ] || { edges=1; shift; }
folder=${1:-src/core}
[ -d "$folder" ] || { echo "layers.sh: no folder '$folder'" >&2; exit 2; }

# shellcheck disable=SC2016 # the program is awk's
scan='
# Print "def FILE NAME", "use FILE OWNER NAME" and "exp OWNER NAME" of C files. OWNER is the function or macro in which
# the name stands, or "-". "exp" is a macro or inline function of a header: its uses count for each of its users.
function header() { return file ~ /\.h$/ }

function emit_use(owner, name) {
	if (!(name in keyword) && !((owner, name) in used)) {
		used[owner, name] = 1
		print "use", file, owner, name
	}
}

# Make one line of code of it: comments and the contents of strings go.
function strip(line,    out, c, i, n) {
	out = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (comment) {
			if (substr(line, i, 2) == "*/") { comment = 0; i++; out = out " " }
		} else if (quote != "") {
			if (c == "\\") i++
			else if (c == quote) quote = ""
		} else if (substr(line, i, 2) == "/*") { comment = 1; i++ }
		else if (substr(line, i, 2) == "//") break
		else if (c == "\"" || c == "\047") quote = c
		else out = out c
	}
	quote = ""
	return out
}

# Neither tags nor members are names of functions or variables.
function identifiers(text, owner,    name) {
	gsub(/(struct|union|enum)[ \t]+[A-Za-z0-9_]+/, " ", text)
	gsub(/(->|\.)[ \t]*[A-Za-z_][A-Za-z0-9_]*/, " ", text)
	while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
		name = substr(text, RSTART, RLENGTH)
		if (name != owner) emit_use(owner, name)
		text = substr(text, RSTART + RLENGTH)
	}
}

# A directive: a macro has uses of its own, others have none.
function directive(text,    name) {
	if (text !~ /^[ \t]*#[ \t]*define[ \t]/) return
	sub(/^[ \t]*#[ \t]*define[ \t]+/, "", text)
	match(text, /^[A-Za-z_][A-Za-z0-9_]*/)
	name = substr(text, 1, RLENGTH)
	print "exp", name, file
	identifiers(substr(text, RLENGTH + 1), name)
}

# The name that a declaration or the head of a function defines: before the first parenthesis, else the last one before
# an initialiser or a bound.
function defined_name(text) {
	gsub(/__[a-z_]+\([^()]*(\([^()]*\))?[^()]*\)/, "", text)
	if (text ~ /^[ \t]*DEFINE_[A-Z_]+\(/) { sub(/^[^(]*\(/, "", text); match(text, /[A-Za-z_][A-Za-z0-9_]*/); return substr(text, RSTART, RLENGTH) }
	if (text ~ /^[ \t]*[A-Z_]+\(/) return ""
	sub(/[=(\[].*/, "", text)
	sub(/[^A-Za-z0-9_]+$/, "", text)
	return match(text, /[A-Za-z_][A-Za-z0-9_]*$/) ? substr(text, RSTART) : ""
}

# A statement of the file ends, or a body begins: what does it define?
function top(text, body,    name) {
	if (text ~ /(^|[ \t])(typedef|extern)[ \t]/ || text ~ /^[ \t]*$/) return "-"
	if (text ~ /^[ \t]*(static[ \t]+)?(const[ \t]+)?(struct|union|enum)[ \t]*[A-Za-z0-9_]*[ \t]*$/) return "-"
	if (!body && text !~ /=/ && text ~ /\)[ \t]*$/ && text !~ /^[ \t]*DEFINE_/) return "-"
	name = defined_name(text)
	if (name == "") return "-"
	if (header()) { print "exp", name, file; return name }
	if (text !~ /(^|[ \t])static[ \t]/) print "def", file, name
	else print "own", file, name
	return name
}

BEGIN {
	count = split("if else for while do switch case default return goto break continue sizeof typeof struct union enum const static " \
		"void int unsigned long char bool inline extern volatile signed short typedef NULL true false", words, " ")
	for (i = 1; i <= count; i++) keyword[words[i]] = 1
}
FNR == 1 { file = FILENAME; sub(folder "/", "", file); comment = 0; depth = 0; parens = 0; text = ""; owner = "-"; split("", used); pending = "" }
{
	line = pending strip($0)
	pending = ""
	if (line ~ /\\$/) { pending = substr(line, 1, length(line) - 1) " "; next }
	if (line ~ /^[ \t]*#/) { directive(line); next }
	# Branches of #ifdef may open a brace twice; every body ends in the first column.
	if (line ~ /^}/) { depth = 0; parens = 0; text = ""; owner = "-"; sub(/^}/, "", line) }
	while (line != "") {
		if (!match(line, /[{};()]/)) { part = line; c = ""; line = "" }
		else { part = substr(line, 1, RSTART - 1); c = substr(line, RSTART, 1); line = substr(line, RSTART + 1) }
		if (depth == 0) text = text part c
		else identifiers(part, owner)
		if (depth == 0 && part != "") heads = heads " " part
		if (c == "(") parens++
		else if (c == ")") { if (parens > 0) parens-- }
		else if (c == "{") {
			if (depth == 0) { owner = top(substr(text, 1, length(text) - 1), 1); identifiers(heads, owner); heads = ""; text = "" }
			depth++
		} else if (c == "}") { if (depth > 0) depth--; if (depth == 0) text = "" }
		else if (c == ";" && depth == 0 && parens == 0) {
			# A prototype uses nothing; an initialiser does.
			name = top(substr(text, 1, length(text) - 1), 0)
			if (text ~ /=/ || name == "-" && text ~ /^[ \t]*[A-Z_]+[A-Z0-9_]*\(/) identifiers(heads, name == "-" ? "-" : name)
			text = ""; heads = ""
			owner = "-"
		}
	}
}'

# shellcheck disable=SC2016
levels='
function visit(name, from, via,    i, list, n) {
	if ((from, name) in seen) return
	seen[from, name] = 1
	if (name in home && !((from, name) in own)) {
		if (home[name] != from && !((from, home[name], via) in named)) {
			named[from, home[name], via] = 1
			edge[from, home[name]] = edge[from, home[name]] " " via
		}
		return
	}
	if (name in expands) {
		n = split(expands[name], list, " ")
		for (i = 1; i <= n; i++) visit(list[i], from, list[i])
	}
}

# Files that reach each other are one node; its level is one more than the highest that it uses.
function level(node,    j, high, l) {
	if (node in height) return height[node]
	height[node] = 0
	high = -1
	for (j = 1; j <= nfiles; j++) {
		if (head[files[j]] == node) continue
		if (uses_file(node, files[j])) { l = level(head[files[j]]); if (l > high) high = l }
	}
	return height[node] = high + 1
}

function uses_file(node, to,    k) {
	for (k = 1; k <= nfiles; k++) if (head[files[k]] == node && (files[k], to) in edge) return 1
	return 0
}

$1 == "file" { files[++nfiles] = $2 }
$1 == "def" { home[$3] = $2 }
$1 == "own" { own[$2, $3] = 1 }
$1 == "exp" { macro[$2] = 1; inlined[$3, $2] = 1 }
$1 == "use" { nuse++; user[nuse] = $2; by[nuse] = $3; what[nuse] = $4 }
END {
	for (i = 1; i <= nuse; i++) if ((user[i], by[i]) in inlined) expands[by[i]] = expands[by[i]] " " what[i]
	for (i = 1; i <= nuse; i++) if (user[i] ~ /\.c$/) visit(what[i], user[i], what[i])
	for (i = 1; i <= nfiles; i++) for (j = 1; j <= nfiles; j++) reach[i, j] = (files[i], files[j]) in edge
	for (k = 1; k <= nfiles; k++) for (i = 1; i <= nfiles; i++) if (reach[i, k])
		for (j = 1; j <= nfiles; j++) if (reach[k, j]) reach[i, j] = 1
	for (i = 1; i <= nfiles; i++) {
		for (j = 1; j < i && !(reach[i, j] && reach[j, i]); j++) ;
		head[files[i]] = files[j]
		size[files[j]]++
	}
	for (i = 1; i <= nfiles; i++) { l = level(head[files[i]]); row[l] = row[l] "  " files[i] (size[head[files[i]]] > 1 ? "*" : ""); if (l > most) most = l }
	for (l = most; l >= 0; l--) print "level " l row[l]
	for (i = 1; i <= nfiles; i++) {
		if (size[files[i]] < 2) continue
		status = 1
		print "\na circle of " size[files[i]] " files (marked *):"
		for (j = 1; j <= nfiles; j++) for (k = 1; k <= nfiles; k++)
			if (head[files[j]] == files[i] && head[files[k]] == files[i] && (files[j], files[k]) in edge)
				print "  " files[j] " -> " files[k] ":" edge[files[j], files[k]]
	}
	if (edges) {
		print ""
		for (j = 1; j <= nfiles; j++) for (k = 1; k <= nfiles; k++) if ((files[j], files[k]) in edge)
			print files[j] " -> " files[k] ":" edge[files[j], files[k]]
	}
	exit status
}'

mapfile -t sources < <(find "$folder" -name '*.c' | sort)
mapfile -t headers < <(find "$folder" src/include -name '*.h' ! -name exports.h ! -name lunatik_names.h | sort)
{
	printf 'file %s\n' "${sources[@]#"$folder/"}"
	awk -v folder="$folder" "$scan" "${headers[@]}" "${sources[@]}"
} | awk -v edges="$edges" "$levels"
