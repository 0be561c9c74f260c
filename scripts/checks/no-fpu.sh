#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Show that modules touch no floating-point or vector register, which belong to user space: disassemble and look for
# the registers and for x87 instructions.
#
# Usage: no-fpu.sh MODULE.ko...
set -eu

[ $# -gt 0 ] || { echo "usage: no-fpu.sh MODULE.ko..." >&2; exit 2; }

# Print the pattern that no line "mnemonic operands" of the given machine may match.
forbidden() {
	case $1 in
	*x86-64*) echo '%[xyz]mm[0-9]|%st([(]|$|,)|%mm[0-7]|%k[0-7]|^(f[a-rt-z][a-z0-9]*|fs[a-z0-9]+|emms)( |$)' ;;
	*aarch64*) echo '(^|[^a-z0-9_])[bhsdqvz]([12]?[0-9]|3[01])([^a-z0-9_]|$)' ;;
	*) echo "no-fpu.sh: unknown machine: $1" >&2; exit 2 ;;
	esac
}

# One instruction a line, without addresses, symbols and comments; a line that ends in ":" names a function.
disassemble() {
	objdump -d --no-show-raw-insn "$1" | sed -n -e 's/^[0-9a-f]* <\(.*\)>:$/\1:/p' \
		-e 's/^ *[0-9a-f]*:[[:space:]]*//;t strip' -e d -e ':strip' -e 's/<[^>]*>//g; s/[#;].*//; s|//.*||; p'
}

status=0
for module; do
	pattern=$(forbidden "$(objdump -f "$module" | sed -n 's/.*file format //p')")
	found=$(disassemble "$module" | awk -v pattern="$pattern" '
		/:$/ { name = $0; next }
		{ lines++ }
		$0 ~ pattern { print "  " name " " $0 }
		END { if (!lines) print "  no instruction found" }')
	if [ -n "$found" ]; then
		status=1
		printf '%s: floating-point or vector registers:\n%s\n' "$module" "$found"
	fi
done
exit $status
