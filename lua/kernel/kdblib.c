// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kdblib.c - the library debug, without the functions that forge objects or reach into other functions
 */
#define LUA_LIB

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* An optional first argument is the thread to look at; *base counts it. */
static lua_State *debug_thread(lua_State *L, int *base)
{
	*base = lua_isthread(L, 1);
	return *base ? lua_tothread(L, 1) : L;
}

static void debug_setstring(lua_State *L, const char *field, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, field);
}

static void debug_setinteger(lua_State *L, const char *field, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void debug_setboolean(lua_State *L, const char *field, int value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, field);
}

static void debug_setsource(lua_State *L, const lua_Debug *ar)
{
	lua_pushlstring(L, ar->source, ar->srclen);
	lua_setfield(L, -2, "source");
	debug_setstring(L, "short_src", ar->short_src);
	debug_setinteger(L, "linedefined", ar->linedefined);
	debug_setinteger(L, "lastlinedefined", ar->lastlinedefined);
	debug_setstring(L, "what", ar->what);
}

static void debug_setfields(lua_State *L, const lua_Debug *ar, const char *options)
{
	if (strchr(options, 'S'))
		debug_setsource(L, ar);
	if (strchr(options, 'l'))
		debug_setinteger(L, "currentline", ar->currentline);
	if (strchr(options, 'u')) {
		debug_setinteger(L, "nups", ar->nups);
		debug_setinteger(L, "nparams", ar->nparams);
		debug_setboolean(L, "isvararg", ar->isvararg);
	}
	if (strchr(options, 'n')) {
		debug_setstring(L, "name", ar->name);
		debug_setstring(L, "namewhat", ar->namewhat);
	}
	if (strchr(options, 'r')) {
		debug_setinteger(L, "ftransfer", ar->ftransfer);
		debug_setinteger(L, "ntransfer", ar->ntransfer);
	}
	if (strchr(options, 't'))
		debug_setboolean(L, "istailcall", ar->istailcall);
}

/* Fill *ar for the function given as argument; false if the argument is a level beyond the stack. */
static int debug_query(lua_State *L, lua_State *L1, int arg, const char *options, lua_Debug *ar)
{
	if (lua_isfunction(L, arg)) {
		options = lua_pushfstring(L, ">%s", options);
		lua_pushvalue(L, arg);
		lua_xmove(L, L1, 1);
	} else if (!lua_getstack(L1, (int)luaL_checkinteger(L, arg), ar)) {
		return 0;
	}
	return lua_getinfo(L1, options, ar);
}

static int debug_getinfo(lua_State *L)
{
	int base;
	lua_State *L1 = debug_thread(L, &base);
	const char *options = luaL_optstring(L, base + 2, "nSltur");
	lua_Debug ar;

	luaL_argcheck(L, options[strspn(options, "nSltur")] == '\0', base + 2, "invalid option");
	if (L != L1 && !lua_checkstack(L1, 3))
		return luaL_error(L, "stack overflow");
	if (!debug_query(L, L1, base + 1, options, &ar)) {
		luaL_pushfail(L);
		return 1;
	}
	lua_newtable(L);
	debug_setfields(L, &ar, options);
	return 1;
}

static int debug_traceback(lua_State *L)
{
	int base;
	lua_State *L1 = debug_thread(L, &base);
	const char *message = lua_tostring(L, base + 1);

	if (!message && !lua_isnoneornil(L, base + 1))
		lua_pushvalue(L, base + 1);
	else
		luaL_traceback(L, L1, message, (int)luaL_optinteger(L, base + 2, L == L1));
	return 1;
}

static const luaL_Reg debug_functions[] = {
	{ "getinfo", debug_getinfo },
	{ "traceback", debug_traceback },
	{ NULL, NULL },
};

LUAMOD_API int luaopen_debug(lua_State *L)
{
	luaL_newlib(L, debug_functions);
	return 1;
}
