/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * kvm.h - macros of luaV_execute(): there are no hooks of debugging
 *
 * Included by lvm.c where it has defined its own. Lua looks at a word before each instruction that says whether a hook is to
 * be called, or the stack has moved. No hook is ever set (the library debug has none), and whatever may move the stack is
 * followed by one of these macros.
 */
#undef updatetrap
#define updatetrap(ci)		updatebase(ci)

#undef updatestack
#define updatestack(ci)		{ updatebase(ci); ra = RA(i); }

#define dojump(ci, i, e)	jumpby(GETARG_sJ(i) + e)
