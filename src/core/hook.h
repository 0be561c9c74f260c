/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * hook.h - the hooks of a runtime as a whole
 */
#ifndef LUNATIK_HOOK_H
#define LUNATIK_HOOK_H

#include <lunatik.h>

void lunatik_armhooks(struct lunatik_runtime *rt);
unsigned int lunatik_rearmhooks(struct lunatik_runtime *rt);
void lunatik_disarmhooks(struct lunatik_runtime *rt);
void lunatik_unregisterhooks(struct lunatik_runtime *rt);
void lunatik_forgethooks(struct lunatik_runtime *rt);
void lunatik_hooks_init(void);
void lunatik_hooks_flush(void);

#endif
