// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * handle.c - handles of objects in Lua, and their classes.
 *
 * A handle is a full userdata that holds a pointer to the object. Lua marks it as one beside its bytes, so nothing that
 * a script or a peer writes into a buffer can be taken for a handle. The class is checked on the object itself, so no
 * metatable is trusted.
 */
#include <lunatik_binding.h>

#include "handle.h"
#include "alloc.h"	/* the versions of exported symbols depend on its types */
#include "context.h"
#include "object.h"
#include "pin.h"
#include "runtime.h"
#include "vm.h"

/* ---- handles ------------------------------------------------------------------------ */

static const char handle_holder;

/**
 * lunatik_handle_newslot() - push a handle without an object, to be filled in later
 *
 * It is collected properly before its class is known.
 */
lunatik_object_t **lunatik_handle_newslot(lua_State *L)
{
	lunatik_object_t **slot = lunatik_vm_newhandle(L, sizeof(*slot));

	*slot = NULL;
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &handle_holder) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushcfunction(L, lunatik_deleteobject);
		lua_setfield(L, -2, "__gc");
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &handle_holder);
	}
	lua_setmetatable(L, -2);
	return slot;
}

void lunatik_checkclass(lua_State *L, const lunatik_class_t *class)
{
	if (class->sleep && lunatik_of(L)->context != LUNATIK_PROCESS)
		luaL_error(L, "cannot use '%s' class on non-sleepable runtime",
			   class->name);
}
EXPORT_SYMBOL(lunatik_checkclass);

/**
 * lunatik_reclaim() - collect garbage, and wait until what it held is free
 * @L: state of the running entry
 *
 * For functions that find a limit reached: the collector finds handles small,
 * whatever their objects hold, and dropped objects wait for a grace period.
 *
 * Context: an entry that may sleep
 */
void lunatik_reclaim(lua_State *L)
{
	lua_gc(L, LUA_GCCOLLECT);
	lunatik_settle(L);
	lunatik_trim(L);
}

/**
 * lunatik_charge_reclaim() - as lunatik_charge(), once more after a collection
 * @L: state of the running entry
 * @object: pays
 * @size: bytes
 *
 * Context: an entry that may sleep
 * Return: false if a limit would be exceeded; nothing is charged then
 */
bool lunatik_charge_reclaim(lua_State *L, lunatik_object_t *object, size_t size)
{
	if (lunatik_charge(object, size))
		return true;
	lunatik_reclaim(L);
	return lunatik_charge(object, size);
}
EXPORT_SYMBOL_GPL(lunatik_charge_reclaim);

/* Garbage may hold the memory. */
static lunatik_object_t *handle_retry(lua_State *L,
				      const lunatik_class_t *class, size_t size)
{
	struct lunatik_runtime *rt = lunatik_of(L);

	if (size >= rt->limits.memory)
		return NULL;
	lunatik_reclaim(L);
	return lunatik_object_create(class, size, class->sleep, rt->account);
}

lunatik_object_t *lunatik_newobject(lua_State *L, const lunatik_class_t *class,
				    size_t size)
{
	lunatik_object_t **slot;

	lunatik_checkclass(L, class);
	if (!lunatik_maysleep(L))
		luaL_error(L, "cannot create a '%s' object in a callback that may not sleep",
			   class->name);
	lunatik_checksleep(L, class->name);
	slot = lunatik_handle_newslot(L);
	lunatik_setclass(L, class);
	*slot = lunatik_object_create(class, size, class->sleep, lunatik_of(L)->account);
	if (!*slot)
		*slot = handle_retry(L, class, size);
	if (!*slot)
		luaL_error(L, "not enough memory");
	return *slot;
}
EXPORT_SYMBOL(lunatik_newobject);

static void handle_tryslot(lua_State *L, void *argument)
{
	lunatik_object_t ***slot = argument;

	*slot = lunatik_handle_newslot(L);
}

