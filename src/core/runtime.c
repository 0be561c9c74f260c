// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * runtime.c - the life of a runtime: created, body, ready, stopped.
 *
 * Lock order, outer first:
 *   1. locks of the kernel under which a hook is called (RTNL, x_tables, ...):
 *      such hooks only ever try what follows
 *   2. the lock of a runtime; of a parent before that of its child; nobody
 *      waits for a runtime while holding another, but for resume, which raises
 *      "runtime is busy" instead
 *   3. the mutex of an object whose class sleeps
 *   4. raw spinlocks: objects, hooks_lock, the lists of this file. Held for
 *      bounded work; nothing allocates, raises or runs Lua under them.
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

#include "core.h"

#define ARENA_PAUSE	120		/* a cycle begins before an arena is full */
#define CLOSE_BUDGET	1000000		/* units for the finalizers of a state */
#define BRIEF_ALL	(HZ / 2)	/* for all stops of a script that is being stopped */
#define BRIEF_AGAIN	(10 * HZ)	/* it is another stop by then */
#define COMMAND_MEMORY	SZ_4M		/* that a session of the command may use at least */

static void runtime_stopall(struct lunatik_runtime *rt);
static void runtime_stopwork(struct work_struct *work);

/* ---- structure --------------------------------------------------------------- */

/* The library ``lunatik`` is built upon this file, and so handed down to it. */
static const lunatik_class_t *runtime_class __ro_after_init;
static lua_CFunction runtime_opener __ro_after_init;

static void runtime_setlimits(struct lunatik_runtime *rt,
			      const struct lunatik_limits *limits)
{
	rt->limits = *limits;
	if (!rt->limits.memory)
		rt->limits.memory = rt->context == LUNATIK_PROCESS ?
				    lunatik_default_memory() :
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

/* The driver, and sessions of the command: root needs them to stop scripts that hold everything else. */
static bool runtime_isreserved(const struct lunatik_params *params)
{
	return !params->outer && lunatik_isours(params->script);
}

static struct lunatik_runtime *runtime_alloc(const struct lunatik_params *params)
{
	struct lunatik_runtime *rt = kzalloc(sizeof(*rt), LUNATIK_GFP);

	if (!rt)
		return NULL;
	rt->stats = alloc_percpu_gfp(struct lunatik_stats, LUNATIK_GFP);
	if (!rt->stats) {
		kfree(rt);
		return NULL;
	}
	kref_init(&rt->refs);
	rt->context = params->context;
	rt->spawned = params->spawned;
	rt->reserved = runtime_isreserved(params);
	runtime_setlimits(rt, &params->limits);
	lunatik_locks_init(rt);
	INIT_LIST_HEAD(&rt->hooks);
	INIT_LIST_HEAD(&rt->hooks_gone);
	INIT_LIST_HEAD(&rt->node);
	INIT_LIST_HEAD(&rt->children);
	INIT_LIST_HEAD(&rt->sibling);
	INIT_HLIST_NODE(&rt->name_node);
	INIT_WORK(&rt->stop_work, runtime_stopwork);
	init_completion(&rt->stopped);
	lunatik_initlimit(&rt->errorlimit, 10);
	lunatik_initlimit(&rt->printlimit, 200);
	strscpy(rt->name, params->name ? params->name : params->script,
		sizeof(rt->name));
	return rt;
}

/* ---- stop -------------------------------------------------------------------------- */

static void runtime_ask(struct lunatik_runtime *rt, int stage)
{
	lunatik_setstopping(rt, stage, lunatik_stop_begin);
	lunatik_wakestop(rt);
}

/* Whoever claims the stop carries it out; everybody else waits. */
static bool runtime_claim(struct lunatik_runtime *rt)
{
	return !xchg(&rt->stop_claimed, true);
}

/*
 * A worker may do it, but there may be no worker left: all may wait for this very
 * task.
 */
static void runtime_stophere(struct lunatik_runtime *rt)
{
	lunatik_stop_begin(rt);
	if (runtime_claim(rt))
		runtime_stopall(rt);
	wait_for_completion(&rt->stopped);
}

/**
 * lunatik_runtime_release() - the last handle is gone: nobody could stop it
 */
void lunatik_runtime_release(void *private)
{
	struct lunatik_runtime *rt = private;

	runtime_stophere(rt);
	lunatik_runtime_put(rt);
}

static void runtime_endwork(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, end_work);

	lunatik_endobject(rt->object);
}

