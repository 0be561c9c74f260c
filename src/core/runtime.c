// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * runtime.c - how a runtime is made: structure, state, body, ready.
 *
 * Lock order, outer first:
 *   1. locks of the kernel under which a hook is called (RTNL, x_tables, ...):
 *      such hooks only ever try what follows
 *   2. the lock of a runtime, of a parent before that of its child. Nobody
 *      waits for a runtime while holding another; resume raises "runtime is
 *      busy" instead
 *   3. the mutex of an object whose class sleeps
 *   4. spinlocks: objects, hooks.lock, those of registry.c. Held for bounded
 *      work; nothing allocates, raises or runs Lua under them.
 *
 * Lifetime:
 *   - the structure (refs) is held by its object and by each hook; the Lua
 *     state ends at stop, and entries that come later get -ENXIO;
 *   - the object is held by handles and by the registry; its last put stops
 *     the runtime;
 *   - names are found under RCU; a stopped runtime keeps its name, and lets
 *     nobody in, until its state is closed;
 *   - stop runs once, in a work item, outside the runtime's lock: condition set
 *     and waiters woken, hooks disarmed, the entry inside ended (first asked,
 *     then aborted), hooks unregistered in batches, state closed, references
 *     dropped. It waits for nothing that a script controls.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "runtime.h"
#include "account.h"
#include "budget.h"
#include "context.h"
#include "error.h"
#include "handle.h"
#include "heap.h"
#include "hook.h"
#include "loader.h"
#include "lock.h"
#include "object.h"
#include "param.h"
#include "percpu.h"
#include "print.h"
#include "ref.h"
#include "registry.h"
#include "sink.h"
#include "stop.h"
#include "vm.h"

#define ARENA_PAUSE	120		/* a cycle begins before an arena is full */
#define COMMAND_MEMORY	SZ_4M		/* that a session of the command may use at least */

/* ---- structure --------------------------------------------------------------- */

/* The library ``lunatik`` is built upon this file, so main.c passes them. */
static const lunatik_class_t *runtime_class __ro_after_init;
static lua_CFunction runtime_opener __ro_after_init;

static void runtime_setlimits(struct lunatik_runtime *rt,
			      const struct lunatik_limits *limits)
{
	rt->limits = *limits;
	/* Arenas cannot be shared: each state gets its part. */
	if (rt->percpu.states && rt->limits.memory)
		rt->limits.memory = max_t(size_t, LUNATIK_LEAST_MEMORY,
					  rt->limits.memory / rt->percpu.states);
	if (!rt->limits.memory)
		rt->limits.memory = rt->context == LUNATIK_PROCESS ?
				    lunatik_param_memorylimit() :
				    lunatik_param_memory_atomic;
	if (rt->reserved)
		rt->limits.memory = max_t(size_t, rt->limits.memory,
					  COMMAND_MEMORY);
	if (!rt->limits.budget)
		rt->limits.budget = lunatik_param_budget;
	rt->limits.event = min(rt->limits.budget,
			       LONG_MAX / LUNATIK_EVENT_BUDGETS) *
			   LUNATIK_EVENT_BUDGETS;
}

/*
 * The driver, and sessions of the command: root needs them to stop scripts that
 * hold everything else. A session of a device that anybody may open is not one
 * of them.
 */
static bool runtime_isreserved(const struct lunatik_params *params)
{
	return !params->outer && (params->privileged || !params->session) &&
	       lunatik_script_isours(params->script);
}

static int runtime_setpercpu(struct lunatik_runtime *rt,
			     const struct lunatik_params *params)
{
	lunatik_percpu_init(&rt->percpu);
	if (params->leader)
		lunatik_percpu_follow(&rt->percpu, &params->leader->percpu,
				      params->cpu);
	return params->percpu ? lunatik_percpu_lead(&rt->percpu) : 0;
}

static struct lunatik_runtime *runtime_alloc(const struct lunatik_params *params)
{
	struct lunatik_runtime *rt = kzalloc(sizeof(*rt), LUNATIK_GFP);

