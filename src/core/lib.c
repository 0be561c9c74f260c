// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lib.c - the Lua library ``lunatik``: create, stop, resume and list runtimes.
 */
#include <linux/slab.h>

#include "core.h"

#define LIB_MESSAGE	1024
#define LIB_RESULTS	8	/* objects that resume() may hand back */

static const char *const lib_contexts[] = {
	"process", "softirq", "hardirq", NULL
};

static const char *const lib_options[] = { "context", "memory", "budget", NULL };

static const char *const lib_states[] = { "new", "body", "ready", "stopped" };

/* ---- arguments ------------------------------------------------------------------- */

/**
 * lunatik_contextof() - a context argument: true, false, nil or a name
 */
int lunatik_contextof(lua_State *L, int ix)
{
	if (lua_isnoneornil(L, ix))
		return LUNATIK_PROCESS;
	if (lua_isboolean(L, ix))
		return lua_toboolean(L, ix) ? LUNATIK_PROCESS : LUNATIK_SOFTIRQ;
	return luaL_checkoption(L, ix, NULL, lib_contexts);
}

static lua_Integer lib_option(lua_State *L, int ix, const char *field,
			      lua_Integer least, lua_Integer most)
{
	lua_Integer value = 0;

	if (lua_getfield(L, ix, field) != LUA_TNIL) {
		if (!lua_isinteger(L, -1))
			luaL_error(L, "bad field '%s' (integer expected, got %s)",
				   field, luaL_typename(L, -1));
		value = lua_tointeger(L, -1);
		if (value < least || value > most)
			luaL_error(L, "bad field '%s' (%I is not in %I..%I)",
				   field, value, least, most);
	}
	lua_pop(L, 1);
	return value;
}

static void lib_checkparams(lua_State *L, int ix, struct lunatik_params *params)
{
	if (!lua_istable(L, ix)) {
		params->context = lunatik_contextof(L, ix);
		return;
	}
	lunatik_checkfields(L, ix, lib_options);
	lua_getfield(L, ix, "context");
	params->context = lunatik_contextof(L, lua_gettop(L));
	lua_pop(L, 1);
	params->limits.memory = lib_option(L, ix, "memory", LUNATIK_LEAST_MEMORY,
					    LUNATIK_MOST_MEMORY);
	params->limits.budget = lib_option(L, ix, "budget",
					    LUNATIK_LEAST_BUDGET, INT_MAX);
}

static const char *lib_checkscript(lua_State *L, int ix)
{
	const char *script = luaL_checkstring(L, ix);

	luaL_argcheck(L, strlen(script) == lua_rawlen(L, ix) &&
		      !lunatik_checkscript(script), ix, "invalid script name");
	return script;
}

/* Nothing bounds what a finalizer of a closing state starts elsewhere. */
static void lib_checkalive(lua_State *L)
{
	if (lunatik_of(L)->state == LUNATIK_STOPPED)
		luaL_error(L, "the runtime is being stopped");
}

/* ---- creation ----------------------------------------------------------------------- */

/*
 * The buffer of the message and the handle belong to Lua before there is a
 * runtime, so that raising leaks nothing.
 */
static int lib_create(lua_State *L, struct lunatik_params *params)
{
	lunatik_object_t **slot;
	char *message;
	int err;

	lunatik_checksleep(L, "lunatik.runtime");
	lunatik_checkcontext(L, "lunatik.runtime", LUNATIK_IN_PROCESS);
	lib_checkalive(L);
	params->outer = lunatik_toentry(L);
	params->sink = lunatik_of(L)->sink;
	message = lua_newuserdatauv(L, LIB_MESSAGE, 0);
	slot = lunatik_newslot(L);
	err = lunatik_create(slot, params, message, LIB_MESSAGE);
	if (err == -EEXIST)
		return luaL_error(L, "%s is already running", params->name);
	if (err) {
		lua_pushstring(L, message);
		return lua_error(L);
	}
	lunatik_setclass(L, &lunatik_runtimeclass);
	return 1;
}

/* lunatik.runtime(script [, context or options]): a child of this runtime */
static int lib_runtime(lua_State *L)
{
	struct lunatik_params params = { .script = lib_checkscript(L, 1) };

	lib_checkparams(L, 2, &params);
	params.parent = lunatik_of(L);
	return lib_create(L, &params);
}

