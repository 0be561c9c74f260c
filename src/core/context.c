// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * context.c - where code runs: the entry, its runtime, and what it may do.
 */
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "context.h"
#include "runtime.h"
#include "stack.h"

struct lunatik_entry *lunatik_toentry(lua_State *L)
{
	return lunatik_of(L)->current_entry;
}
EXPORT_SYMBOL(lunatik_toentry);

bool lunatik_maysleep(lua_State *L)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	return !entry || (entry->flags & LUNATIK_MAYSLEEP);
}
EXPORT_SYMBOL(lunatik_maysleep);

void lunatik_checksleep(lua_State *L, const char *what)
{
	if (!lunatik_maysleep(L))
		luaL_error(L, "%s may sleep: %s", what,
			   LUNATIK_ERR_NONSLEEPABLE);
	if (!lunatik_stack_left(lunatik_of(L), LUNATIK_STACK_RECLAIM))
		luaL_error(L, "stack overflow (calling %s)", what);
}
EXPORT_SYMBOL(lunatik_checksleep);

void lunatik_checkunlocked(lua_State *L, const char *what)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	lunatik_checksleep(L, what);
	if (entry && (entry->flags & LUNATIK_TRY))
		luaL_error(L, "%s may sleep: not from a callback under the kernel's locks",
			   what);
}
EXPORT_SYMBOL(lunatik_checkunlocked);

bool lunatik_hasnamespaces(void)
{
	return current->nsproxy != NULL;
}
EXPORT_SYMBOL(lunatik_hasnamespaces);

void lunatik_checknamespaces(lua_State *L, const char *what)
{
	if (!lunatik_hasnamespaces())
		luaL_error(L, "%s: the task exits and has no namespaces", what);
}
EXPORT_SYMBOL(lunatik_checknamespaces);

bool lunatik_isinitnet(void)
{
#ifdef CONFIG_NET
	return lunatik_hasnamespaces() && current->nsproxy->net_ns == &init_net;
#else
	return lunatik_hasnamespaces();
#endif
}
EXPORT_SYMBOL(lunatik_isinitnet);

void lunatik_checkinitnet(lua_State *L, const char *what)
{
	lunatik_checknamespaces(L, what);
	if (!lunatik_isinitnet())
		luaL_error(L, "%s is for the initial network namespace only: run the script there",
			   what);
}
EXPORT_SYMBOL(lunatik_checkinitnet);

/* Names of the kinds of runtime, as in enum lunatik_context, and NULL. */
const char *const lunatik_contextnames[] = {
	"process", "softirq", "hardirq", NULL
};

void lunatik_checkcontext(lua_State *L, const char *what, unsigned int contexts)
{
	enum lunatik_context context = lunatik_of(L)->context;

	if (contexts & BIT(context))
		return;
	luaL_error(L, "%s (%s needs a %s runtime, this one is %s)",
		   context == LUNATIK_PROCESS ? LUNATIK_ERR_SLEEPABLE :
						LUNATIK_ERR_NONSLEEPABLE,
		   what, lunatik_contextnames[__ffs(contexts)],
		   lunatik_contextnames[context]);
}
EXPORT_SYMBOL(lunatik_checkcontext);

/**
 * lunatik_runtime_stopstage() - how urgently a stop requests the end of an entry
 * @entry: the entry that runs
 *
 * The caller that resumes or creates a runtime waits for it, so a stop of the
 * caller ends the callee, too. Callers run in this task, deeper in its stack.
 *
 * Return: 0 without a request, 1 if waits end, 2 if the entry is aborted
 */
int lunatik_runtime_stopstage(struct lunatik_entry *entry)
{
	struct lunatik_runtime *caller;
	int stage = 0;

	while (entry) {
		stage = max(stage, READ_ONCE(entry->runtime->stopping));
		if (entry->hook)
			stage = max(stage, READ_ONCE(entry->hook->stopping));
		caller = entry->runtime->caller;
		entry = caller ? caller->current_entry : NULL;
	}
	return stage;
}

bool lunatik_shouldstop(lua_State *L)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	return entry ? lunatik_runtime_stopstage(entry) > 0 :
		       READ_ONCE(lunatik_of(L)->stopping) > 0;
}
EXPORT_SYMBOL(lunatik_shouldstop);

/* ---- the runtime -------------------------------------------------------- */

lunatik_object_t *lunatik_toruntime(lua_State *L)
{
	return lunatik_of(L)->object;
}
EXPORT_SYMBOL(lunatik_toruntime);

const char *lunatik_name(lua_State *L)
{
	return lunatik_of(L)->name;
}
EXPORT_SYMBOL(lunatik_name);

lua_State *lunatik_getstate(lunatik_object_t *runtime)
{
	return lunatik_runtime_of(runtime)->L;
}
EXPORT_SYMBOL(lunatik_getstate);

bool lunatik_cannotsleep(lua_State *L, bool sleep)
{
	return sleep && lunatik_of(L)->context != LUNATIK_PROCESS;
}
EXPORT_SYMBOL(lunatik_cannotsleep);

lunatik_object_t *lunatik_checkruntime(lua_State *L, bool sleep)
{
	bool process = lunatik_of(L)->context == LUNATIK_PROCESS;

	if (process != sleep)
		luaL_error(L, process ? LUNATIK_ERR_SLEEPABLE :
					LUNATIK_ERR_NONSLEEPABLE);
	return lunatik_toruntime(L);
}
EXPORT_SYMBOL(lunatik_checkruntime);

/**
 * lunatik_runtime_checkalive() - raise if the state is being closed
 *
 * Nothing bounds what a finalizer of a closing state starts elsewhere.
 */
void lunatik_runtime_checkalive(lua_State *L)
{
	if (lunatik_of(L)->state == LUNATIK_STOPPED)
		luaL_error(L, "the runtime is being stopped");
}

bool lunatik_isready(lua_State *L)
{
	return lunatik_of(L)->state == LUNATIK_READY;
}
EXPORT_SYMBOL(lunatik_isready);
