/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * hook.h - the hooks of a runtime as a whole
 */
#ifndef LUNATIK_HOOK_H
#define LUNATIK_HOOK_H

#include <lunatik.h>

/**
 * struct lunatik_hooks - the hooks of a runtime
 * @lock: for all of this, and for @registered of each hook
 * @all: linked by @node, until their references are dropped
 * @gone: unregistered by somebody who may not touch the runtime's registry
 * @count: how many there have been
 * @kept: the kernel did not let go of one
 * @called: some of them have been made for the kernel to call
 */
struct lunatik_hooks {
	raw_spinlock_t lock;
	struct list_head all;
	struct list_head gone;
	unsigned int count;
	bool kept;
	bool called;
};

void lunatik_hooks_arm(struct lunatik_runtime *rt);
unsigned int lunatik_hooks_countoff(struct lunatik_runtime *rt);
void lunatik_hooks_rearm(struct lunatik_runtime *rt);
void lunatik_hooks_disarm(struct lunatik_runtime *rt);
void lunatik_hooks_unregister(struct lunatik_runtime *rt);
void lunatik_hooks_unlink(struct lunatik_runtime *rt);
void lunatik_hooks_init(void);
void lunatik_hooks_flush(void);

#endif
