/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * handle.h - handles of objects in Lua
 */
#ifndef LUNATIK_HANDLE_H
#define LUNATIK_HANDLE_H

#include <lunatik.h>

void lunatik_handle_free(void *payload);
int lunatik_handle_field(lua_State *L);
void lunatik_reclaim(lua_State *L);
lunatik_object_t **lunatik_handle_newslot(lua_State *L);

#endif
