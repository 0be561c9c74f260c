/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_setjmp.h - non-local jumps within frames of Lua, the core and bindings.
 *
 * No frame of the kernel may lie between the two. returns_twice is spelled out because compilers recognise setjmp by
 * its name only. lunatik_longjmp is not declared as never returning: where objtool checks one object at a time it
 * cannot know, so that callers end with a trap instead.
 */
#ifndef LUNATIK_SETJMP_H
#define LUNATIK_SETJMP_H

#include <archsetjmp.h>

/**
 * struct lunatik_jump - a place to land, chained as Lua chains its own (struct lua_longjmp)
 * @previous: the landing place around this one
 * @buffer: for lunatik_setjmp()
 * @status: why the jump came, a Lua status
 */
struct lunatik_jump {
	struct lunatik_jump *previous;
	jmp_buf buffer;
	volatile int status;
};

/**
 * lunatik_setjmp - remember this place
 * @env: filled in
 *
 * Return: 0 at first, the value given to lunatik_longjmp() when arriving from there.
 */
int lunatik_setjmp(jmp_buf env) __attribute__((returns_twice));

/**
 * lunatik_longjmp - go back to a place whose function has not returned
 * @env: as filled in by lunatik_setjmp()
 * @value: not 0
 */
void lunatik_longjmp(jmp_buf env, int value);

#endif
