// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * resume.c - run what a script returned, for another runtime or in a thread.
 */
#include <lunatik_binding.h>

#include "resume.h"
#include "budget.h"
#include "context.h"
#include "entry.h"
#include "error.h"
#include "handle.h"
#include "hook.h"
#include "lock.h"
#include "percpu.h"
#include "print.h"
#include "runtime.h"

#define RESUME_MESSAGE	1024
#define RESUME_RESULTS	8	/* most objects that resume() returns */

/**
 * struct resume - one runtime:resume(), seen from both states
 * @from: the caller's state; objects at 2..@nargs + 1
 * @slots: handles prepared in the caller's state for what comes back
 * @asbody: the target was entered by lunatik_body_trylock()
 */
struct resume {
	lua_State *from;
	struct lunatik_runtime *rt;
	struct lunatik_entry entry;
	lunatik_object_t **slots[RESUME_RESULTS];
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

		luaL_argcheck(L, object && !object->local, i,
			      object ? "invalid object: it belongs to one runtime" :
			      "invalid object: only objects go to another runtime");
	}
}

/* Runs in the target's state: handles for the arguments, moved to its body. */
static int resume_pushargs(lua_State *L)
{
	struct resume *resume = lua_touserdata(L, 1);
	lua_State *body = resume->rt->body;
	int i;

	if (!lua_checkstack(L, resume->nargs + 8) ||
	    !lua_checkstack(body, resume->nargs + LUA_MINSTACK))
		return luaL_error(L, "resume: too many arguments (%d)",
				  resume->nargs);
	for (i = 0; i < resume->nargs; i++)
		lunatik_pushobject(L, lunatik_toobject(resume->from, i + 2));
	lua_xmove(L, body, resume->nargs);
	return 0;
}

/*
 * The results are on the body until here: their references move into the
 * prepared handles, and a returned function becomes the next body.
 */
