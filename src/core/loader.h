/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * loader.h - scripts from files, libraries from modules
 */
#ifndef LUNATIK_LOADER_H
#define LUNATIK_LOADER_H

#include <lunatik.h>

int lunatik_checkscript(const char *name);
int lunatik_openscript(lua_State *L, const char *script);
void lunatik_openlibs(lua_State *L, lua_CFunction opener);

#endif