	if (!rt)
		return NULL;
	rt->stats = alloc_percpu_gfp(struct lunatik_stats, LUNATIK_GFP);
	if (!rt->stats || runtime_setpercpu(rt, params)) {
		free_percpu(rt->stats);
		kfree(rt);
		return NULL;
	}
	kref_init(&rt->refs);
	rt->context = params->context;
	rt->spawned = params->spawned;
	rt->reserved = runtime_isreserved(params);
	runtime_setlimits(rt, &params->limits);
	lunatik_locks_init(rt);
	raw_spin_lock_init(&rt->hooks.lock);
	INIT_LIST_HEAD(&rt->hooks.all);
	INIT_LIST_HEAD(&rt->hooks.gone);
	INIT_LIST_HEAD(&rt->links.node);
	INIT_LIST_HEAD(&rt->links.children);
	INIT_LIST_HEAD(&rt->links.sibling);
	INIT_HLIST_NODE(&rt->links.name);
	lunatik_stop_init(rt);
	lunatik_log_initlimit(&rt->log.errors, 10);
	lunatik_log_initlimit(&rt->log.prints, 200);
	strscpy(rt->name, params->name ? params->name : params->script,
		sizeof(rt->name));
	return rt;
}

/* ---- body ----------------------------------------------------------------------------- */

static int runtime_opened(lua_State *L)
{
	lunatik_library_openall(L, runtime_opener);
	lunatik_of(L)->body = lua_newthread(L);
	lunatik_vm_own(lunatik_of(L)->body);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &lunatik_of(L)->body);
	if (!lua_checkstack(lunatik_of(L)->body, LUA_MINSTACK))
		return luaL_error(L, "not enough memory");
	return 0;
}

/* Push the script as a function, and its argument, if it has one. */
static int runtime_script(lua_State *L)
{
	const struct lunatik_params *params = lua_touserdata(L, 1);
	int pushed = lunatik_script_open(L, params->script);

	if (params->argument)
		lunatik_pushobject(L, params->argument);
	return pushed + !!params->argument;
}

static int runtime_call(lua_State *L, lua_CFunction function,
			const void *argument, int results)
{
	lua_settop(L, 0);
	lua_pushcfunction(L, lunatik_error_traceback);
	lua_pushcfunction(L, function);
	lua_pushlightuserdata(L, (void *)argument);
	return lua_pcall(L, 1, results, 1);
}

/*
 * The chunk is called from here: each function between a body and that of a
 * runtime which it creates takes stack from all that they call.
 */
static int runtime_execute(struct lunatik_runtime *rt,
			   const struct lunatik_params *params,
			   char *message, size_t size)
{
	struct lunatik_entry entry = { .flags = LUNATIK_MAYSLEEP, .L = rt->L };
	int status, arguments = !!params->argument;
	char text[64];

	if (params->session ||
	    (params->outer && (params->outer->flags & LUNATIK_SIGNALS)))
		entry.flags |= LUNATIK_SIGNALS;
	lunatik_entry_begin(rt, &entry);
	status = runtime_call(rt->L, runtime_opened, NULL, 0);
	if (status == LUA_OK)
		status = runtime_call(rt->L, runtime_script, params, 1 + arguments);
	if (status == LUA_OK)
		status = lua_pcall(rt->L, arguments, 1, 1);
	if (status == LUA_OK)
		lua_xmove(rt->L, rt->body, 1);
	else
		lunatik_text_copy(message,
				  lunatik_error_text(rt->L, status, text,
						     sizeof(text)), size);
	lunatik_heap_refill(rt);
	lunatik_entry_end(&entry);
	return status == LUA_OK ? 0 : -EINVAL;
}

static void runtime_setsink(struct lunatik_runtime *rt,
			    struct lunatik_sink *sink)
{
	struct lunatik_sink *old = rt->sink;