/*
 * lunatik.start(name, script [, context or options [, spawned]]): registered,
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

static int lib_stopped(lua_State *L, int err)
{
	if (err)
		return luaL_error(L, "interrupted while stopping");
	lua_pushboolean(L, true);
	return 1;
}

/*
 * lunatik.stop(name): true, or nil if nothing has that name. Raises if the kernel
 * lists something of it on.
 */
static int lib_stop(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	lunatik_object_t *object;
	bool kept;
	int err;

	lunatik_checksleep(L, "lunatik.stop");
	object = lunatik_find(name);
	if (!object)
		return 0;
	err = lunatik_stop_wait(L, lunatik_tort(object));
	kept = READ_ONCE(lunatik_tort(object)->kept);
	lunatik_putobject(object);
	if (!err && kept)
		return luaL_error(L, "%s is stopped, but the kernel did not let go of all its hooks (see the kernel log): the modules cannot be unloaded before the next boot",
				  name);
	return lib_stopped(L, err);
}

struct lib_rearm {
	const struct lunatik_runtime *top;
	unsigned int count;
};

/* Children end with their parent, and are armed with it. */
static bool rearm_visit(struct lunatik_runtime *rt, void *argument)
{
	struct lib_rearm *rearm = argument;
	const struct lunatik_runtime *up = rt;

	while (up && up != rearm->top)
		up = up->parent;
	if (up)
		rearm->count += lunatik_rearmhooks(rt);
	return true;
}

/* runtime:resumable(): whether resume() would run something */
static int runtime_resumable(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_checkruntimearg(L, 1);

	lunatik_checksleep(L, "runtime.resumable");
	lua_pushboolean(L, lunatik_hasbody(rt->object));
	return 1;
}

/* lunatik.rearm(name): how many hooks were off, its children's too, or nil */
static int lib_rearm(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	struct lib_rearm rearm = { };
	lunatik_object_t *object;

	/* A probe may be on what is called under the lock of the hooks. */
	lunatik_checksleep(L, "lunatik.rearm");
	object = lunatik_find(name);
	if (!object)
		return 0;
	rearm.top = lunatik_tort(object);
	lunatik_eachruntime(rearm_visit, &rearm);
	lunatik_putobject(object);
	lua_pushinteger(L, rearm.count);
	return 1;
}

