/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * loader.h - scripts from files, libraries from modules
 */
#ifndef LUNATIK_LOADER_H
#define LUNATIK_LOADER_H

#include <lunatik.h>

int lunatik_script_check(const char *name);
int lunatik_script_open(lua_State *L, const char *script);
void lunatik_library_openall(lua_State *L, lua_CFunction opener);

#endif
