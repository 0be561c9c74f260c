// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_inspect.c - the library inspect: classes as scripts do not see them,
 * for tests that have to go through all of them.
 *
 *   inspect.classes()	table: name of a class -> table: name -> function, its
 *			methods and metamethods, as the registration tables
 *			list them; classes of the libraries that this runtime
 *			has loaded
 *   inspect.class(value)	name of the class of a handle, void or not; nothing
 *			for other values
 *   inspect.userdata()	a userdata that is not an object of a class
 *
 * Functions of libraries need no help: they are in package.loaded.
 */
/* In this order, as authors of C for Lua are used to. */
#include <lua.h>
#include <lauxlib.h>
#include <lunatik.h>

/* Copy the functions of the table on top of the stack, which is popped, to the one below it. */
static void inspect_copy(lua_State *L)
{
	int to = lua_gettop(L) - 1;

	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_isfunction(L, -1)) {
			lua_pushvalue(L, -2);
			lua_insert(L, -2);
			lua_rawset(L, to);
		} else {
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}

/* Metatable on top of the stack: result[name] = its functions, and those behind __index. */
static void inspect_add(lua_State *L, int result)
{
	int metatable = lua_gettop(L);

	if (lua_getfield(L, metatable, "__name") != LUA_TSTRING) {
		lua_pop(L, 1);
		return;
	}
	lua_newtable(L);
	lua_pushvalue(L, metatable);
	inspect_copy(L);
	if (lua_getfield(L, metatable, "__index") == LUA_TTABLE)
		inspect_copy(L);
	else
		lua_pop(L, 1);
	lua_rawset(L, result);
}

/* The registry holds the metatable of a class at its address. */
static int inspect_classes(lua_State *L)
{
	int result;

	lua_newtable(L);
	result = lua_gettop(L);
	lua_pushnil(L);
	for (; lua_next(L, LUA_REGISTRYINDEX); lua_pop(L, 1)) {
		if (lua_islightuserdata(L, -2) && lua_istable(L, -1))
			inspect_add(L, result);
	}
	lua_settop(L, result);
	return 1;
}

/* A void handle has no object any more, but its metatable. */
static int inspect_class(lua_State *L)
{
	return lua_type(L, 1) == LUA_TUSERDATA &&
	       luaL_getmetafield(L, 1, "__name") == LUA_TSTRING;
}

static int inspect_userdata(lua_State *L)
{
	memset(lua_newuserdatauv(L, 64, 0), 0, 64);
	return 1;
}

static const luaL_Reg inspect_lib[] = {
	{ "classes", inspect_classes },
	{ "class", inspect_class },
	{ "userdata", inspect_userdata },
	{ NULL, NULL }
};

LUNATIK_NEWLIB(inspect, inspect_lib, NULL, NULL);

static int __init inspect_init(void)
{
	return 0;
}

static void __exit inspect_exit(void)
{
}

module_init(inspect_init);
module_exit(inspect_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: what scripts do not see of classes");
