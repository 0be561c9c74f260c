// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * library.c - what libraries are made of: registry, arguments, constants.
 */
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "lunatik_nearest.h"
#include "vm.h"

void lunatik_setregistry(lua_State *L, int ix, void *key)
{
	lua_pushvalue(L, ix);
	lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}
EXPORT_SYMBOL(lunatik_setregistry);

int lunatik_getregistry(lua_State *L, void *key)
{
	return lua_rawgetp(L, LUA_REGISTRYINDEX, key);
}
EXPORT_SYMBOL(lunatik_getregistry);

void lunatik_registerobject(lua_State *L, int ix, lunatik_object_t *object)
{
	lunatik_setregistry(L, ix, object->private);
	lunatik_setregistry(L, -1, object);
}
EXPORT_SYMBOL(lunatik_registerobject);

void lunatik_unregisterobject(lua_State *L, lunatik_object_t *object)
{
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, object->private);
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, object);
}
EXPORT_SYMBOL(lunatik_unregisterobject);

void lunatik_checkfield(lua_State *L, int ix, const char *field, int type)
{
	int actual = lua_getfield(L, ix, field);

	if (actual != type)
		luaL_error(L, "bad field '%s' (%s expected, got %s)", field,
			   lua_typename(L, type), lua_typename(L, actual));
}
EXPORT_SYMBOL(lunatik_checkfield);

lua_Integer lunatik_checkinteger(lua_State *L, int ix, const char *field,
				 lua_Integer least, lua_Integer most)
{
	lua_Integer value;
	int whole;

	lunatik_checkfield(L, ix, field, LUA_TNUMBER);
	value = lua_tointegerx(L, -1, &whole);
	if (!whole)
		luaL_error(L, "bad field '%s' (number has no integer representation)",
			   field);
	lua_pop(L, 1);
	if (value < least || value > most)
		luaL_error(L, "bad field '%s' (%I is not in %I..%I)", field,
			   value, least, most);
	return value;
}
EXPORT_SYMBOL(lunatik_checkinteger);

void lunatik_require(lua_State *L, const char *name)
{
	lua_getglobal(L, "require");
	lua_pushstring(L, name);
	lua_call(L, 1, 0);
}
EXPORT_SYMBOL(lunatik_require);

/* ---- names that do not exist ---------------------------------------------------------------------------- */

#define NAME_UNITS	32	/* the cost of comparing two names */

static void name_try(lua_State *L, struct lunatik_nearest *nearest,
		     const char *candidate)
{
	lunatik_spend(L, NAME_UNITS);
	lunatik_trynearest(nearest, candidate);
}

/* Raises. */
static int name_raise(lua_State *L, const char *what,
		      const struct lunatik_nearest *nearest)
{
	if (!lunatik_isnear(nearest))
		return luaL_error(L, "%s '%s'", what, nearest->name);
	return luaL_error(L, "%s '%s' (the nearest one is '%s')", what,
			  nearest->name, nearest->best);
}

static bool field_isknown(const char *field, const char *const *known)
{
	for (; *known; known++) {
		if (!strcmp(*known, field))
			return true;
	}
	return false;
}

/*
 * The table is the script's own object, too. A field of it is wrong if it looks
 * like a known one, unless it only adds an ending to that, as a plural does.
 */
static bool field_ismeant(const struct lunatik_nearest *nearest)
{
	size_t length = strlen(nearest->best);

	return nearest->distance <= (length < 6 ? 1 : 2) &&
	       strncmp(nearest->name, nearest->best, length);
}

static void field_check(lua_State *L, const char *const *known, bool own)
{
	struct lunatik_nearest nearest = {};
	size_t length;

	if (lua_type(L, -2) != LUA_TSTRING) {
		if (!own)
			luaL_error(L, "unknown field [%s]", luaL_tolstring(L, -2, NULL));
		return;
	}
	nearest.name = lua_tolstring(L, -2, &length);
	if (field_isknown(nearest.name, known) && strlen(nearest.name) == length)
		return;
	for (; *known; known++)
		name_try(L, &nearest, *known);
	if (!own || field_ismeant(&nearest))
		name_raise(L, "unknown field", &nearest);
}

