/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * stop.h - how a runtime ends
 */
#ifndef LUNATIK_STOP_H
#define LUNATIK_STOP_H

#include <lunatik.h>

void lunatik_stop_init(struct lunatik_runtime *rt);
bool lunatik_stop_begin(struct lunatik_runtime *rt);
void lunatik_stophere(struct lunatik_runtime *rt);
void lunatik_stop_runtime(struct lunatik_runtime *rt);
int lunatik_stop_wait(lua_State *L, struct lunatik_runtime *rt);
void lunatik_runtime_release(void *private);
void lunatik_endruntime(lunatik_object_t *object);

#endif
