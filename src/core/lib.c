// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib.c - the Lua library ``lunatik``: scripts create, stop and arm runtimes.
 */
#include <linux/cpumask.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "lib.h"
#include "context.h"
#include "handle.h"
#include "hook.h"
#include "loader.h"
#include "param.h"
#include "percpu.h"
#include "registry.h"
#include "resume.h"
#include "runtime.h"
#include "sink.h"
#include "snapshot.h"
#include "stop.h"

#define LIB_MESSAGE	1024

static const char *const lib_options[] = {
	"context", "memory", "budget", "percpu", "argument", NULL
};

/* ---- arguments ------------------------------------------------------------------- */

/* A context argument: true, false, nil or a name. */
static int lib_contextof(lua_State *L, int ix)
{
	if (lua_isnoneornil(L, ix))
		return LUNATIK_PROCESS;
	if (lua_isboolean(L, ix))
		return lua_toboolean(L, ix) ? LUNATIK_PROCESS : LUNATIK_SOFTIRQ;
	return luaL_checkoption(L, ix, NULL, lunatik_contextnames);
}

static lua_Integer lib_option(lua_State *L, int ix, const char *field,
			      lua_Integer least, lua_Integer most)
{
	lua_Integer value = 0;

	if (lua_getfield(L, ix, field) != LUA_TNIL)
		value = lunatik_checkinteger(L, ix, field, least, most);
	lua_pop(L, 1);
	return value;
}

/* Its callbacks are events of a CPU: soft interrupts unless the script says otherwise. */
static void lib_checkpercpu(lua_State *L, int ix, struct lunatik_params *params)
{
	int top = lua_gettop(L);
	int type = lua_getfield(L, ix, "percpu");

	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		luaL_error(L, "bad field 'percpu' (boolean expected, got %s)",
			   lua_typename(L, type));
	params->percpu = lua_toboolean(L, -1);
	if (params->percpu && lua_getfield(L, ix, "context") == LUA_TNIL)
		params->context = LUNATIK_SOFTIRQ;
	if (params->percpu && params->context == LUNATIK_PROCESS)
		luaL_error(L, "bad field 'percpu' (a process runtime has one state, as its entries may move to another CPU: softirq or hardirq expected)");
	lua_settop(L, top);
}

/* The object that the script gets. Its handle stays on the stack, where no finalizer closes it. */
static lunatik_object_t *lib_checkargument(lua_State *L, int ix)
{
	int type = lua_getfield(L, ix, "argument");
	lunatik_object_t *object = lunatik_testobject(L, -1);

	if (type == LUA_TNIL)
		return NULL;
	if (!object || object->local)
		luaL_error(L, "bad field 'argument' (object that runtimes can share expected, got %s)",
			   lua_typename(L, type));
	lunatik_getobject(object);
	lunatik_cloneobject(L, object);
	return object;
}

/* The limits of memory are those of all states together. */
static void lib_checkparams(lua_State *L, int ix, struct lunatik_params *params)
{
	lua_Integer states;

	if (!lua_istable(L, ix)) {
		params->context = lib_contextof(L, ix);
		return;
	}
	lunatik_checkfields(L, ix, lib_options);
	lua_getfield(L, ix, "context");
	params->context = lib_contextof(L, lua_gettop(L));
	lua_pop(L, 1);
	lib_checkpercpu(L, ix, params);
	states = params->percpu ? num_online_cpus() : 1;
	params->limits.memory = lib_option(L, ix, "memory",
					   states * LUNATIK_LEAST_MEMORY,
					   states * LUNATIK_MOST_MEMORY);
	params->limits.budget = lib_option(L, ix, "budget",
					    LUNATIK_LEAST_BUDGET, INT_MAX);
	params->argument = lib_checkargument(L, ix);
}

