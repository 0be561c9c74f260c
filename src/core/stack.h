/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * stack.h - how much of the C stack is left
 */
#ifndef LUNATIK_STACK_H
#define LUNATIK_STACK_H

#include <lunatik.h>

#include <linux/sizes.h>

/* Room on a stack, in KiB. Where the compiler's checks make frames larger, stacks are larger by as much. */
#define LUNATIK_STACK(kib)	((kib) * 1024 * (THREAD_SIZE / SZ_16K))
#define LUNATIK_STACK_RECLAIM	LUNATIK_STACK(7)	/* that an allocation may take */
#define LUNATIK_STACK_PRINT	LUNATIK_STACK(6)	/* that a console may take */
#define LUNATIK_STACK_RESERVE	LUNATIK_STACK(3)	/* kept for what Lua calls */
#define LUNATIK_STACK_ENTRY	LUNATIK_STACK(4)	/* to find out that it is used up, and say so */

bool lunatik_stack_left(struct lunatik_runtime *rt, size_t bytes);
unsigned long lunatik_stack_lowest(unsigned long sp);
unsigned long lunatik_stack_limit(void);
size_t lunatik_stack_room(void);
int lunatik_stack_init(void);
void lunatik_stack_exit(void);

#endif
