#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Show by disassembly that modules touch no floating-point or vector register: the kernel does not save them, so one
# use corrupts whatever program was interrupted. Names each function that does, and ends with status 1.
#
# Usage: check-no-fpu.sh FILE.ko...
set -eu

# x86: x87, MMX, SSE, AVX registers and instructions without an operand; arm64: v, q, d, s, h and b registers.
registers='%[xyz]mm[0-9]|%st|%mm[0-7]|[[:space:]](f(ld|st|ild|ist|add|sub|mul|div|com|ninit|wait|xsave|xrstor)[a-z]*|emms|vzero[a-z]*)([[:space:]]|$)'
arm64='[[:space:],{]([vq]([12]?[0-9]|3[01])|[dshb]([12]?[0-9]|3[01]))([.,[:space:]}]|$)'

status=0
for module; do
	case $(objdump -f "$module" | sed -n 's/^architecture: \([a-z0-9:-]*\).*/\1/p') in
	aarch64*) pattern=$arm64 ;;
	i386:x86-64*) pattern=$registers ;;
	*) echo "$module: architecture not known" && status=1 && continue ;;
	esac
	found=$(objdump -d --no-show-raw-insn "$module" | awk -v pattern="$pattern" -v module="$module" '
		/>:$/ { name = $2; next }
		$0 ~ pattern { print module ": " name " " $0; n++ }
		/^ *[0-9a-f]+:/ { lines++ }
		END { if (!lines) print module ": no code found" }')
	if [ -n "$found" ]; then
		echo "$found"
		status=1
	fi
done
exit "$status"