static int resume_takeresults(struct resume *resume, int nresults)
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
		    resume->nresults == RESUME_RESULTS) {
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
static int resume_run(struct resume *resume)
{
	lua_State *L = resume->entry.L;
	lua_State *body = resume->rt->body;
	int nresults = 0;

	if (lua_status(body) != LUA_YIELD &&
	    (lua_status(body) != LUA_OK || !lua_isfunction(body, 1)))
		return -ESRCH;
	if (!lua_checkstack(L, 8))
		return -ENOMEM;
	lua_pushcfunction(L, resume_pushargs);
	lua_pushlightuserdata(L, resume);
	resume->status = lua_pcall(L, 1, 0, 0);
	if (resume->status != LUA_OK)
		return -EPROTO;
	resume->status = lua_resume(body, L, resume->nargs, &nresults);
	if (resume->status == LUA_OK || resume->status == LUA_YIELD)
		return resume_takeresults(resume, nresults);
	return -ECANCELED;
}

static void resume_error(struct resume *resume, int err, char *message)
{
	lua_State *body = resume->rt->body;
	const char *text = "invalid object";
	char buffer[64];

	if (err == -ENOMEM)
		text = "not enough memory";
	else if (err == -ESRCH)
		text = "cannot resume dead coroutine";
	else if (err == -EPROTO)
		text = lunatik_error_text(resume->entry.L, resume->status,
					  buffer, sizeof(buffer));
	else if (err == -ECANCELED)
		text = lunatik_error_text(body, resume->status, buffer,
					  sizeof(buffer));
	lunatik_text_copy(message, text, RESUME_MESSAGE);
}

static void resume_prepare(lua_State *L, struct resume *resume)
{
	int i;

	luaL_checkstack(L, RESUME_RESULTS + 8, NULL);
	for (i = 0; i < RESUME_RESULTS; i++) {
		resume->slots[i] = lunatik_handle_newslot(L);
		resume->slots[i][0] = NULL;
	}
}

/*
 * A runtime without hooks, resumed by who may sleep: as in its body, it may sleep,
 * and register hooks.
 */
static int resume_enterbody(struct resume *resume, unsigned int flags)
{
	struct lunatik_entry *entry = &resume->entry;
	int err = lunatik_body_trylock(resume->rt);

	if (err)
		return err;
	entry->flags = flags;
	entry->hook = NULL;
	entry->L = resume->rt->L;
	lunatik_entry_begin(resume->rt, entry);
	resume->asbody = true;
	return 0;
}

static void resume_leave(struct resume *resume)
{
	struct lunatik_runtime *rt = resume->rt;

	if (!resume->asbody) {
		lunatik_leave(&resume->entry);
		return;
	}
	lunatik_entry_end(&resume->entry);
	lunatik_runtime_boundcollector(rt);
	lunatik_hooks_arm(rt);
	lunatik_body_unlock(rt);
}

/*
 * Nobody waits for the target, which may otherwise do what the caller may: only
 * its lock is tried, and the flag is the caller's again once that is held.
 */
static int resume_enter(lua_State *L, struct resume *resume)
{
	struct lunatik_entry *entry = lunatik_toentry(L);
	unsigned int flags = entry ? entry->flags : LUNATIK_MAYSLEEP;
	int err = -EOPNOTSUPP;

	if (resume->rt->context != LUNATIK_PROCESS &&
	    (flags & (LUNATIK_MAYSLEEP | LUNATIK_TRY)) == LUNATIK_MAYSLEEP)
		err = resume_enterbody(resume, flags);
	if (err != -EOPNOTSUPP)
		return err;
	err = lunatik_runtime_enter(resume->rt, &resume->entry,
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

/*
 * The handles are at @base + 1; they get their classes only here, in the caller's
 * entry, as that may raise.
 */
static int resume_pushresults(lua_State *L, struct resume *resume, int base)
{
	int i;

	lua_settop(L, base + resume->nresults);
	for (i = 0; i < resume->nresults; i++) {
		const lunatik_class_t *class = (*resume->slots[i])->class;

		lua_pushvalue(L, base + 1 + i);
		lunatik_checkclass(L, class);
		lunatik_setclass(L, class);
		lua_pop(L, 1);
	}
	return resume->nresults;
}

/* runtime:resume([object, ...]) - objects that the body yields or returns */
int lunatik_lib_resume(lua_State *L)
{
	struct resume resume = {
		.from = L, .nargs = lua_gettop(L) - 1,
	};
	long allowed;
	char *message;
	int base;
	int err;

	lunatik_runtime_checkargument(L, 1);
	message = lua_newuserdatauv(L, RESUME_MESSAGE, 0);
	base = lua_gettop(L);
	resume_prepare(L, &resume);
	/* Only now: a finalizer may have closed a handle meanwhile. */
	resume.rt = lunatik_runtime_checkargument(L, 1);
	lunatik_runtime_checkalive(L);
	if (resume.rt == lunatik_of(L))
		return resume_refused(L, -EBUSY);
	if (lunatik_percpu_is(&resume.rt->percpu))
		return luaL_error(L, "a percpu runtime has a state for each CPU, and none that could be resumed");
	resume_checkargs(L, resume.nargs);
	err = resume_enter(L, &resume);
	if (err)
		return resume_refused(L, err);
	resume.rt->caller = lunatik_of(L);
	allowed = lunatik_entry_limit(&resume.entry, lunatik_toentry(L));
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
	return resume_pushresults(L, &resume, base);
}

/**
 * lunatik_body_exists() - whether the script returned a function to run
 * @runtime: a process runtime; the caller holds a reference
 *
 * Context: process, outside of the runtime; does not raise
 * Return: true if it did; false also while the runtime is busy
 */
bool lunatik_body_exists(lunatik_object_t *runtime)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(runtime);
	struct lunatik_entry entry;
	bool has;

	if (lunatik_percpu_is(&rt->percpu))
		return false;
	if (lunatik_runtime_enter(rt, &entry, LUNATIK_MAYSLEEP | LUNATIK_TRY))
		return false;
	has = lua_status(rt->body) == LUA_YIELD || lua_isfunction(rt->body, 1);
	lunatik_leave(&entry);
	return has;
}
EXPORT_SYMBOL(lunatik_body_exists);

/* runtime:resumable() - whether resume() would run something */
int lunatik_lib_resumable(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_runtime_checkargument(L, 1);

	lunatik_checksleep(L, "runtime.resumable");
	lua_pushboolean(L, lunatik_body_exists(rt->object));
	return 1;
}

/**
 * lunatik_body_push() - push the value that the script's body returned
 * @L: state of the running entry
 *
 * Pushes nil if it returned none.
 *
 * Context: any entry
 */
void lunatik_body_push(lua_State *L)
{
	lua_State *body = lunatik_of(L)->body;

	if (lua_gettop(body) < 1) {
		lua_pushnil(L);
		return;
	}
	lua_pushvalue(body, 1);
	lua_xmove(body, L, 1);
}
EXPORT_SYMBOL(lunatik_body_push);

/**
 * lunatik_body_resume() - run the function that the script returned
 * @entry: a thread's entry
 *
 * Logs an error, unless it is the end of a wait that a stop has ended.
 *
 * Context: inside the entry; does not raise
 * Return: 0 when it returned or yielded, -ENOEXEC on an error
 */
int lunatik_body_resume(struct lunatik_entry *entry)
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
	if (status == LUA_ERRRUN && lunatik_error_isinterrupt(entry, rt->body))
		return -ENOEXEC;
	lunatik_stat_count(rt, errors);
	lunatik_log_error(rt, entry, lunatik_error_text(rt->body, status, text,
							sizeof(text)));
	return -ENOEXEC;
}
EXPORT_SYMBOL(lunatik_body_resume);
