/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * wait.h - how entries block
 */
#ifndef LUNATIK_WAIT_H
#define LUNATIK_WAIT_H

#include <lunatik.h>

void lunatik_stop_wake(struct lunatik_runtime *rt);
unsigned long lunatik_wait_brief(struct lunatik_runtime *rt);

#endif