/* runtime:stop(): the handle is void afterwards */
static int runtime_stop(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_checkruntimearg(L, 1);
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

/* ---- resume ------------------------------------------------------------------------------ */

/**
 * struct lib_resume - one runtime:resume(), seen from both states
 * @from: the caller's state; objects at 2..@nargs + 1
 * @slots: handles prepared in the caller's state for what comes back
 * @asbody: the target was entered by lunatik_trybody()
 */
struct lib_resume {
	lua_State *from;
	struct lunatik_runtime *rt;
	struct lunatik_entry entry;
	lunatik_object_t **slots[LIB_RESULTS];
	int nargs;
	int nresults;
	int status;
	bool asbody;
};

static void resume_checkargs(lua_State *L, int nargs)
{
	int i;

	for (i = 2; i <= nargs + 1; i++) {
		lunatik_object_t *object = lunatik_testobject(L, i);

		luaL_argcheck(L, object && !object->local, i, "invalid object");
	}
}

/* Runs in the target's state: handles for the arguments, moved to its body. */
static int resume_pushargs(lua_State *L)
{
	struct lib_resume *resume = lua_touserdata(L, 1);
	lua_State *body = resume->rt->body;
	int i;

	luaL_checkstack(L, resume->nargs + 8, "too many arguments");
	if (!lua_checkstack(body, resume->nargs + LUA_MINSTACK))
		return luaL_error(L, "too many arguments");
	for (i = 0; i < resume->nargs; i++)
		lunatik_pushobject(L, lunatik_toobject(resume->from, i + 2));
	lua_xmove(L, body, resume->nargs);
	return 0;
}

/*
 * What came back stays until here on the body: its references move into the
 * prepared handles, and a returned function becomes the next body.
 */
static int resume_takeresults(struct lib_resume *resume, int nresults)
{
	lua_State *body = resume->rt->body;
	int first = lua_gettop(body) - nresults + 1;
	bool function = nresults && lua_isfunction(body, first);
	int err = 0;
	int i;

	for (i = function; i < nresults && !err; i++) {
		lunatik_object_t *object = lunatik_testobject(body, first + i);

		if (lua_isnil(body, first + i))
			continue;
		if (!object || object->local ||
		    resume->nresults == LIB_RESULTS) {
			err = -EINVAL;
			break;
		}
		lunatik_getobject(object);
		*resume->slots[resume->nresults++] = object;
	}
	lua_settop(body, first - 1 + function);
	return err;
}

/* An error belongs to the caller alone: it is neither logged nor counted. */
static int resume_transfer(struct lib_resume *resume)
{
	lua_State *L = resume->entry.L;

	if (!lua_checkstack(L, 8))
		return -ENOMEM;
	lua_pushcfunction(L, resume_pushargs);
	lua_pushlightuserdata(L, resume);
	resume->status = lua_pcall(L, 1, 0, 0);
	return resume->status == LUA_OK ? 0 : -EPROTO;
}

static int resume_run(struct lib_resume *resume)
{
	lua_State *body = resume->rt->body;
	int nresults = 0;
	int err;

	if (lua_status(body) != LUA_YIELD &&
	    (lua_status(body) != LUA_OK || !lua_isfunction(body, 1)))
		return -ESRCH;
	err = resume_transfer(resume);
	if (err)
		return err;
	resume->status = lua_resume(body, resume->entry.L, resume->nargs,
				    &nresults);
	if (resume->status == LUA_OK || resume->status == LUA_YIELD)
		return resume_takeresults(resume, nresults);
	return -ECANCELED;
}

static void resume_error(struct lib_resume *resume, int err, char *message)
{
	lua_State *body = resume->rt->body;
	const char *text = "invalid object";
	char buffer[64];

	if (err == -ENOMEM)
		text = "not enough memory";
	else if (err == -ESRCH)
		text = "cannot resume dead coroutine";
	else if (err == -EPROTO)
		text = lunatik_errortext(resume->entry.L, resume->status,
					 buffer, sizeof(buffer));
	else if (err == -ECANCELED)
		text = lunatik_errortext(body, resume->status, buffer,
					 sizeof(buffer));
	lunatik_copytext(message, text, LIB_MESSAGE);
}

static void resume_prepare(lua_State *L, struct lib_resume *resume)
{
	int i;

	luaL_checkstack(L, LIB_RESULTS + 8, NULL);
	for (i = 0; i < LIB_RESULTS; i++) {
		resume->slots[i] = lunatik_newslot(L);
		resume->slots[i][0] = NULL;
	}
}

/*
 * A runtime without hooks, resumed by who may sleep: as in its body, it may sleep,
 * and register hooks.
 */
static int resume_enterbody(struct lib_resume *resume, unsigned int flags)
{
	struct lunatik_entry *entry = &resume->entry;
	int err = lunatik_trybody(resume->rt);

	if (err)
		return err;
	entry->flags = flags;
	entry->hook = NULL;
	entry->L = resume->rt->L;
	lunatik_beginentry(resume->rt, entry);
	resume->asbody = true;
	return 0;
}

static void resume_leave(struct lib_resume *resume)
{
	struct lunatik_runtime *rt = resume->rt;

	if (!resume->asbody) {
		lunatik_leave(&resume->entry);
		return;
	}
	lunatik_endentry(&resume->entry);
	lunatik_boundcollector(rt);
	lunatik_armhooks(rt);
	lunatik_unlockbody(rt);
}

/*
 * Nobody waits for the target, which may otherwise do what the caller may: only
 * its lock is tried, and the flag is the caller's again once that is held.
 */
static int resume_enter(lua_State *L, struct lib_resume *resume)
{
	struct lunatik_entry *entry = lunatik_toentry(L);
	unsigned int flags = entry ? entry->flags : LUNATIK_MAYSLEEP;
	int err = -EOPNOTSUPP;

	if (resume->rt->context != LUNATIK_PROCESS &&
	    (flags & (LUNATIK_MAYSLEEP | LUNATIK_TRY)) == LUNATIK_MAYSLEEP)
		err = resume_enterbody(resume, flags);
	if (err != -EOPNOTSUPP)
		return err;
	err = lunatik_enterruntime(resume->rt, &resume->entry,
				   flags | LUNATIK_TRY);
	if (!err && !(flags & LUNATIK_TRY))
		resume->entry.flags &= ~LUNATIK_TRY;
	return err;
}

static int resume_refused(lua_State *L, int err)
{
	switch (err) {
	case -EBUSY:
		return luaL_error(L, "runtime is busy");
	case -ENXIO:
		return luaL_error(L, "runtime is stopped");
	default:
		return luaL_error(L, "interrupted");
	}
}

/* runtime:resume([object, ...]): objects that the body yields or returns */
static int runtime_resume(lua_State *L)
{
	struct lib_resume resume = {
		.from = L, .nargs = lua_gettop(L) - 1,
	};
	long allowed;
	char *message;
	int base;
	int err;
	int i;

	lunatik_checkruntimearg(L, 1);
	message = lua_newuserdatauv(L, LIB_MESSAGE, 0);
	base = lua_gettop(L);
	resume_prepare(L, &resume);
	/* Only now: what was made may have run a finalizer that closes a handle. */
	resume.rt = lunatik_checkruntimearg(L, 1);
	lib_checkalive(L);
	if (resume.rt == lunatik_of(L))
		return resume_refused(L, -EBUSY);
	resume_checkargs(L, resume.nargs);
	err = resume_enter(L, &resume);
	if (err)
		return resume_refused(L, err);
	resume.rt->caller = lunatik_of(L);
	allowed = lunatik_limitentry(&resume.entry, lunatik_toentry(L));
	err = resume_run(&resume);
	if (err)
		resume_error(&resume, err, message);
	resume.rt->caller = NULL;
	resume_leave(&resume);
	lunatik_spend(L, max(allowed - resume.entry.budget, 0L));
	if (err) {
		lua_pushstring(L, message);
		return lua_error(L);
	}
	lua_settop(L, base + resume.nresults);
	for (i = 0; i < resume.nresults; i++) {
		lua_pushvalue(L, base + 1 + i);
		lunatik_checkclass(L, (*resume.slots[i])->class);
		lunatik_setclass(L, (*resume.slots[i])->class);
		lua_pop(L, 1);
	}
	return resume.nresults;
}

/**
 * lunatik_hasbody() - whether the script returned a function to run
 *
 * Also false while the runtime is busy.
 */
bool lunatik_hasbody(lunatik_object_t *runtime)
{
	struct lunatik_runtime *rt = lunatik_tort(runtime);
	struct lunatik_entry entry;
	bool has;

	if (lunatik_enterruntime(rt, &entry, LUNATIK_MAYSLEEP | LUNATIK_TRY))
		return false;
	has = lua_status(rt->body) == LUA_YIELD || lua_isfunction(rt->body, 1);
	lunatik_leave(&entry);
	return has;
}
EXPORT_SYMBOL(lunatik_hasbody);

/**
 * lunatik_pushbody() - push what the script's body returned, from inside
 */
void lunatik_pushbody(lua_State *L)
{
	lua_State *body = lunatik_of(L)->body;

	if (lua_gettop(body) < 1) {
		lua_pushnil(L);
		return;
	}
	lua_pushvalue(body, 1);
	lua_xmove(body, L, 1);
}
EXPORT_SYMBOL(lunatik_pushbody);

/**
 * lunatik_resumebody() - run the function that the script returned
 * @entry: a thread's entry
 *
 * Return: 0 when it returned or yielded; -ENOEXEC on an error, which is
 * reported unless it is the end of a wait that a stop has ended
 */
int lunatik_resumebody(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	int nresults = 0;
	char text[64];
	int status;

	status = lua_resume(rt->body, entry->L, 0, &nresults);
	if (status == LUA_OK || status == LUA_YIELD) {
		lua_pop(rt->body, nresults);
		return 0;
	}
	if (status == LUA_ERRRUN && lunatik_isinterrupt(entry, rt->body))
		return -ENOEXEC;
	lunatik_countstat(rt, errors);
	lunatik_report(rt, entry, lunatik_errortext(rt->body, status, text,
						    sizeof(text)));
	return -ENOEXEC;
}
EXPORT_SYMBOL(lunatik_resumebody);

/* ---- list and status ------------------------------------------------------------------------ */

/**
 * struct lib_snapshot - what a runtime was when the list was taken
 * @rt: to be compared only: it may be gone
 * @parent: likewise
 * @above: where the parent's snapshot is, or -1
 * @registered: it has a name of its own in the registry
 */
struct lib_snapshot {
	const void *rt;
	const void *parent;
	int above;
	bool registered;
	char name[LUNATIK_NAMELEN];
	u8 context;
	u8 state;
	bool session;
	bool spawned;
	bool stopping;
	size_t memory;
	size_t limit;
	long budget;
	u64 entries, errors, missed, exhausted;
	unsigned int hooks;
	unsigned int threads;
	unsigned int off;
};

struct lib_snapshots {
	unsigned int size;
	unsigned int n;
	struct lib_snapshot item[];
};

static void snapshot_stats(struct lunatik_runtime *rt, struct lib_snapshot *item)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct lunatik_stats *stats = per_cpu_ptr(rt->stats, cpu);

		item->entries += READ_ONCE(stats->entries);
		item->errors += READ_ONCE(stats->errors);
		item->missed += READ_ONCE(stats->missed);
		item->exhausted += READ_ONCE(stats->exhausted);
	}
}