/**
 * lunatik_endruntime() - stop and free a runtime that the reaper has found
 * @object: its object
 *
 * Each in a work item of its own, which carries out the stop itself if nobody has begun: items that only wait could
 * take all workers from those that they wait for.
 *
 * Context: process
 */
void lunatik_endruntime(lunatik_object_t *object)
{
	struct lunatik_runtime *rt = lunatik_tort(object);

	INIT_WORK(&rt->end_work, runtime_endwork);
	queue_work(lunatik_workqueue, &rt->end_work);
}

static void runtime_stopchildren(struct lunatik_runtime *rt)
{
	struct lunatik_runtime *child;

	while ((child = lunatik_getchild(rt))) {
		runtime_stophere(child);
		lunatik_unlist(child);
		lunatik_runtime_put(child);
	}
}

/* After this, whoever gets the lock finds the runtime stopped. */
static void runtime_shut(struct lunatik_runtime *rt)
{
	long grace = msecs_to_jiffies(lunatik_param_grace);

	if (!lunatik_lockstop(rt, max(grace, 1L))) {
		runtime_ask(rt, 2);
		lunatik_lockstop(rt, 0);
	}
	spin_lock_bh(&rt->softirq);
	raw_spin_lock_irq(&rt->hardirq);
	rt->state = LUNATIK_STOPPED;
	raw_spin_unlock_irq(&rt->hardirq);
	spin_unlock_bh(&rt->softirq);
	lunatik_unlockbody(rt);
	wake_up_all(&rt->process.waiters);
}

static noinline_for_stack void runtime_close(struct lunatik_runtime *rt)
{
	struct lunatik_entry entry = { .flags = LUNATIK_MAYSLEEP, .L = rt->L };

	if (!rt->L)
		return;
	rt->stopping = 1;	/* finalizers run, but never wait */
	rt->limits.budget = CLOSE_BUDGET;
	rt->limits.budgetall = true;
	lunatik_beginentry(rt, &entry);
	lua_close(rt->L);
	rt->current_entry = NULL;
	rt->vm = NULL;
	rt->L = NULL;
	rt->stopping = 2;
}

static void runtime_stopall(struct lunatik_runtime *rt)
{
	runtime_ask(rt, 1);
	lunatik_disarmhooks(rt);
	runtime_shut(rt);
	lunatik_unregisterhooks(rt);
	irq_work_sync(&rt->process.wake);
	runtime_stopchildren(rt);
	runtime_close(rt);
	lunatik_forgethooks(rt);
	lunatik_unpin(rt);
	lunatik_memory_exit(rt);
	if (rt->sink)
		lunatik_sink_put(rt->sink);
	rt->sink = NULL;
	lunatik_unlist(rt);
	lunatik_unregister(rt);
	complete_all(&rt->stopped);
	wake_up_all(&rt->stop_wait);
}

static void runtime_stopwork(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, stop_work);

	if (runtime_claim(rt))
		runtime_stopall(rt);
	lunatik_runtime_put(rt);
}

/**
 * lunatik_stop_begin() - start to stop a runtime, once
 *
 * Context: any but a probe
 * Return: false if that was done before
 */
bool lunatik_stop_begin(struct lunatik_runtime *rt)
{
	if (xchg(&rt->stop_queued, true))
		return false;
	kref_get(&rt->refs);
	queue_work(lunatik_workqueue, &rt->stop_work);
	return true;
}

/**
 * lunatik_stop_runtime() - stop a runtime and wait for it; may be repeated
 *
 * Context: process, may sleep; not from inside the runtime
 */
void lunatik_stop_runtime(struct lunatik_runtime *rt)
{
	lunatik_stop_begin(rt);
	wait_for_completion(&rt->stopped);
}

static bool runtime_isstopped(void *argument)
{
	struct lunatik_runtime *rt = argument;

	return completion_done(&rt->stopped);
}

