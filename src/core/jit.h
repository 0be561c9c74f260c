/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * jit.h - native code of hooks
 */
#ifndef LUNATIK_CORE_JIT_H
#define LUNATIK_CORE_JIT_H

#include <lunatik.h>

void lunatik_jit_free(struct lunatik_hook *hook);
unsigned int lunatik_jit_count(void);
const char *lunatik_jit_reason(void);

#endif
