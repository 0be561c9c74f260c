#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Runtimes that a script has created: listed below it, counted with it, armed again with it.
# shellcheck disable=SC2016 # eval expands
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

parent=tests/cli/nesting child=tests/cli/endless

# Send packets to a hook that exhausts its budget each time.
exhaust() {
	local i
	for ((i = 0; i < 12; i++)); do
		echo > /dev/udp/127.0.0.1/9
	done
} 2> /dev/null

# Print the row of a script in the table: NAME.
row() { lunatik list --long | grep -E "^ *$1 "; }

# Print a cell of it: NAME TITLE.
cell() {
	local column
	column=$(lunatik list --long | head -n 1 | tr -s ' ' '\n' | grep -nxF "$2" | cut -d : -f 1)
	row "$1" | sed 's/^ *//' | tr -s ' ' '\n' | sed -n "${column}p"
}

# Condition: parent and child have one hook that is off.
both_off() { [ "$(cell $parent OFF) $(cell $child OFF)" = "$1 $1" ] || { lunatik list -l; return 1; }; }

ip link set lo up
klog_mark
check "a script with a child runs" within 60 lunatik run $parent
check "list names the child below" output_is "$parent
  $child (child of $parent)" lunatik list
check "the table has it, indented" output_has "  $child " row $child
check "below its parent" eval '[ "$(lunatik list -l | grep -n "$child" | cut -d : -f 1)" = 3 ]'
check "programs find it with its parent" eval 'lunatik list --json | jq -e ".[0].children[0].name == \"$child\"" 2> /dev/null ||
	lunatik list --json | tr -d " \n" | grep -q "\"children\":\[{.*\"name\":\"$child\""'
exhaust
check "its hook is switched off" both_off 1
check "the errors are the parent's, too" eval '[ "$(cell $parent ERRORS)" -ge 10 ]'
check "the log names the script to arm" eventually 5 klog_has "'lunatik rearm $parent' arms it"
check "which arms it" within 30 lunatik rearm $parent
check "nothing is off any more" both_off 0
exhaust
check "it is switched off again" both_off 1
check "a child cannot be armed by its own name" fails_with 1 within 30 lunatik rearm $child
check "... the error names its parent" [ "$output" = "lunatik: $child does not run by itself: it is a child of $parent: name that one" ]
check "nor stopped" fails_with 1 within 30 lunatik stop $child
check "the parent stops" within 30 lunatik stop $parent
check "and its child with it" output_is '' lunatik list