/* Whether this task runs inside @rt, directly or through what it created. */
static bool runtime_calls(lua_State *L, struct lunatik_runtime *rt)
{
	struct lunatik_runtime *caller = lunatik_of(L);

	while (caller && caller != rt)
		caller = caller->caller;
	return caller == rt;
}

/* A state that is being closed never waits. */
static void runtime_waitbriefly(struct lunatik_runtime *caller,
				struct lunatik_runtime *rt)
{
	unsigned long now = jiffies;

	if (caller->state == LUNATIK_STOPPED)
		return;
	if (!caller->brief || time_after(now, caller->brief + BRIEF_AGAIN))
		caller->brief = now + BRIEF_ALL;
	if (time_before(now, caller->brief))
		wait_event_timeout(rt->stop_wait, runtime_isstopped(rt),
				   caller->brief - now);
}

/**
 * lunatik_stop_wait() - a script stops a runtime
 * @L: state of the running entry
 * @rt: the runtime, referenced by the caller
 *
 * A runtime that stops itself is only asked to: it ends when the entry does.
 *
 * A caller that was asked to stop itself waits half a second in all: it often
 * stops what it has started, and is aborted where that takes too long. What it
 * does not wait for is stopped as well.
 *
 * Return: 0, or -EINTR if a signal ended the wait; the stop goes on in that case
 */
int lunatik_stop_wait(lua_State *L, struct lunatik_runtime *rt)
{
	long left;

	lunatik_stop_begin(rt);
	if (runtime_calls(L, rt) || !lunatik_maysleep(L))
		return 0;
	left = lunatik_wait(L, &rt->stop_wait, runtime_isstopped, rt,
			    MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);
	if (left < 0 && lunatik_shouldstop(L)) {
		runtime_waitbriefly(lunatik_of(L), rt);
		return 0;
	}
	return left < 0 ? left : 0;
}

/* ---- body ----------------------------------------------------------------------------- */

static int runtime_opened(lua_State *L)
{
	lunatik_openlibs(L, runtime_opener);
	lunatik_of(L)->body = lua_newthread(L);
	lunatik_vmown(lunatik_of(L)->body);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &lunatik_of(L)->body);
	if (!lua_checkstack(lunatik_of(L)->body, LUA_MINSTACK))
		return luaL_error(L, "not enough memory");
	return 0;
}

static int runtime_script(lua_State *L)
{
	return lunatik_openscript(L, lua_touserdata(L, 1));
}

static int runtime_call(lua_State *L, lua_CFunction function,
			const void *argument, int results)
{
	lua_settop(L, 0);
	lua_pushcfunction(L, lunatik_traceback);
	lua_pushcfunction(L, function);
	lua_pushlightuserdata(L, (void *)argument);
	return lua_pcall(L, 1, results, 1);
}

/*
 * The chunk is called from here: each function between a body and that of a
 * runtime which it creates takes stack from all that they call.
 */
static int runtime_run(struct lunatik_runtime *rt, const char *script)
{
	int status = runtime_call(rt->L, runtime_opened, NULL, 0);

	if (status == LUA_OK)
		status = runtime_call(rt->L, runtime_script, script, 1);
	if (status == LUA_OK)
		status = lua_pcall(rt->L, 0, 1, 1);
	if (status == LUA_OK)
		lua_xmove(rt->L, rt->body, 1);
	return status;
}

static void runtime_message(struct lunatik_runtime *rt, int status,
			    char *message, size_t size)
{
	char buffer[64];

	lunatik_copytext(message, lunatik_errortext(rt->L, status, buffer,
						    sizeof(buffer)), size);
}

static unsigned int runtime_bodyflags(const struct lunatik_params *params)
{
	unsigned int flags = LUNATIK_MAYSLEEP;

	if (params->session ||
	    (params->outer && (params->outer->flags & LUNATIK_SIGNALS)))
		flags |= LUNATIK_SIGNALS;
	return flags;
}

