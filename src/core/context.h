/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * context.h - where code runs: the entry, its runtime, and what it may do
 */
#ifndef LUNATIK_CONTEXT_H
#define LUNATIK_CONTEXT_H

#include <lunatik.h>

static inline struct lunatik_runtime *lunatik_of(lua_State *L)
{
	return *(struct lunatik_runtime **)lua_getextraspace(L);
}

static inline struct lunatik_runtime *lunatik_runtime_of(lunatik_object_t *object)
{
	return object->private;
}

extern const char *const lunatik_contextnames[];

int lunatik_runtime_stopstage(struct lunatik_entry *entry);
void lunatik_runtime_checkalive(lua_State *L);

#endif