static void snapshot_hooks(struct lunatik_runtime *rt, struct lib_snapshot *item)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks_lock, flags);
	list_for_each_entry(hook, &rt->hooks, node) {
		item->hooks += !!hook->L;
		item->threads += !hook->L;
		item->off += hook->switched_off;
		if (hook->type->missed && hook->registered)
			item->missed += hook->type->missed(hook);
	}
	raw_spin_unlock_irqrestore(&rt->hooks_lock, flags);
}

static bool snapshot_take(struct lunatik_runtime *rt, void *argument)
{
	struct lib_snapshots *list = argument;
	struct lib_snapshot *item;

	if (list->n == list->size)
		return false;
	item = &list->item[list->n++];
	memset(item, 0, sizeof(*item));
	item->rt = rt;
	item->parent = rt->parent;
	item->registered = !hlist_unhashed(&rt->name_node);
	strscpy(item->name, rt->name, sizeof(item->name));
	item->context = rt->context;
	item->state = READ_ONCE(rt->state);
	item->spawned = rt->spawned;
	item->stopping = READ_ONCE(rt->stopping);
	item->memory = READ_ONCE(rt->heap);
	item->limit = rt->limits.memory;
	item->budget = rt->limits.budget;
	snapshot_stats(rt, item);
	snapshot_hooks(rt, item);
	return true;
}