static const char *lib_checkscript(lua_State *L, int ix)
{
	const char *script = luaL_checkstring(L, ix);

	if (strlen(script) != lua_rawlen(L, ix) || lunatik_script_check(script))
		luaL_argerror(L, ix, lua_pushfstring(L, "invalid script name: a path below /etc/lunatik or /lib/modules/lua of at most %d letters, digits and _-+./, without '..', expected",
						     LUNATIK_NAMELEN - 1));
	return script;
}

/* ---- creation ----------------------------------------------------------------------- */

/* Lua owns the buffer of the message and the handle before the runtime exists, so raising leaks nothing. */
static int lib_create(lua_State *L, struct lunatik_params *params)
{
	lunatik_object_t **slot;
	char *message;
	int err;

	lunatik_checksleep(L, "lunatik.runtime");
	lunatik_checkcontext(L, "lunatik.runtime", LUNATIK_IN_PROCESS);
	lunatik_runtime_checkalive(L);
	params->outer = lunatik_toentry(L);
	params->sink = lunatik_of(L)->sink;
	message = lua_newuserdatauv(L, LIB_MESSAGE, 0);
	slot = lunatik_handle_newslot(L);
	err = lunatik_runtime_create(slot, params, message, LIB_MESSAGE);
	if (err == -EEXIST)
		return luaL_error(L, "%s is already running", params->name);
	if (err) {
		lua_pushstring(L, message);
		return lua_error(L);
	}
	lunatik_setclass(L, &lunatik_runtimeclass);
	return 1;
}

/* lunatik.runtime(script [, context or options]) - a child of this runtime */
static int lib_runtime(lua_State *L)
{
	struct lunatik_params params = { .script = lib_checkscript(L, 1) };

	lib_checkparams(L, 2, &params);
	params.parent = lunatik_of(L);
	return lib_create(L, &params);
}

/*
 * lunatik.start(name, script [, context or options [, spawned]]) - registered,
 * nobody's child
 */
static int lib_start(lua_State *L)
{
	struct lunatik_params params = {
		.name = lib_checkscript(L, 1),
		.script = lib_checkscript(L, 2),
	};

	lib_checkparams(L, 3, &params);
	params.spawned = lua_toboolean(L, 4);
	return lib_create(L, &params);
}

/* ---- stop ------------------------------------------------------------------------------ */

/*
 * lunatik.stop(name) - true, or nil if nothing has that name. Raises if the kernel
 * lists something of it on.
 */
static int lib_stop(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	lunatik_object_t *object;
	bool kept;
	int err;

	lunatik_checksleep(L, "lunatik.stop");
	object = lunatik_registry_find(name);
	if (!object)
		return 0;
	err = lunatik_stop_wait(L, lunatik_runtime_of(object));
	kept = READ_ONCE(lunatik_runtime_of(object)->hooks.kept);
	lunatik_putobject(object);
	if (err)
		return luaL_error(L, "interrupted while stopping");
	if (kept)
		return luaL_error(L, "%s is stopped, but the kernel did not let go of all its hooks (see the kernel log): the modules cannot be unloaded before the next boot",
				  name);
	lua_pushboolean(L, true);
	return 1;
}

struct lib_rearm {
	const struct lunatik_runtime *top;
	unsigned int count;
};

/* Children end with their parent, and are armed with it. The hooks of a percpu script's states count once. */
static bool rearm_visit(struct lunatik_runtime *rt, void *argument)
{
	struct lib_rearm *rearm = argument;
	const struct lunatik_runtime *up = rt;

	while (up && up != rearm->top)
		up = up->links.parent;
	if (up && !rt->percpu.member)
		rearm->count += lunatik_hooks_countoff(rt);
	if (up)
		lunatik_hooks_rearm(rt);
	return true;
}

/* lunatik.rearm(name) - how many hooks were off, its children's too, or nil */
static int lib_rearm(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	struct lib_rearm rearm = { };
	lunatik_object_t *object;

	/* A probe may be on what is called under the lock of the hooks. */
	lunatik_checksleep(L, "lunatik.rearm");
	object = lunatik_registry_find(name);
	if (!object)
		return 0;
	rearm.top = lunatik_runtime_of(object);
	lunatik_registry_each(rearm_visit, &rearm);
	lunatik_putobject(object);
	lua_pushinteger(L, rearm.count);
	return 1;
}