void lunatik_cloneobject(lua_State *L, lunatik_object_t *object)
{
	lunatik_object_t **slot;
	int status = lunatik_vm_try(L, handle_tryslot, &slot);

	if (status) {
		lunatik_putobject(object);
		lunatik_vm_rethrow(L, status);
		return;
	}
	*slot = object;
	lunatik_checkclass(L, object->class);
	lunatik_setclass(L, object->class);
}
EXPORT_SYMBOL(lunatik_cloneobject);

void lunatik_pushobject(lua_State *L, lunatik_object_t *object)
{
	lunatik_object_t **slot = lunatik_handle_newslot(L);

	lunatik_getobject(object);
	*slot = object;
	lunatik_checkclass(L, object->class);
	lunatik_setclass(L, object->class);
}
EXPORT_SYMBOL(lunatik_pushobject);

lunatik_object_t **lunatik_checkpobject(lua_State *L, int ix)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, ix);

	if (!slot)
		luaL_typeerror(L, ix, "object");
	if (!*slot)
		luaL_argerror(L, ix, LUNATIK_ERR_NULLPTR);
	return slot;
}
EXPORT_SYMBOL(lunatik_checkpobject);

lunatik_object_t *lunatik_checkobject(lua_State *L, int ix)
{
	return *lunatik_checkpobject(L, ix);
}
EXPORT_SYMBOL(lunatik_checkobject);

lunatik_object_t *lunatik_testobject(lua_State *L, int ix)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, ix);

	return slot ? *slot : NULL;
}
EXPORT_SYMBOL(lunatik_testobject);

lunatik_object_t *lunatik_checkclassobject(lua_State *L, int ix,
					   const lunatik_class_t *class)
{
	lunatik_object_t *object = lunatik_checkobject(L, ix);

	if (object->class != class)
		luaL_argerror(L, ix, lua_pushfstring(L, "%s expected, got %s",
						     class->name, object->class->name));
	return object;
}
EXPORT_SYMBOL(lunatik_checkclassobject);

int lunatik_deleteobject(lua_State *L)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, 1);

	if (slot && *slot) {
		lunatik_object_t *object = *slot;

		*slot = NULL;
		lunatik_putobject(object);
	}
	return 0;
}
EXPORT_SYMBOL(lunatik_deleteobject);

/**
 * lunatik_handle_free() - Lua frees a handle: it drops its reference
 * @payload: of the handle
 *
 * Usually its finalizer has done so; an abort skips finalizers.
 */
void lunatik_handle_free(void *payload)
{
	lunatik_object_t **slot = payload;

	if (*slot)
		lunatik_putobject(*slot);
}

int lunatik_closeobject(lua_State *L)
{
	lunatik_checkpobject(L, 1);
	return lunatik_deleteobject(L);
}
EXPORT_SYMBOL(lunatik_closeobject);

int lunatik_monitorobject(lua_State *L)
{
	if (!lua_getmetatable(L, 1))
		return luaL_typeerror(L, 1, "object");
	lua_pushvalue(L, 2);
	lua_rawget(L, -2);
	return 1;
}
EXPORT_SYMBOL(lunatik_monitorobject);

/* ---- classes --------------------------------------------------------------------------- */

static int class_equal(lua_State *L)
{
	lunatik_object_t *one = lunatik_testobject(L, 1);

	lua_pushboolean(L, one && one == lunatik_testobject(L, 2));
	return 1;
}

static bool class_defines(const lunatik_class_t *class, const char *name)
{
	const luaL_Reg *method;

	for (method = class->methods; method && method->name; method++) {
		if (!strcmp(method->name, name))
			return true;
	}
	return false;
}

