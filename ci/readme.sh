#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# readme.sh [FILE...]: run the console blocks of documents (README.md) and compare what they show; KTAP.
#
# A block begins with ```console. In it
#   $ COMMAND, # COMMAND   is run by bash, as root (sudo does nothing more); a line that ends in \ goes on
#   > TEXT                 after a command: a line of its standard input
#   other lines            are the output; `...` stands for any text, also of several lines
# A command shown without output must succeed and print nothing. Blocks with another mark are not run.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../tests/lib.sh
. "$here/../tests/lib.sh"

# Stand-in for sudo: the machine's user is root.
sudo() {
	"$@"
}

# Turn shown output into a pattern of [[ == ]]: all literal but `...`.
pattern() {
	sed -e 's/\.\.\./\x01/g' -e 's/[^A-Za-z0-9[:space:]\x01]/\\&/g' -e 's/\x01/*/g' <<< "$1"
}

# Run the command that has been read, compare, report. It runs in this shell: `cd` and variables stay.
finish() {
	[ -n "$command" ] || return 0
	local status=0 file name=$command
	file=$(mktemp)
	printf '%s' "$input" > "$file.in"
	eval "$command" > "$file" 2>&1 < "$file.in" || status=$?
	output=$(cat "$file")
	expected=${expected%$'\n'}
	rm -f "$file" "$file.in"
	# shellcheck disable=SC2053 # a pattern is what is wanted
	if [[ $output != $(pattern "$expected") ]]; then
		not_ok "$document: $name" "shown:" "$expected" "got (status $status):" "$output"
	elif [ -z "$expected" ] && [ $status != 0 ]; then
		not_ok "$document: $name" "status $status"
	else
		ok "$document: $name"
	fi
	command='' input='' expected=''
}

# Read a document, run its blocks.
run_document() {
	local line inside='' continued=''
	document=$(basename "$1") command='' input='' expected=''
	# The commands have their own standard input.
	while IFS= read -r -u 7 line; do
		if [ -z "$inside" ]; then
			[ "$line" != '```console' ] || inside=1
		elif [ "$line" = '```' ]; then
			finish
			inside=
		elif [ -n "$continued" ]; then
			command+=$'\n'$line
		elif [[ $line == '$ '* || $line == '# '* ]]; then
			finish
			command=${line:2}
		elif [[ $line == '> '* ]] && [ -z "$expected" ]; then
			input+=${line:2}$'\n'
		else
			expected+=$line$'\n'
		fi
		continued=
		[[ -z $inside || $line != *\\ || -n $expected ]] || continued=1
	done 7< "$1"
	finish
}

cd / || exit
[ $# -gt 0 ] || set -- "$here/../README.md"
for file in "$@"; do
	run_document "$file"
done
