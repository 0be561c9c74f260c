/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How Lua raises errors: the jumps of klibc, under names of our own. */
#ifndef LUA_SETJMP_H
#define LUA_SETJMP_H

#include <lunatik_setjmp.h>

#define luai_jmpbuf		jmp_buf
#define LUAI_THROW(L, c)	do { lunatik_longjmp((c)->b, 1); __builtin_trap(); } while (0)
#define LUAI_TRY(L, c, a)	do { if (lunatik_setjmp((c)->b) == 0) { a } } while (0)

#endif