/* Parents are listed before their children. */
static int snapshot_above(const struct lib_snapshots *list, int i)
{
	const void *parent = list->item[i].parent;

	if (!parent)
		return -1;
	while (i--)
		if (list->item[i].rt == parent)
			break;
	return i;
}

/* A parent ends its children, arms their hooks, and counts their numbers as its own. */
static void snapshot_add(struct lib_snapshot *to,
			 const struct lib_snapshot *from)
{
	to->entries += from->entries;
	to->errors += from->errors;
	to->missed += from->missed;
	to->exhausted += from->exhausted;
	to->hooks += from->hooks;
	to->threads += from->threads;
	to->off += from->off;
}

static void snapshot_sum(struct lib_snapshots *list)
{
	int i = list->n;

	while (i--) {
		struct lib_snapshot *item = &list->item[i];

		item->above = snapshot_above(list, i);
		if (item->above >= 0)
			snapshot_add(&list->item[item->above], item);
	}
}

static void lib_setinteger(lua_State *L, const char *field, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void snapshot_push(lua_State *L, const struct lib_snapshot *item)
{
	lua_createtable(L, 0, 15);
	lua_pushstring(L, item->name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, lib_contexts[item->context]);
	lua_setfield(L, -2, "context");
	lua_pushstring(L, item->stopping ? "stopping" : lib_states[item->state]);
	lua_setfield(L, -2, "state");
	lib_setinteger(L, "memory", item->memory);
	lib_setinteger(L, "limit", item->limit);
	lib_setinteger(L, "budget", item->budget);
	lib_setinteger(L, "entries", item->entries);
	lib_setinteger(L, "errors", item->errors);
	lib_setinteger(L, "missed", item->missed);
	lib_setinteger(L, "exhausted", item->exhausted);
	lib_setinteger(L, "hooks", item->hooks);
	lib_setinteger(L, "threads", item->threads);
	lib_setinteger(L, "off", item->off);
	lua_pushboolean(L, item->spawned);
	lua_setfield(L, -2, "spawned");
}

/* The table at @tables gets each snapshot's; those of children go into their parent's. */
static void snapshot_pushchild(lua_State *L, int tables, unsigned int above)
{
	lua_rawgeti(L, tables, above + 1);
	if (lua_getfield(L, -1, "children") == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, "children");
	}
	lua_pushvalue(L, -3);
	lua_rawseti(L, -2, lua_rawlen(L, -2) + 1);
	lua_pop(L, 2);
}

