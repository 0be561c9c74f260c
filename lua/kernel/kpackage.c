// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kpackage.c - the library package and the function require
 *
 * Where modules come from is decided by the host (lunatik_searchers); nothing here opens a file or looks up a symbol.
 */
#define LUA_LIB

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include "lentry.h"

#define PACKAGE_CONFIG	"/\n;\n?\n!\n-\n"

/* Push the first readable name that the templates give; otherwise what was tried, and return false. */
static int package_findfile(lua_State *L, const char *name, const char *path)
{
	const char *next, *file;
	luaL_Buffer tried;
	int first = 1;

	luaL_buffinit(L, &tried);
	for (; *path != '\0'; path = *next ? next + 1 : next) {
		next = path + strcspn(path, ";");
		if (next == path)
			continue;
		lua_pushlstring(L, path, next - path);
		file = luaL_gsub(L, lua_tostring(L, -1), "?", name);
		lua_remove(L, -2);
		if (lunatik_readable(L, file)) {
			lua_pushvalue(L, -1);
			return 1;
		}
		lua_pushfstring(L, "%sno file '%s'", first ? "" : "\n\t", file);
		first = 0;
		lua_remove(L, -2);
		luaL_addvalue(&tried);
	}
	luaL_pushresult(&tried);
	return 0;
}

static const char *package_dotted(lua_State *L, const char *name, const char *separator, const char *with)
{
	return *separator == '\0' ? name : luaL_gsub(L, name, separator, with);
}

static int package_searchpath(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *path = luaL_checkstring(L, 2);

	name = package_dotted(L, name, luaL_optstring(L, 3, "."), luaL_optstring(L, 4, "/"));
	if (package_findfile(L, name, path))
		return 1;
	luaL_pushfail(L);
	lua_insert(L, -2);
	return 2;
}

int lunatik_searchpath(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const char *path;

	lua_getfield(L, lua_upvalueindex(1), "path");
	path = lua_tostring(L, -1);
	if (!path)
		return luaL_error(L, "'package.path' must be a string");
	path = lua_pushfstring(L, LUA_PATH_FIRST ";%s", path);
	if (!package_findfile(L, luaL_gsub(L, name, ".", "/"), path))
		return 1;
	if (lunatik_loadfile(L, lua_tostring(L, -1), "t") != LUA_OK)
		return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name,
				  lua_tostring(L, -2), lua_tostring(L, -1));
	lua_insert(L, -2);
	return 2;
}

static int package_searchpreload(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	if (lua_getfield(L, -1, name) == LUA_TNIL) {
		lua_pushfstring(L, "no field package.preload['%s']", name);
		return 1;
	}
	lua_pushliteral(L, ":preload:");
	return 2;
}

/* Push what the searchers in the table on top find: loader and data; raise with all they said otherwise. */
static void package_findloader(lua_State *L, const char *name)
{
	luaL_Buffer said;
	int i;

	if (lua_getfield(L, lua_upvalueindex(1), "searchers") != LUA_TTABLE)
		luaL_error(L, "'package.searchers' must be a table");
	luaL_buffinit(L, &said);
	for (i = 1; ; i++) {
		if (lua_rawgeti(L, 3, i) == LUA_TNIL) {
			lua_pop(L, 1);
			luaL_pushresult(&said);
			luaL_error(L, "module '%s' not found:%s", name, lua_tostring(L, -1));
		}
		lua_pushstring(L, name);
		lua_call(L, 1, 2);
		if (lua_isfunction(L, -2))
			return;
		lua_pop(L, 1);
		if (lua_isstring(L, -1)) {
			lua_pushfstring(L, "\n\t%s", lua_tostring(L, -1));
			lua_remove(L, -2);
			luaL_addvalue(&said);
		} else {
			lua_pop(L, 1);
		}
	}
}

static int package_require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	lua_settop(L, 1);
	lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);	/* at 2 */
	lua_getfield(L, 2, name);
	if (lua_toboolean(L, -1))
		return 1;
	lua_pop(L, 1);
	package_findloader(L, name);
	lua_rotate(L, -2, 1);		/* data below loader */
	lua_pushvalue(L, 1);
	lua_pushvalue(L, -3);		/* data is the second argument, and the second result */
	lua_call(L, 2, 1);
	if (!lua_isnil(L, -1))
		lua_setfield(L, 2, name);
	else
		lua_pop(L, 1);
	if (lua_getfield(L, 2, name) == LUA_TNIL) {
		lua_pushboolean(L, 1);
		lua_copy(L, -1, -2);
		lua_setfield(L, 2, name);
	}
	lua_rotate(L, -2, 1);
	return 2;
}

/* package.searchers, on top of the package table. */
static void package_setsearchers(lua_State *L)
{
	int i;

	lua_newtable(L);
	lua_pushcfunction(L, package_searchpreload);
	lua_rawseti(L, -2, 1);
	for (i = 0; lunatik_searchers[i]; i++) {
		lua_pushvalue(L, -2);
		lua_pushcclosure(L, lunatik_searchers[i], 1);
		lua_rawseti(L, -2, i + 2);
	}
	lua_setfield(L, -2, "searchers");
}

static const luaL_Reg package_functions[] = {
	{ "searchpath", package_searchpath },
	{ "config", NULL },
	{ "loaded", NULL },
	{ "path", NULL },
	{ "preload", NULL },
	{ "searchers", NULL },
	{ NULL, NULL },
};

LUAMOD_API int luaopen_package(lua_State *L)
{
	luaL_newlib(L, package_functions);
	package_setsearchers(L);
	lua_pushliteral(L, LUA_PATH_DEFAULT);
	lua_setfield(L, -2, "path");
	lua_pushliteral(L, PACKAGE_CONFIG);
	lua_setfield(L, -2, "config");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_setfield(L, -2, "loaded");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_setfield(L, -2, "preload");
	lua_pushglobaltable(L);
	lua_pushvalue(L, -2);
	lua_pushcclosure(L, package_require, 1);
	lua_setfield(L, -2, "require");
	lua_pop(L, 1);
	return 1;
}
