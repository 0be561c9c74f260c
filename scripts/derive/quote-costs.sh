#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The sentences of documents that quote doc/admin/costs.md, with its numbers for Linux 6.12.
#
# Usage: quote-costs.sh FILE      print the file
#        quote-costs.sh --write   rewrite the files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -r c iptables nftables native lua < <(awk -F '|' '/^## 6\.12:/ { here = 1 } here && /its port compared/ { print $4, $5, $6, $8, $9; exit }' doc/admin/costs.md)

# Of a processor that executes two billion instructions a second: microseconds of a packet, percent for 100,000 packets a second.
microseconds() { awk -v spent="$1" 'BEGIN { printf "%.1f", spent / 2000 }'; }
percent() { awk -v spent="$1" 'BEGIN { printf "%.0f", spent / 200 }'; }

quote() {
	sed -e "s/costs a script [0-9]* instructions, a rule of iptables [0-9]*, one of nftables [0-9]*, C [0-9]*\./costs a script $lua instructions, a rule of iptables $iptables, one of nftables $nftables, C $c./" \
		-e "s/the same script costs [0-9]*\./the same script costs $native./" \
		-e "s/costs [0-9]* instructions, and a rule of iptables for the same port [0-9]*\./costs $lua instructions, and a rule of iptables for the same port $iptables./" \
		-e "s/the script takes about [0-9.]* microseconds/the script takes about $(microseconds "$lua") microseconds/" \
		-e "s/costs [0-9]* percent of one processor, and the rule of iptables [0-9]* percent/costs $(percent "$lua") percent of one processor, and the rule of iptables $(percent "$iptables") percent/" \
		"$1"
}

if [ "$1" != --write ]; then
	quote "$1"
	exit
fi
for file in README.md doc/admin/costs.md; do
	quote "$file" > "$file.new"
	cat "$file.new" > "$file"
	rm "$file.new"
done