static void list_pushtree(lua_State *L, const struct lib_snapshots *list)
{
	int tables, i;

	lua_newtable(L);
	lua_createtable(L, list->n, 0);
	tables = lua_gettop(L);
	for (i = 0; i < list->n; i++) {
		const struct lib_snapshot *item = &list->item[i];

		snapshot_push(L, item);
		if (item->above >= 0)
			snapshot_pushchild(L, tables, item->above);
		if (item->registered) {
			lua_pushvalue(L, -1);
			lua_rawseti(L, tables - 1, lua_rawlen(L, tables - 1) + 1);
		}
		lua_rawseti(L, tables, i + 1);
	}
	lua_pop(L, 1);
}

static void list_pushall(lua_State *L, const struct lib_snapshots *list)
{
	int i;

	lua_createtable(L, list->n, 0);
	for (i = 0; i < list->n; i++) {
		snapshot_push(L, &list->item[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

/*
 * lunatik.list([all]): registered runtimes with their children; all of them,
 * each for itself, if `all` is true
 */
static int lib_list(lua_State *L)
{
	unsigned int size = lunatik_nruntimes() + 8;
	bool all = lua_toboolean(L, 1);
	struct lib_snapshots *list;

	lunatik_checksleep(L, "lunatik.list");
	list = lua_newuserdatauv(L, struct_size(list, item, size), 0);
	list->size = size;
	list->n = 0;
	lunatik_eachruntime(snapshot_take, list);
	if (all) {
		list_pushall(L, list);
		return 1;
	}
	snapshot_sum(list);
	list_pushtree(L, list);
	return 1;
}

/* lunatik.status(): version, and what all runtimes together hold */
static int lib_status(lua_State *L)
{
	lua_createtable(L, 0, 6);
	lua_pushliteral(L, LUNATIK_RELEASE);
	lua_setfield(L, -2, "version");
	lib_setinteger(L, "memory", lunatik_total_used());
	lib_setinteger(L, "memory_limit", lunatik_total_limit());
	lib_setinteger(L, "orphans", lunatik_orphan_used());
	lib_setinteger(L, "runtimes", lunatik_nruntimes());
	return 1;
}

/* lunatik.flush(): wait until dropped objects are gone */
static int lib_flush(lua_State *L)
{
	lunatik_checksleep(L, "lunatik.flush");
	lunatik_settle(L);
	return 0;
}

/* ---- library -------------------------------------------------------------------------------------- */

static const luaL_Reg lib_functions[] = {
	{ "runtime", lib_runtime },
	{ "start", lib_start },
	{ "stop", lib_stop },
	{ "rearm", lib_rearm },
	{ "list", lib_list },
	{ "status", lib_status },
	{ "flush", lib_flush },
	{ "output", lunatik_output },
	{ NULL, NULL }
};

static const luaL_Reg runtime_methods[] = {
	{ "stop", runtime_stop },
	{ "resume", runtime_resume },
	{ "resumable", runtime_resumable },
	{ "__close", runtime_stop },
	{ NULL, NULL }
};

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
 * lunatik_setenv() - set or clear the table that all runtimes share
 * @env: an rcu table; the core takes a reference of its own. NULL clears.
 *
 * Context: process
 */
void lunatik_setenv(lunatik_object_t *env)
{
	lunatik_object_t *old;

	if (env)
		lunatik_getobject(env);
	old = xchg(&lunatik_env, env);
	if (old)
		lunatik_putobject(old);
}
EXPORT_SYMBOL(lunatik_setenv);

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
 * process ones get ``_ENV`` and the lists only
 */
int lunatik_open_lunatik(lua_State *L)
{
	const luaL_Reg *function;
	bool process = lunatik_of(L)->context == LUNATIK_PROCESS;

	lua_newtable(L);
	for (function = lib_functions; function->name; function++) {
		if (!process && function->func != lib_list &&
		    function->func != lib_status)
			continue;
		lua_pushcfunction(L, function->func);
		lua_setfield(L, -2, function->name);
	}
	lib_pushenv(L);
	return 1;
}
