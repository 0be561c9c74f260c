// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * entry.c - executions inside a runtime: enter, call, leave.
 */
#include <lunatik_binding.h>

#include "entry.h"
#include "budget.h"
#include "error.h"
#include "heap.h"
#include "lock.h"
#include "print.h"
#include "runtime.h"
#include "stack.h"

/* ---- enter and leave ---------------------------------------------------------- */

/**
 * lunatik_runtime_enter() - enter without a hook, on the main Lua thread
 * @rt: the runtime
 * @entry: filled in
 * @flags: LUNATIK_MAYSLEEP and its kin
 *
 * Return: 0, or as lunatik_runtime_lock()
 */
int lunatik_runtime_enter(struct lunatik_runtime *rt,
			  struct lunatik_entry *entry, unsigned int flags)
{
	int err;

	if (rt->context != LUNATIK_PROCESS)
		flags &= ~LUNATIK_MAYSLEEP;
	entry->flags = flags;
	entry->hook = NULL;
	err = lunatik_runtime_lock(rt, entry);
	if (err)
		return err;
	if (rt->state != LUNATIK_READY) {
		err = rt->state == LUNATIK_BODY ? -EBUSY : -ENXIO;
		lunatik_runtime_unlock(rt, entry);
		return err;
	}
	entry->L = rt->L;
	lunatik_entry_begin(rt, entry);
	return 0;
}

/**
 * lunatik_log_replay() - the kernel may call a hook while it is registered
 * @hook: the one hook that this task registers from inside its runtime
 * @on: true before the registering call, false after it
 *
 * Such a call enters without the lock, which this very task holds, and before
 * the hook is armed. It must do whatever may raise inside lunatik_protect().
 *
 * Context: process, inside an entry that may sleep; does not raise
 */
void lunatik_log_replay(struct lunatik_hook *hook, bool on)
{
	struct lunatik_runtime *rt = hook->runtime;

	WRITE_ONCE(rt->replay.task, on ? current : NULL);
	WRITE_ONCE(rt->replay.hook, on ? hook : NULL);
}
EXPORT_SYMBOL(lunatik_log_replay);

/* Only that hook, and not from inside its own replayed entry, nor once it was switched off. */
static bool entry_replays(struct lunatik_runtime *rt, struct lunatik_hook *hook)
{
	if (READ_ONCE(rt->replay.hook) != hook || hook->switched_off ||
	    READ_ONCE(rt->replay.task) != current)
		return false;
	WRITE_ONCE(rt->replay.hook, NULL);
	return true;
}

/* The lock is held. */
static int entry_admit(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = hook->runtime;

	if (READ_ONCE(hook->armed) && rt->state == LUNATIK_READY)
		return 0;
	lunatik_runtime_unlock(rt, entry);
	return -ENXIO;
}

static void entry_begin(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	entry->L = hook->L ? hook->L : hook->runtime->L;
	lunatik_entry_begin(hook->runtime, entry);
}

/**
 * lunatik_hook_enter() - lunatik_enter() for a hook that one event may call several times
 * @hook: the hook
 * @entry: filled in
 * @event: one bit, of the caller for the event, such as a rule; 0 for a call that
 *	goes on with the event of the last entry, such as the second one of a probe
 *
 * Context: as lunatik_enter()
 * Return: as lunatik_enter()
 */
int lunatik_hook_enter(struct lunatik_hook *hook, struct lunatik_entry *entry,
		       u64 event)
{
	struct lunatik_runtime *rt = hook->runtime;
	int err = -EBUSY;

	entry->flags = hook->type->flags;
	entry->hook = hook;
	entry->event = event;
	if (entry_replays(rt, hook)) {
		entry->irqflags = 0;
		entry_begin(hook, entry);
		return 0;
	}
	/* Pairs with hook_arm(). */
	if (!smp_load_acquire(&hook->armed))
		return -ENXIO;
	if (likely(lunatik_stack_room() >= LUNATIK_STACK_ENTRY))
		err = lunatik_runtime_lock(rt, entry);
	if (err == -EBUSY && !(entry->flags & LUNATIK_LATE))
		lunatik_hook_countmissed(hook);
	if (!err)
		err = entry_admit(hook, entry);
	if (!err)
		entry_begin(hook, entry);
	return err;
}
EXPORT_SYMBOL(lunatik_hook_enter);