	if (sink)
		kref_get(&sink->refs);
	rt->sink = sink;
	if (old)
		lunatik_sink_put(old);
}

/**
 * lunatik_runtime_boundcollector() - the script's body has ended: only bounded steps from now on
 *
 * The script's own choice of a mode ends with its body.
 */
void lunatik_runtime_boundcollector(struct lunatik_runtime *rt)
{
	if (rt->heap.fixed)
		lua_gc(rt->L, LUA_GCINC, ARENA_PAUSE, 0, 0);
}

/* The leader arms its members when the bodies of all have ended. Only a stop can hold a member's lock. */
static int runtime_armmember(lunatik_object_t *member)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(member);
	int err = 0;

	if (!lunatik_lock_tryowner(&rt->lock))
		return -ENXIO;
	if (rt->state == LUNATIK_BODY)
		lunatik_hooks_arm(rt);
	else
		err = -ENXIO;
	lunatik_body_unlock(rt);
	return err;
}

static int runtime_armmembers(struct lunatik_runtime *rt)
{
	int cpu, err = 0;

	for (cpu = 0; !err && cpu < nr_cpu_ids; cpu++) {
		if (rt->percpu.members[cpu])
			err = runtime_armmember(rt->percpu.members[cpu]);
	}
	return err;
}

/* Put the CPU before the reason why its state could not be made. */
static void runtime_namecpu(int cpu, char *message, size_t size)
{
	char prefix[24];
	int length = scnprintf(prefix, sizeof(prefix), "on CPU %d: ", cpu);

	memmove(message + length, message, size - length);
	memcpy(message, prefix, length);
	message[size - 1] = '\0';
}

static int runtime_newmember(struct lunatik_runtime *rt,
			     const struct lunatik_params *leader, int cpu,
			     char *message, size_t size)
{
	struct lunatik_params params = *leader;
	int err;

	params.limits = rt->limits;
	params.parent = rt;
	params.percpu = false;
	params.leader = rt;
	params.cpu = cpu;
	err = lunatik_runtime_create(&rt->percpu.members[cpu], &params, message,
				     size);
	if (err)
		runtime_namecpu(cpu, message, size);
	return err;
}

/*
 * The leader's body has ended. CPUs that come from now on have no state of their own, nor do those that have come since
 * the states were counted.
 */
static int runtime_makemembers(struct lunatik_runtime *rt,
			       const struct lunatik_params *params,
			       char *message, size_t size)
{
	unsigned int states = 1;
	int cpu, err = 0;

	for_each_online_cpu(cpu) {
		if (cpu == rt->percpu.cpu || states == rt->percpu.states)
			continue;
		err = runtime_newmember(rt, params, cpu, message, size);
		if (err)
			return err;
		states++;
	}
	rt->percpu.states = states;
	err = runtime_armmembers(rt);
	if (err)
		strscpy(message, "stopped", size);
	return err;
}

/* The body has ended without an error. */
static int runtime_finish(struct lunatik_runtime *rt,
			  const struct lunatik_params *params,
			  char *message, size_t size)
{
	int err = 0;

	lunatik_runtime_boundcollector(rt);
	if (params->leader)
		return lunatik_percpu_check(rt, message, size);
	if (params->percpu)
		err = runtime_makemembers(rt, params, message, size);
	if (!err)
		lunatik_hooks_arm(rt);
	return err;
}

/* The body holds the owner lock in every kind of runtime. */
static int runtime_body(struct lunatik_runtime *rt,
			const struct lunatik_params *params,
			char *message, size_t size)
{
	int err = lunatik_body_lock(rt);

	if (!err && rt->state != LUNATIK_NEW) {	/* stopped by its name */
		lunatik_body_unlock(rt);
		err = -ENXIO;
	}
	if (err) {
		strscpy(message, "stopped", size);
		return err;
	}
	rt->state = LUNATIK_BODY;
	runtime_setsink(rt, params->sink);
	rt->caller = params->outer ? params->outer->runtime : NULL;
	err = runtime_execute(rt, params, message, size);
	rt->caller = NULL;
	if (!err && !params->session)
		runtime_setsink(rt, NULL);	/* before hooks print */
	if (!err)
		err = runtime_finish(rt, params, message, size);
	lunatik_body_unlock(rt);
	return err;
}

