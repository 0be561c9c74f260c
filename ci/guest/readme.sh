#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# readme.sh [FILE...]: run the console blocks of documents (README.md) and compare what they show; KTAP.
#
# A block that begins with ```lua and a line `-- /etc/lunatik/NAME.lua` is a script: it is written there, for the blocks after it,
# and removed at the end of the document. Other blocks of Lua are not run.
#
# A block that is run begins with ```console. In it
#
#	$ COMMAND, # COMMAND   is run by bash, as root (sudo does nothing more); a line that ends in \ goes on
#	> TEXT                 after a command: a line of its standard input
#	other lines            are the output; `...` stands for any text, also of several lines
#
# A command shown without output must succeed and print nothing. Blocks with another mark are not run.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../../tests/lib.sh
. "$here/../../tests/lib.sh"

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

# Take a line of a block of Lua: the first one may name the file that the block is.
script_line() {
	if [ "$inside" = script ]; then
		printf '%s\n' "$1" >> "$script"
	elif [[ $1 =~ ^--\ (/etc/lunatik/[a-z0-9_/]+\.lua)([: ].*)?$ ]]; then
		inside=script script=${BASH_REMATCH[1]}
		mkdir -p "$(dirname "$script")"
		printf '%s\n' "$1" > "$script"
		scripts+=("$script")
	else
		inside=other
	fi
}

# Take a line of a console block.
console_line() {
	if [ -n "$continued" ]; then
		command+=$'\n'$1
	elif [[ $1 == '$ '* || $1 == '# '* ]]; then
		finish
		command=${1:2}
	elif [[ $1 == '> '* ]] && [ -z "$expected" ]; then
		input+=${1:2}$'\n'
	else
		expected+=$1$'\n'
	fi
	continued=
	[[ $1 != *\\ || -n $expected ]] || continued=1
}

# Read a document, run its blocks.
run_document() {
	local line inside='' continued='' script='' scripts=()
	document=$(basename "$(dirname "$1")")/$(basename "$1") command='' input='' expected=''
	# The commands have their own standard input.
	while IFS= read -r -u 7 line; do
		case $inside,$line in
		,\`\`\`console) inside=console ;;
		,\`\`\`lua) inside=lua ;;
		,*) ;;
		*,\`\`\`) finish; inside='' ;;
		console,*) console_line "$line" ;;
		lua,* | script,*) script_line "$line" ;;
		esac
	done 7< "$1"
	finish
	rm -f ${scripts[@]+"${scripts[@]}"}
}

cd / || exit
[ $# -gt 0 ] || set -- "$here/../../README.md"
for file in "$@"; do
	run_document "$file"
done