int lunatik_enter(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	return lunatik_hook_enter(hook, entry, hook->event);
}
EXPORT_SYMBOL(lunatik_enter);

/**
 * lunatik_hook_enterlate() - enter a process runtime for an event that had to wait
 * @hook: its type has LUNATIK_LATE
 * @entry: filled in; may do what the hook's type declares, no more
 *
 * Waits for the entry inside, which may be the script's body, until the hook or
 * its runtime is stopped.
 *
 * Context: process, may sleep; without any lock that the holder may want
 * Return: as lunatik_enter(), but never -EBUSY
 */
int lunatik_hook_enterlate(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	int err;

	entry->flags = hook->type->flags;
	entry->hook = hook;
	entry->event = hook->event;
	err = lunatik_runtime_locklate(hook);
	if (!err)
		err = entry_admit(hook, entry);
	if (!err)
		entry_begin(hook, entry);
	return err;
}
EXPORT_SYMBOL(lunatik_hook_enterlate);

/**
 * lunatik_hook_countmissed() - the script of the hook misses an event
 * @hook: the hook
 *
 * lunatik_enter() counts by itself, unless the hook's type has LUNATIK_LATE.
 *
 * Context: any
 */
void lunatik_hook_countmissed(struct lunatik_hook *hook)
{
	lunatik_stat_count(hook->runtime, missed);
}
EXPORT_SYMBOL(lunatik_hook_countmissed);

void lunatik_leave(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	bool nested = entry->outer != NULL;

	if (entry->flags & LUNATIK_MAYSLEEP)
		lunatik_heap_refill(rt);
	lunatik_entry_end(entry);
	if (nested)
		WRITE_ONCE(rt->replay.hook, entry->hook);
	else
		lunatik_runtime_unlock(rt, entry);
}
EXPORT_SYMBOL(lunatik_leave);

/* ---- calls ---------------------------------------------------------------------- */

/**
 * lunatik_entry_failed() - count an error, and report it
 * @entry: its thread has the error value on top
 * @status: of the call
 *
 * The sender of an interrupt knows of it: that of a session's chunk, or of a wait,
 * is not reported.
 */
void lunatik_entry_failed(struct lunatik_entry *entry, int status)
{
	struct lunatik_runtime *rt = entry->runtime;
	char text[64];

	if (status == LUA_ERRRUN && lunatik_error_isinterrupt(entry, entry->L))
		return;
	lunatik_stat_count(rt, errors);
	if (!(entry->flags & (LUNATIK_SIGNALS | LUNATIK_CUT)) ||
	    status != LUA_ERRABORT)
		lunatik_log_error(rt, entry,
				  lunatik_error_text(entry->L, status, text,
						     sizeof(text)));
}

int lunatik_call(struct lunatik_entry *entry, int nargs, int nresults)
{
	int status = lua_pcall(entry->L, nargs, nresults, 0);

	if (likely(status == LUA_OK))
		return status;
	lunatik_entry_failed(entry, status);
	lua_pop(entry->L, 1);
	return status;
}
EXPORT_SYMBOL(lunatik_call);

int lunatik_protect(struct lunatik_entry *entry, lua_CFunction function,
		    void *argument)
{
	if (!lua_checkstack(entry->L, 8))
		return LUA_ERRMEM;
	lua_pushcfunction(entry->L, function);
	lua_pushlightuserdata(entry->L, argument);
	return lunatik_call(entry, 1, 0);
}
EXPORT_SYMBOL(lunatik_protect);
