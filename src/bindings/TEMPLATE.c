// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaNAME.c - the NAME library: its purpose for scripts, in a few words
 *
 * Copy this file to luaNAME.c, and replace NAME (doc/dev/c-api.md, A library).
 * Here: which part of the kernel this binds, what the objects own, which locks
 * are taken, and in which contexts the code runs. The example counts something.
 */
#include <linux/errno.h>
#include <linux/module.h>

#include <lunatik.h>

/**
 * struct luaNAME - private area of an object, zeroed when it is made
 * @count: under the object's lock
 */
struct luaNAME {
	u64 count;
};

/* ---- objects ------------------------------------------------------------- */

static const lunatik_class_t luaNAME_class;

/*
 * o:add(n) - count, and return the sum
 *
 * n: 0 .. 2^32 - 1.
 * Returns: int.
 * Context: any; in a probe it may raise "object is busy".
 */
static int luaNAME_add(lua_State *L)
{
	lunatik_object_t *object = lunatik_checkclassobject(L, 1, &luaNAME_class);
	lua_Integer n = luaL_checkinteger(L, 2);
	struct luaNAME *own = object->private;
	u64 sum;

	luaL_argcheck(L, n >= 0 && n <= U32_MAX, 2, "out of range");
	/* From here until the lock is free, nothing raises, allocates or sleeps. */
	lunatik_lockobject(L, object);
	own->count += n;
	sum = own->count;
	lunatik_unlock(object);
	lua_pushinteger(L, sum);
	return 1;
}

/* Undoes what made the object, once, in process context; the core frees the area. */
static void luaNAME_release(void *private)
{
	struct luaNAME *own = private;

	own->count = 0;
}

static const luaL_Reg luaNAME_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__close", lunatik_closeobject},
	{"close", lunatik_closeobject},
	{"add", luaNAME_add},
	{NULL, NULL}
};

static const lunatik_class_t luaNAME_class = {
	.name = "NAME",
	.methods = luaNAME_methods,
	.release = luaNAME_release,
	.owner = THIS_MODULE,
};

/* ---- library ------------------------------------------------------------- */

/*
 * NAME.new() - make a counter
 *
 * Returns: object.
 * Raises: "not enough memory".
 * Context: any runtime, entries that may sleep.
 */
static int luaNAME_new(lua_State *L)
{
	lunatik_newobject(L, &luaNAME_class, sizeof(struct luaNAME));
	return 1;
}

/* Goes far into the kernel, and may take its locks. Return: 0 or a negative errno */
static int luaNAME_do(void *argument)
{
	const int *n = argument;

	return *n ? 0 : -EINVAL;
}

/*
 * NAME.set(n) - ask the kernel for something that takes its locks
 *
 * n: 0 .. 255.
 * Raises: "failed to set NAME (REASON, error N)".
 * Context: process runtimes, entries that may sleep and hold no lock of the
 *	kernel; the namespaces of the running task.
 */
static int luaNAME_set(lua_State *L)
{
	lua_Integer value = luaL_checkinteger(L, 1);
	int n = value, err;

	luaL_argcheck(L, value >= 0 && value <= U8_MAX, 1, "out of range");
	lunatik_checkcontext(L, "NAME.set", LUNATIK_IN_PROCESS);
	lunatik_checkunlocked(L, "NAME.set");
	lunatik_checknamespaces(L, "NAME.set");
	lunatik_spend(L, 1);
	err = lunatik_calldeep(luaNAME_do, &n);
	if (err)
		luaL_error(L, "failed to set NAME (refused by the kernel, error %d)",
			   -err);
	return 0;
}

static const luaL_Reg luaNAME_lib[] = {
	{"new", luaNAME_new},
	{"set", luaNAME_set},
	{NULL, NULL}
};

LUNATIK_NEWLIB(NAME, luaNAME_lib, &luaNAME_class, NULL);

/*
 * module_init() and module_exit() only if there is something to do. A module
 * with an init function needs an exit function, an empty one too: otherwise it
 * cannot be unloaded.
 */
MODULE_DESCRIPTION("Lunatik: what the library is for");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