/* Upvalue of the three methods below: the class. */
static const lunatik_class_t *class_own(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

static int class_close(lua_State *L)
{
	lunatik_checkclassobject(L, 1, class_own(L));
	return lunatik_deleteobject(L);
}

/* Lua calls it for objects of the class; a script that has reached it, for any value. */
static int class_collect(lua_State *L)
{
	lunatik_object_t *object = lunatik_testobject(L, 1);

	return object && object->class == class_own(L) ?
		       lunatik_deleteobject(L) : 0;
}

static int class_index(lua_State *L)
{
	bool own = lua_getmetatable(L, 1);

	lua_rawgetp(L, LUA_REGISTRYINDEX, class_own(L));
	if (!own || !lua_rawequal(L, -1, -2))
		return luaL_typeerror(L, 1, "object");
	lua_settop(L, 2);
	return lunatik_monitorobject(L);
}

/*
 * The functions of the core that every class may name take objects of any class. As methods, functions that know their
 * class stand in for them.
 */
static void class_pushmethod(lua_State *L, const lunatik_class_t *class,
			     lua_CFunction function)
{
	const lunatik_leaf_t *leaf = lunatik_leaf_find(class->leaves, function);

	if (leaf) {
		lunatik_leaf_push(L, leaf);
		return;
	}
	if (function == lunatik_closeobject)
		function = class_close;
	else if (function == lunatik_deleteobject)
		function = class_collect;
	else if (function == lunatik_monitorobject)
		function = class_index;
	else
		class = NULL;
	if (class)
		lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, function, class ? 1 : 0);
}

/**
 * lunatik_handle_field() - handle.key of a class with fields
 * @L: state of the running entry; upvalues: the class, the table of its methods, and a leaf for some fields, or NULL
 *
 * Context: any entry
 * Return: the number of results
 */
int lunatik_handle_field(lua_State *L)
{
	const lunatik_class_t *class = class_own(L);
	int n;

	lunatik_checkclassobject(L, 1, class);
	n = class->field(L);
	if (n)
		return n;
	lua_settop(L, 2);
	lua_rawget(L, lua_upvalueindex(2));
	return 1;
}

/* The table of methods is on top of the stack; leaves the value of ``__index``. */
static void class_pushfields(lua_State *L, const lunatik_class_t *class)
{
	lua_pushlightuserdata(L, (void *)class);
	lua_insert(L, -2);
	lua_pushlightuserdata(L, (void *)lunatik_leaf_find(class->leaves, class->field));
	lua_pushcclosure(L, lunatik_handle_field, 3);
}

/*
 * Methods get a table of their own, so that no script reaches the metatable
 * through object.__index; unless the class has an ``__index`` itself.
 */
static void class_setmethods(lua_State *L, const lunatik_class_t *class)
{
	bool own = !class_defines(class, "__index");
	const luaL_Reg *method;

	lua_newtable(L);
	for (method = class->methods; method && method->name; method++) {
		class_pushmethod(L, class, method->func);
		lua_setfield(L, own && strncmp(method->name, "__", 2) ? -2 : -3,
			     method->name);
	}
	if (own && class->field)
		class_pushfields(L, class);
	if (own)
		lua_setfield(L, -2, "__index");
	else
		lua_pop(L, 1);
}

void lunatik_newclass(lua_State *L, const lunatik_class_t *class)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, class) == LUA_TTABLE) {
		lua_pop(L, 1);
		return;
	}
	lua_pop(L, 1);
	lua_newtable(L);
	class_setmethods(L, class);
	if (!class_defines(class, "__gc")) {
		class_pushmethod(L, class, lunatik_deleteobject);
		lua_setfield(L, -2, "__gc");
	}
	if (!class_defines(class, "__eq")) {
		lua_pushcfunction(L, class_equal);
		lua_setfield(L, -2, "__eq");
	}
	lua_pushstring(L, class->name);
	lua_setfield(L, -2, "__name");
	lua_pushboolean(L, false);
	lua_setfield(L, -2, "__metatable");
	if (!lunatik_module_pin(lunatik_of(L), class->owner))
		luaL_error(L, "failed to load library (the script has too many, error %d)",
			   ENOSPC);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, class);
	lunatik_vm_addclass(L);
	lua_pop(L, 1);
}
EXPORT_SYMBOL(lunatik_newclass);

void lunatik_setclass(lua_State *L, const lunatik_class_t *class)
{
	lunatik_newclass(L, class);
	lua_rawgetp(L, LUA_REGISTRYINDEX, class);
	lua_setmetatable(L, -2);
	lunatik_vm_setclass(L);
}
EXPORT_SYMBOL(lunatik_setclass);
