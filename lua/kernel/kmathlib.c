// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kmathlib.c - the library math, for integers only
 */
#define LUA_LIB

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

static int math_abs(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 1);

	lua_pushinteger(L, n < 0 ? (lua_Integer)(0u - (lua_Unsigned)n) : n);
	return 1;
}

static int math_tointeger(lua_State *L)
{
	int isinteger;
	lua_Integer n = lua_tointegerx(L, 1, &isinteger);

	luaL_checkany(L, 1);
	if (isinteger)
		lua_pushinteger(L, n);
	else
		luaL_pushfail(L);
	return 1;
}

static int math_ult(lua_State *L)
{
	lua_Unsigned a = (lua_Unsigned)luaL_checkinteger(L, 1);
	lua_Unsigned b = (lua_Unsigned)luaL_checkinteger(L, 2);

	lua_pushboolean(L, a < b);
	return 1;
}

/* The least or the greatest argument. */
static int math_extreme(lua_State *L, int greatest)
{
	int i, count = lua_gettop(L);
	lua_Integer n, best;

	luaL_argcheck(L, count >= 1, 1, "value expected");
	best = luaL_checkinteger(L, 1);
	for (i = 2; i <= count; i++) {
		n = luaL_checkinteger(L, i);
		if (greatest ? n > best : n < best)
			best = n;
	}
	lua_pushinteger(L, best);
	return 1;
}

static int math_min(lua_State *L)
{
	return math_extreme(L, 0);
}

static int math_max(lua_State *L)
{
	return math_extreme(L, 1);
}

static int math_type(lua_State *L)
{
	luaL_checkany(L, 1);
	if (lua_type(L, 1) == LUA_TNUMBER)
		lua_pushliteral(L, "integer");
	else
		luaL_pushfail(L);
	return 1;
}

static const luaL_Reg math_functions[] = {
	{ "abs", math_abs },
	{ "max", math_max },
	{ "min", math_min },
	{ "tointeger", math_tointeger },
	{ "type", math_type },
	{ "ult", math_ult },
	{ "maxinteger", NULL },
	{ "mininteger", NULL },
	{ NULL, NULL },
};

LUAMOD_API int luaopen_math(lua_State *L)
{
	luaL_newlib(L, math_functions);
	lua_pushinteger(L, LUA_MAXINTEGER);
	lua_setfield(L, -2, "maxinteger");
	lua_pushinteger(L, LUA_MININTEGER);
	lua_setfield(L, -2, "mininteger");
	return 1;
}
