// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kinit.c - the libraries that every state has
 */
#define LUA_LIB

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

static const luaL_Reg standard_libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_LOADLIBNAME, luaopen_package },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_DBLIBNAME, luaopen_debug },
	{ NULL, NULL },
};

LUALIB_API void luaL_openlibs(lua_State *L)
{
	const luaL_Reg *library;

	for (library = standard_libraries; library->func; library++) {
		luaL_requiref(L, library->name, library->func, 1);
		lua_pop(L, 1);
	}
}