void lunatik_checkfields(lua_State *L, int ix, const char *const *known)
{
	ix = lua_absindex(L, ix);
	lua_pushnil(L);
	for (; lua_next(L, ix); lua_pop(L, 1))
		field_check(L, known, false);
}
EXPORT_SYMBOL(lunatik_checkfields);

void lunatik_checkmethods(lua_State *L, int ix, const char *const *functions,
			  const char *const *options)
{
	ix = lua_absindex(L, ix);
	lua_pushnil(L);
	for (; lua_next(L, ix); lua_pop(L, 1))
		field_check(L, lua_isfunction(L, -1) ? functions : options, true);
}
EXPORT_SYMBOL(lunatik_checkmethods);

/*
 * constants.NAME of a name that is not there; upvalues: the table's own name, and
 * names that other kernels have
 */
static int constant_missing(lua_State *L)
{
	const char *const *rare = lua_touserdata(L, lua_upvalueindex(2));
	struct lunatik_nearest nearest = {};
	const char *what;

	if (lua_type(L, 2) != LUA_TSTRING)
		return 0;
	lua_settop(L, 2);
	nearest.name = lua_tostring(L, 2);
	if (rare && field_isknown(nearest.name, rare))
		return 0;
	what = lua_pushfstring(L, "%s has no",
			       lua_tostring(L, lua_upvalueindex(1)));
	luaL_checkstack(L, 4, NULL);
	lua_pushnil(L);
	for (; lua_type(L, 1) == LUA_TTABLE && lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING)
			name_try(L, &nearest, lua_tostring(L, -2));
	}
	return name_raise(L, what, &nearest);
}

static void newlib_namespace(lua_State *L, const char *library,
			     const lunatik_namespace_t *space)
{
	const lunatik_reg_t *reg;

	lua_newtable(L);
	for (reg = space->reg; reg->name; reg++) {
		lua_pushinteger(L, reg->value);
		lua_setfield(L, -2, reg->name);
	}
	if (!space->optional) {
		lua_createtable(L, 0, 1);
		lua_pushfstring(L, "%s%s%s", library, *library ? "." : "",
				space->name);
		lua_pushlightuserdata(L, (void *)space->rare);
		lua_pushcclosure(L, constant_missing, 2);
		lua_setfield(L, -2, "__index");
		lua_setmetatable(L, -2);
	}
	lua_setfield(L, -2, space->name);
}

/**
 * lunatik_leaf_set() - give functions of the table on top their short forms
 * @L: state of the running entry
 * @functions: that are in the table
 * @leaves: of some of them; or NULL
 *
 * Context: any entry
 */
void lunatik_leaf_set(lua_State *L, const luaL_Reg *functions,
		      const lunatik_leaf_t *leaves)
{
	const lunatik_leaf_t *leaf;

	for (; leaves && functions->name; functions++) {
		leaf = lunatik_leaf_find(leaves, functions->func);
		if (!leaf)
			continue;
		lunatik_leaf_push(L, leaf);
		lua_setfield(L, -2, functions->name);
	}
}
EXPORT_SYMBOL(lunatik_leaf_set);

/**
 * lunatik_newlib() - push a library table, for LUNATIK_NEWLIB()
 * @L: state of the running entry
 * @functions: of the library, or NULL
 * @class: of its objects, or NULL
 * @namespaces: constant tables, up to one without a name; or NULL
 *
 * Reading a constant that a namespace does not have raises, unless the namespace
 * is optional, or other kernels have the constant.
 *
 * Context: any entry
 */
void lunatik_newlib(lua_State *L, const luaL_Reg *functions,
		    const lunatik_class_t *class,
		    const lunatik_namespace_t *namespaces)
{
	lua_newtable(L);
	if (functions)
		luaL_setfuncs(L, functions, 0);
	if (class)
		lunatik_newclass(L, class);
	for (; namespaces && namespaces->name; namespaces++)
		newlib_namespace(L, class ? class->name : "", namespaces);
}
EXPORT_SYMBOL(lunatik_newlib);