static int runtime_execute(struct lunatik_runtime *rt,
			   const struct lunatik_params *params,
			   char *message, size_t size)
{
	struct lunatik_entry entry = {
		.flags = runtime_bodyflags(params), .L = rt->L,
	};
	int status;

	lunatik_beginentry(rt, &entry);
	status = runtime_run(rt, params->script);
	if (status != LUA_OK)
		runtime_message(rt, status, message, size);
	lunatik_endentry(&entry);
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
 * lunatik_boundcollector() - the script's body has ended: only bounded steps from now on
 *
 * Whatever the script chose.
 */
void lunatik_boundcollector(struct lunatik_runtime *rt)
{
	if (rt->arena)
		lua_gc(rt->L, LUA_GCINC, ARENA_PAUSE, 0, 0);
}

/* The body holds the owner lock in every kind of runtime. */
static int runtime_body(struct lunatik_runtime *rt,
			const struct lunatik_params *params,
			char *message, size_t size)
{
	int err = lunatik_lockbody(rt);

	if (!err && rt->state != LUNATIK_NEW) {	/* stopped by its name */
		lunatik_unlockbody(rt);
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
		lunatik_boundcollector(rt);
	if (!err)
		lunatik_armhooks(rt);
	lunatik_unlockbody(rt);
	return err;
}

/* ---- creation ----------------------------------------------------------------------------- */

static int runtime_newstate(struct lunatik_runtime *rt)
{
	rt->L = lua_newstate(lunatik_luaalloc, rt);
	if (!rt->L)
		return -ENOMEM;
	*(struct lunatik_runtime **)lua_getextraspace(rt->L) = rt;
	rt->vm = lunatik_vmentry(rt->L);
	rt->vm->freed = lunatik_freehandle;
	rt->vm->maxstack = lunatik_stackslots(rt->limits.memory);
	lua_setwarnf(rt->L, lunatik_warning, rt);
	return 0;
}

static lunatik_object_t *runtime_newobject(struct lunatik_runtime *rt)
{
	lunatik_object_t *object;

	object = lunatik_createobject(runtime_class, 0, true);
	if (object) {
		object->private = rt;
		rt->object = object;
	}
	return object;
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
	int err = lunatik_memory_init(rt, sponsored ? params->parent : NULL);

	if (!err)
		err = runtime_newstate(rt);
	if (err == -ENOMEM &&
	    lunatik_total_used() + SZ_512K > lunatik_total_limit())
		err = -ENOSPC;
	/* From here on it may be stopped at any time. */
	if (!err)
		err = lunatik_list(rt, params->parent);
	if (!err && params->name)
		err = lunatik_register(rt);
	return err;
}

/**
 * lunatik_create() - create a runtime and run its script's body
 * @pobject: the runtime, one reference for the caller
 * @params: what to create
 * @message: why it failed
 * @size: of @message
 *
 * Context: process, may sleep
 * Return: 0; -EINVAL if the script failed; -EEXIST if the name is taken;
 * -ENOMEM, -ENOSPC, -ENXIO, -EINTR
 */
int lunatik_create(lunatik_object_t **pobject,
		   const struct lunatik_params *params, char *message,
		   size_t size)
{
	struct lunatik_runtime *rt = runtime_alloc(params);
	lunatik_object_t *object = rt ? runtime_newobject(rt) : NULL;
	int err = -ENOMEM;

	if (!object) {
		if (rt)
			lunatik_runtime_put(rt);
		strscpy(message, runtime_explain(err), size);
		return err;
	}
	err = runtime_prepare(rt, params);
	if (err)
		strscpy(message, runtime_explain(err), size);
	else
		err = runtime_body(rt, params, message, size);
	if (err) {
		runtime_stophere(rt);
		lunatik_putobject(object);
		return err;
	}
	*pobject = object;
	return 0;
}

/**
 * lunatik_checkruntimearg() - the runtime of a handle; raises for anything else
 */
struct lunatik_runtime *lunatik_checkruntimearg(lua_State *L, int ix)
{
	return lunatik_tort(lunatik_checkclassobject(L, ix, runtime_class));
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
	lunatik_objects_init(class, lunatik_endruntime);
}

/* ---- documented C interface ------------------------------------------------------------------ */

#define MESSAGE_SIZE	1024

/**
 * lunatik_runtime() - create a runtime from C; see lunatik.runtime in doc/api.md
 * @pruntime: the runtime, one reference for the caller
 * @script: name below the script folders
 * @sleep: true for a process runtime, false for a softirq one
 *
 * Context: process, may sleep
 * Return: 0; -EINVAL if the script failed (logged); -ENOMEM and others
 */
int lunatik_runtime(lunatik_object_t **pruntime, const char *script, bool sleep)
{
	struct lunatik_params params = {
		.script = script,
		.context = sleep ? LUNATIK_PROCESS : LUNATIK_SOFTIRQ,
	};
	char *message = kmalloc(MESSAGE_SIZE, LUNATIK_GFP);
	int err;

	if (!message)
		return -ENOMEM;
	err = lunatik_create(pruntime, &params, message, MESSAGE_SIZE);
	if (err)
		lunatik_reportcreation(script, message);
	kfree(message);
	return err;
}
EXPORT_SYMBOL(lunatik_runtime);

/**
 * lunatik_opensession() - a runtime for one open file of a device
 * @psession: the runtime, one reference for the caller
 * @script: name below the script folders
 * @owner: runtime of the device, which the caller keeps; the session ends with it, and is charged to its account
 *
 * Context: process, may sleep; signals end its entries
 * Return: as lunatik_runtime()
 */
int lunatik_opensession(lunatik_object_t **psession, const char *script,
			struct lunatik_runtime *owner)
{
	struct lunatik_params params = {
		.script = script, .session = true, .parent = owner,
		.sink = lunatik_sink_create(),
	};
	char *message = kmalloc(MESSAGE_SIZE, LUNATIK_GFP);
	int err = -ENOMEM;

	if (message && params.sink) {
		err = lunatik_create(psession, &params, message, MESSAGE_SIZE);
		if (err)
			lunatik_reportcreation(script, message);
	}
	if (params.sink)
		lunatik_sink_put(params.sink);
	kfree(message);
	return err;
}
EXPORT_SYMBOL(lunatik_opensession);

/**
 * lunatik_stop() - stop a runtime and drop the caller's reference
 *
 * Context: process, may sleep; bounded whatever the script does
 * Return: 1 if that was the last reference, else 0
 */
int lunatik_stop(lunatik_object_t *runtime)
{
	lunatik_stop_runtime(lunatik_tort(runtime));
	return lunatik_putobject(runtime);
}
EXPORT_SYMBOL(lunatik_stop);

/**
 * lunatik_stopall() - stop every runtime that has a name
 *
 * Nobody can start anything meanwhile: two that start each other when they are
 * stopped would go on for ever.
 *
 * Context: process, may sleep; outside of every runtime
 */
void lunatik_stopall(void)
{
	lunatik_object_t *object;

	lunatik_closeruntimes(true);
	while ((object = lunatik_findany()))
		lunatik_stop(object);
	lunatik_closeruntimes(false);
}
EXPORT_SYMBOL(lunatik_stopall);

/**
 * lunatik_beginrun() - first half of lunatik_run()
 * @run: filled in
 * @runtime: the runtime
 * @inside: the caller runs inside it already
 */
int lunatik_beginrun(struct lunatik_run *run, lunatik_object_t *runtime,
		     bool inside)
{
	struct lunatik_runtime *rt = lunatik_tort(runtime);
	int err;

	if (inside) {
		run->entry = *rt->current_entry;
		run->entry.base = lua_gettop(run->entry.L);
	} else {
		err = lunatik_enterruntime(rt, &run->entry, LUNATIK_MAYSLEEP);
		if (err)
			return err;
	}
	run->inside = inside;
	lunatik_vmjump(run->entry.L, run);
	return 0;
}
EXPORT_SYMBOL(lunatik_beginrun);

/**
 * lunatik_endrun() - second half of lunatik_run()
 * @failed: the handler raised
 */
void lunatik_endrun(struct lunatik_run *run, bool failed)
{
	struct lunatik_entry *entry = &run->entry;

	lunatik_vmland(entry->L, run, failed);
	if (failed)
		lunatik_report(entry->runtime, entry, "error in a C handler");
	if (run->inside)
		lua_settop(entry->L, entry->base);
	else
		lunatik_leave(entry);
}
EXPORT_SYMBOL(lunatik_endrun);

/* lunatik_run() in the public header calls it. */
EXPORT_SYMBOL(lunatik_setjmp);