/* ---- creation ----------------------------------------------------------------------------- */

static int runtime_newstate(struct lunatik_runtime *rt)
{
	rt->L = lua_newstate(lunatik_heap_luaalloc, rt);
	if (!rt->L)
		return -ENOMEM;
	*(struct lunatik_runtime **)lua_getextraspace(rt->L) = rt;
	rt->vm = lunatik_vm_entry(rt->L);
	rt->vm->freed = lunatik_handle_free;
	rt->vm->field = lunatik_handle_field;
	rt->vm->maxstack = lunatik_stackslots(rt->limits.memory);
	lua_setwarnf(rt->L, lunatik_log_warning, rt);
	return 0;
}

static const char *runtime_explain(int err)
{
	switch (err) {
	case -ENOSPC:
		return "too many runtimes, or too much memory in all of them (see lunatik list)";
	case -EEXIST:
		return "is already running";
	case -EMLINK:
		return "too many runtimes inside each other";
	case -ENXIO:
		return "the runtime that creates it is being stopped";
	default:
		return "failed to allocate runtime";
	}
}

static int runtime_prepare(struct lunatik_runtime *rt,
			   const struct lunatik_params *params)
{
	bool sponsored = params->session && !rt->reserved;
	int err = lunatik_heap_init(rt, sponsored ? params->parent : NULL);

	if (!err)
		err = runtime_newstate(rt);
	if (err == -ENOMEM &&
	    lunatik_account_total() + SZ_512K > lunatik_param_totallimit())
		err = -ENOSPC;
	/* From here on it may be stopped at any time. */
	if (!err)
		err = lunatik_registry_list(rt, params->parent);
	if (!err && params->name && !params->leader)
		err = lunatik_registry_add(rt);
	return err;
}

/**
 * lunatik_runtime_create() - create a runtime and run its script's body
 * @pobject: the runtime, one reference for the caller
 * @params: of the new runtime
 * @message: why it failed
 * @size: of @message
 *
 * Context: process, may sleep
 * Return: 0, -EINVAL if the script failed, -EEXIST if the name is taken, or -ENOMEM,
 * -ENOSPC, -ENXIO, -EINTR
 */
int lunatik_runtime_create(lunatik_object_t **pobject,
			   const struct lunatik_params *params, char *message,
			   size_t size)
{
	struct lunatik_runtime *rt = runtime_alloc(params);
	lunatik_object_t *object = NULL;
	int err = -ENOMEM;

	if (rt)
		object = lunatik_createobject(runtime_class, 0, true);
	if (!object) {
		if (rt)
			lunatik_runtime_put(rt);
		strscpy(message, runtime_explain(err), size);
		return err;
	}
	object->private = rt;
	rt->object = object;
	err = runtime_prepare(rt, params);
	if (err)
		strscpy(message, runtime_explain(err), size);
	else
		err = runtime_body(rt, params, message, size);
	if (err) {
		lunatik_stop_here(rt);
		lunatik_putobject(object);
		return err;
	}
	*pobject = object;
	return 0;
}

/**
 * lunatik_runtime_checkargument() - the runtime of a handle; raises for anything else
 */
struct lunatik_runtime *lunatik_runtime_checkargument(lua_State *L, int ix)
{
	return lunatik_runtime_of(lunatik_checkclassobject(L, ix, runtime_class));
}

/**
 * lunatik_runtimes_init() - what runtimes are made of
 * @class: their class
 * @opener: of the library ``lunatik``
 */
void __init lunatik_runtimes_init(const lunatik_class_t *class,
				  lua_CFunction opener)
{
	runtime_class = class;
	runtime_opener = opener;
	lunatik_objects_init(class, lunatik_runtime_end);
}