/* runtime:stop() - the handle is void afterwards */
static int runtime_stop(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_runtime_checkargument(L, 1);
	lunatik_object_t *object = rt->object;
	int err;

	lunatik_checksleep(L, "runtime.stop");
	lunatik_getobject(object);
	lunatik_deleteobject(L);
	err = lunatik_stop_wait(L, rt);
	lunatik_putobject(object);
	if (err)
		return luaL_error(L, "interrupted while stopping");
	return 0;
}

/* lunatik.flush() - wait until dropped objects are gone */
static int lib_flush(lua_State *L)
{
	lunatik_checksleep(L, "lunatik.flush");
	lunatik_settle(L);
	return 0;
}

/* lunatik.cpu() - the CPU of this state in a percpu script, else nil */
static int lib_cpu(lua_State *L)
{
	int cpu = lunatik_cpu(L);

	if (cpu >= 0)
		lua_pushinteger(L, cpu);
	else
		lua_pushnil(L);
	return 1;
}

/* ---- library -------------------------------------------------------------------------------------- */

static const luaL_Reg lib_functions[] = {
	{ "runtime", lib_runtime },
	{ "start", lib_start },
	{ "stop", lib_stop },
	{ "rearm", lib_rearm },
	{ "list", lunatik_lib_list },
	{ "status", lunatik_lib_status },
	{ "cpu", lib_cpu },
	{ "flush", lib_flush },
	{ "output", lunatik_sink_output },
	{ NULL, NULL }
};

static const luaL_Reg runtime_methods[] = {
	{ "stop", runtime_stop },
	{ "resume", lunatik_lib_resume },
	{ "resumable", lunatik_lib_resumable },
	{ "__close", runtime_stop },
	{ NULL, NULL }
};

/**
 * lunatik_runtimeclass - the class of runtimes, for lunatik_checkclassobject()
 */
const lunatik_class_t lunatik_runtimeclass = {
	.name = "runtime",
	.methods = runtime_methods,
	.release = lunatik_runtime_release,
	.sleep = true,
	.pointer = true,
	.owner = THIS_MODULE,
};
EXPORT_SYMBOL(lunatik_runtimeclass);

lunatik_object_t *lunatik_env;
EXPORT_SYMBOL(lunatik_env);

/**
 * lunatik_env_set() - set or clear the table that all runtimes share
 * @env: an rcu table; the core takes a reference of its own. NULL clears.
 *
 * Context: process
 */
void lunatik_env_set(lunatik_object_t *env)
{
	lunatik_object_t *old;

	if (env)
		lunatik_getobject(env);
	old = xchg(&lunatik_env, env);
	if (old)
		lunatik_putobject(old);
}
EXPORT_SYMBOL(lunatik_env_set);

static void lib_pushenv(lua_State *L)
{
	lunatik_object_t *env;

	rcu_read_lock();
	env = READ_ONCE(lunatik_env);
	if (env && !lunatik_getobject_unless_zero(env))
		env = NULL;
	rcu_read_unlock();
	if (env) {
		lunatik_cloneobject(L, env);
		lua_setfield(L, -2, "_ENV");
	}
}

/**
 * lunatik_open_lunatik() - opener of the library; other kinds of runtime than
 * process ones get ``_ENV``, ``cpu`` and the lists only
 */
int lunatik_open_lunatik(lua_State *L)
{
	const luaL_Reg *function;
	bool process = lunatik_of(L)->context == LUNATIK_PROCESS;

	lua_newtable(L);
	for (function = lib_functions; function->name; function++) {
		if (!process && function->func != lunatik_lib_list &&
		    function->func != lunatik_lib_status &&
		    function->func != lib_cpu)
			continue;
		lua_pushcfunction(L, function->func);
		lua_setfield(L, -2, function->name);
	}
	lib_pushenv(L);
	return 1;
}
