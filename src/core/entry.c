// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * entry.c - executions inside a runtime: enter, call, leave.
 *
 * What an entry may do (sleep, how much, on how much stack) is set here, once
 * per entry, in the fields that the interpreter consults.
 */
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>

#include "core.h"
#include "freezable.h"

#define ENTRY_SLICE	4096		/* units between two checks */
#define ENTRY_LEAST	LUNATIK_STACK(4)	/* to find out that there is no more, and say so */
#define ENTRY_NOMEMORY	"not enough memory"	/* as Lua says it */
#define ENTRY_SAMPLE	64		/* one entry in so many is timed */

enum entry_abort {
	ABORT_BUDGET = 1,
	ABORT_STOP,
	ABORT_SIGNAL,
};

static void entry_grant(struct lunatik_runtime *rt, struct lunatik_entry *entry,
			long units)
{
	entry->granted = min_t(long, units, ENTRY_SLICE);
	rt->vm->slice = entry->granted;
}

/* What was spent of the slice; a slice has to be granted before the entry goes on. */
static void entry_settle(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	entry->budget -= entry->granted - rt->vm->slice;
	entry->granted = 0;
}

static bool entry_islimited(struct lunatik_entry *entry)
{
	return !(entry->flags & LUNATIK_MAYSLEEP) ||
	       entry->runtime->limits.budgetall;
}

/*
 * Hooks are called for one event one after the other: entries that follow each
 * other on a CPU without a whole tick in between, each of another hook, serve the
 * same event. All of them together have a few budgets.
 */
static long entry_eventleft(struct lunatik_runtime *rt, u64 event)
{
	struct lunatik_stats *stats = raw_cpu_ptr(rt->stats);

	if (jiffies - stats->left > 1 || (stats->seen & event)) {
		stats->seen = 0;
		stats->spent = 0;
	}
	stats->seen |= event;
	return max(rt->limits.event - stats->spent, 0L);
}

static void entry_chargeevent(struct lunatik_runtime *rt,
			      const struct lunatik_entry *entry)
{
	struct lunatik_stats *stats = raw_cpu_ptr(rt->stats);

	stats->spent += entry->given - entry->budget;
	stats->left = jiffies;
}

/* Whether the entry counts as one of those that serve an event. */
static bool entry_serves(const struct lunatik_entry *entry)
{
	return entry->hook && !(entry->flags & LUNATIK_MAYSLEEP);
}

static long entry_units(struct lunatik_runtime *rt,
			const struct lunatik_entry *entry)
{
	if (likely(entry_serves(entry)))
		return min(rt->limits.budget, entry_eventleft(rt, entry->event));
	return rt->limits.budgetall || !(entry->flags & LUNATIK_MAYSLEEP) ?
	       rt->limits.budget : LONG_MAX;
}

/**
 * lunatik_beginentry() - set what the entry may do; under the runtime's lock
 */
void lunatik_beginentry(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	entry->runtime = rt;
	entry->base = lua_gettop(entry->L);
	entry->budget = entry_units(rt, entry);
	entry->given = entry->budget;
	entry->overspent = 0;
	entry->outer = rt->current_entry;
	if (entry->outer)
		entry_settle(rt, entry->outer);
	rt->current_entry = entry;
	rt->vm->abort = 0;
	rt->vm->emergencies = 0;
	rt->outofmemory = false;
	rt->vm->maysleep = !!(entry->flags & LUNATIK_MAYSLEEP);
	rt->vm->stacklimit = lunatik_stacklimit();
	entry_grant(rt, entry, entry->budget);
	this_cpu_inc(rt->stats->entries);
	entry->started = 0;
	if (this_cpu_read(rt->stats->entries) % ENTRY_SAMPLE == 0 &&
	    !(entry->flags & LUNATIK_PROBE))
		entry->started = ktime_get_ns();
}

#define EXHAUSTED_LIMIT	10	/* budgets within a second, and the hook is off */

/*
 * The one emergency collection of an entry may take many budgets. Once is no
 * reason to switch the hook off, twice within a second is.
 */
static unsigned int entry_excess(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	long budgets = entry->overspent / rt->limits.budget;

	if (!rt->vm->emergencies)
		return 1;
	return 1 + min(budgets, EXHAUSTED_LIMIT / 2 - 1L);
}

/* Whether other hooks have left it less than its budget. */
static bool entry_issqueezed(const struct lunatik_entry *entry)
{
	return entry_serves(entry) &&
	       entry->given < entry->runtime->limits.budget;
}

/*
 * Children are armed with the script that they end with. It is there: it waits
 * for its children's entries when it stops.
 */
static noinline_for_stack void entry_tell_off(struct lunatik_entry *entry)
{
	const char *what = entry_issqueezed(entry) ?
		"switched off: it and the script's other hooks exhaust the budget of one event again and again" :
		"switched off: it exhausts its budget again and again";
	const struct lunatik_runtime *top = entry->runtime;
	char text[LUNATIK_NAMELEN + 140];

	while (READ_ONCE(top->parent))
		top = READ_ONCE(top->parent);
	if (hlist_unhashed(&top->name_node))
		strscpy(text, what, sizeof(text));
	else
		scnprintf(text, sizeof(text), "%s; 'lunatik rearm %s' arms it",
			  what, top->name);
	lunatik_announce(entry->runtime, entry, text);
}

static void entry_exhausted(struct lunatik_entry *entry)
{
	struct lunatik_hook *hook = entry->hook;
	unsigned long now = jiffies;

	if (!hook || (hook->type->flags & LUNATIK_MAYSLEEP))
		return;
	/* A hook that one event calls again and again is blamed once. */
	if (!entry->given && entry->event != hook->event)
		return;
	if (time_after(now, hook->exhausted_since + HZ)) {
		hook->exhausted_since = now;
		hook->exhausted = 0;
	}
	hook->exhausted += entry_excess(entry);
	if (hook->exhausted < EXHAUSTED_LIMIT)
		return;
	WRITE_ONCE(hook->armed, false);
	/* Pairs with hook_rearm(): who sees the mark may arm it again. */
	smp_store_release(&hook->switched_off, true);
	entry_tell_off(entry);
}

/**
 * lunatik_endentry() - undo lunatik_beginentry(), still under the lock
 */
void lunatik_endentry(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	struct lunatik_entry *outer = entry->outer;

	if (entry->started) {
		this_cpu_add(rt->stats->nanoseconds,
			     ktime_get_ns() - entry->started);
		this_cpu_inc(rt->stats->sampled);
	}
	lua_settop(entry->L, entry->base);
	entry_settle(rt, entry);
	if (likely(entry_serves(entry)))
		entry_chargeevent(rt, entry);
	if (entry_islimited(entry) && entry->budget <= 0) {
		lunatik_countstat(rt, exhausted);
		entry_exhausted(entry);
	}
	if (rt->reserve_tight && !(entry->flags & LUNATIK_MAYSLEEP))
		lunatik_vmcollect(entry->L);
	rt->vm->abort = 0;
	rt->current_entry = outer;
	if (!outer)
		return;
	rt->vm->maysleep = !!(outer->flags & LUNATIK_MAYSLEEP);
	entry_grant(rt, outer, outer->budget);
}

/**
 * lunatik_limitentry() - an entry may spend no more than its caller has left
 * @entry: has just begun
 * @caller: runs in another runtime, further down this stack; or NULL
 *
 * Return: what it may spend, to tell later what it has spent
 */
long lunatik_limitentry(struct lunatik_entry *entry, struct lunatik_entry *caller)
{
	long left;

	if (!caller)
		return entry->budget;
	left = caller->budget - (caller->granted - caller->runtime->vm->slice);
	if (left < entry->budget) {
		entry->budget = left;
		entry_grant(entry->runtime, entry, left);
	}
	return entry->budget;
}

/* ---- the slice check, called by the interpreter --------------------------- */

/* Also where a callback that was cut goes on waiting: it has to get out. */
static bool entry_signalled(struct lunatik_entry *entry)
{
	freeze_here();
	if (entry->flags & LUNATIK_CUT)
		return true;
	if (entry->flags & LUNATIK_SIGNALS)
		return signal_pending(current);
	return fatal_signal_pending(current);
}

static void entry_describe(lua_State *L, const char *text)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	lua_Debug ar;
	int level = 0;

	while (lua_getstack(L, level++, &ar)) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline > 0) {
			snprintf(rt->message, sizeof(rt->message), "%s:%d: %s",
				 ar.short_src, ar.currentline, text);
			return;
		}
	}
	snprintf(rt->message, sizeof(rt->message), "%s: %s", rt->name, text);
}

/**
 * lunatik_nomemory() - note where memory ran out: Lua's own message cannot say
 *
 * A state that is being made does not know its runtime yet; its allocator does.
 */
void lunatik_nomemory(lua_State *L)
{
	struct lunatik_runtime *rt;
	void *owner;

	lua_getallocf(L, &owner);
	rt = owner;
	if (!rt->current_entry || rt->vm->abort)
		return;
	entry_describe(L, ENTRY_NOMEMORY);
	rt->outofmemory = true;
}

static int entry_abort(lua_State *L, struct lunatik_runtime *rt, int reason)
{
	struct lunatik_entry *entry = rt->current_entry;
	char text[64];

	if (reason == ABORT_BUDGET && entry_issqueezed(entry))
		snprintf(text, sizeof(text),
			 "budget of %ld units for one event exhausted",
			 rt->limits.event);
	else if (reason == ABORT_BUDGET)
		snprintf(text, sizeof(text), "budget of %ld units exhausted",
			 rt->limits.budget);
	else
		strscpy(text, reason == ABORT_STOP ? "stopped" : "interrupted",
			sizeof(text));
	entry_describe(L, text);
	rt->vm->abort = reason;
	rt->vm->slice = 0;
	return reason;
}

static int entry_check(lua_State *L, struct lunatik_runtime *rt,
		       struct lunatik_entry *entry)
{
	entry_settle(rt, entry);
	if (entry->budget <= 0 && entry_islimited(entry)) {
		/* What was charged last is not done any more. */
		entry->budget = -entry->overspent;
		return entry_abort(L, rt, ABORT_BUDGET);
	}
	if (lunatik_stopstage(entry) > 1)
		return entry_abort(L, rt, ABORT_STOP);
	if (!(entry->flags & LUNATIK_MAYSLEEP))
		return 0;
	if (entry_signalled(entry))
		return entry_abort(L, rt, ABORT_SIGNAL);
	cond_resched();
	return 0;
}

/**
 * lunatik_slice() - a slice is used up: go on, or end the entry?
 *
 * Return: 0 after granting the next slice; otherwise the abort word is set and
 * the message recorded
 */
int lunatik_slice(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	struct lunatik_entry *entry = rt->current_entry;

	if (rt->vm->abort)
		return rt->vm->abort;
	if (!entry) {
		rt->vm->slice = ENTRY_SLICE;
		return 0;
	}
	if (entry_check(L, rt, entry))
		return rt->vm->abort;
	if (entry->flags & LUNATIK_MAYSLEEP && !rt->limits.budgetall)
		entry->budget = LONG_MAX;
	entry_grant(rt, entry, entry->budget);
	return 0;
}

/**
 * lunatik_gcslice() - the same inside the collector, which cannot be left
 *
 * Where it may sleep, it goes on in slices even when the entry is over: the
 * first check after it finds that out. Elsewhere it only spends.
 */
void lunatik_gcslice(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	struct lunatik_entry *entry = rt->current_entry;

	if (!entry) {
		cond_resched();
		rt->vm->slice = ENTRY_SLICE;
		return;
	}
	entry_settle(rt, entry);
	rt->vm->slice = 0;
	entry->overspent = max(-entry->budget, 0L);
	if (!(entry->flags & LUNATIK_MAYSLEEP))
		return;
	cond_resched();
	entry_grant(rt, entry, max_t(long, entry->budget, ENTRY_SLICE));
}

/* ---- enter and leave ---------------------------------------------------------- */

/**
 * lunatik_enterruntime() - enter without a hook, on the main Lua thread
 * @rt: the runtime
 * @entry: filled in
 * @flags: LUNATIK_MAYSLEEP and its kin
 *
 * Return: 0, or as lunatik_lockruntime()
 */
int lunatik_enterruntime(struct lunatik_runtime *rt,
			 struct lunatik_entry *entry, unsigned int flags)
{
	int err;

	if (rt->context != LUNATIK_PROCESS)
		flags &= ~LUNATIK_MAYSLEEP;
	entry->flags = flags;
	entry->hook = NULL;
	err = lunatik_lockruntime(rt, entry);
	if (err)
		return err;
	if (rt->state != LUNATIK_READY) {
		err = rt->state == LUNATIK_BODY ? -EBUSY : -ENXIO;
		lunatik_unlockruntime(rt, entry);
		return err;
	}
	entry->L = rt->L;
	lunatik_beginentry(rt, entry);
	return 0;
}

/**
 * lunatik_replay() - the kernel may call a hook while it is registered
 * @hook: the one hook that this task registers from inside its runtime
 * @on: true before the registering call, false after it
 *
 * Such a call enters without the lock, which this very task holds, and before
 * the hook is armed. It must do whatever may raise inside lunatik_protect().
 */
void lunatik_replay(struct lunatik_hook *hook, bool on)
{
	struct lunatik_runtime *rt = hook->runtime;

	WRITE_ONCE(rt->replayer, on ? current : NULL);
	WRITE_ONCE(rt->replaying, on ? hook : NULL);
}
EXPORT_SYMBOL(lunatik_replay);

/* Only that hook, and not from inside its own replayed entry, nor once it was switched off. */
static bool entry_replays(struct lunatik_runtime *rt, struct lunatik_hook *hook)
{
	if (READ_ONCE(rt->replaying) != hook || hook->switched_off ||
	    READ_ONCE(rt->replayer) != current)
		return false;
	WRITE_ONCE(rt->replaying, NULL);
	return true;
}

/* The lock is held. */
static int entry_admit(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = hook->runtime;

	if (READ_ONCE(hook->armed) && rt->state == LUNATIK_READY)
		return 0;
	lunatik_unlockruntime(rt, entry);
	return -ENXIO;
}

static int entry_lock(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	int err = -EBUSY;

	if (likely(lunatik_stackroom() >= ENTRY_LEAST))
		err = lunatik_lockruntime(hook->runtime, entry);

	if (err == -EBUSY && !(entry->flags & LUNATIK_LATE))
		lunatik_countmissed(hook);
	return err;
}

static void entry_begin(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	entry->L = hook->L ? hook->L : hook->runtime->L;
	lunatik_beginentry(hook->runtime, entry);
}

static __always_inline int enter(struct lunatik_hook *hook,
				 struct lunatik_entry *entry, u64 event)
{
	int err;

	entry->flags = hook->type->flags;
	entry->hook = hook;
	entry->event = event;
	if (entry_replays(hook->runtime, hook)) {
		entry->irqflags = 0;
	} else {
		if (!smp_load_acquire(&hook->armed))
			return -ENXIO;
		err = entry_lock(hook, entry);
		if (!err)
			err = entry_admit(hook, entry);
		if (err)
			return err;
	}
	entry_begin(hook, entry);
	return 0;
}

/**
 * lunatik_enter() - the kernel called a hook: enter its runtime
 * @hook: the hook
 * @entry: filled in; on the caller's stack
 *
 * Until lunatik_leave(), whatever may raise a Lua error (making a string is
 * enough) happens inside lunatik_call() or lunatik_protect().
 *
 * Context: the one that the hook's type declares
 * Return: 0; -ENXIO if the hook is disarmed or its runtime stopped, -EBUSY if
 * the event is missed, -EINTR if a fatal signal ended the wait, -ERESTARTSYS
 * if any did (LUNATIK_SYSCALL): the caller then answers its kernel facility's
 * neutral verdict
 */
int lunatik_enter(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	return enter(hook, entry, hook->event);
}
EXPORT_SYMBOL(lunatik_enter);

/**
 * lunatik_enterfor() - the same, for a hook that one event may call several times
 * @hook: the hook
 * @entry: filled in
 * @event: one bit, of whoever calls the hook for the event, such as a rule
 *
 * Context: as lunatik_enter()
 * Return: as lunatik_enter()
 */
int lunatik_enterfor(struct lunatik_hook *hook, struct lunatik_entry *entry,
		     u64 event)
{
	return enter(hook, entry, event);
}
EXPORT_SYMBOL(lunatik_enterfor);

/**
 * lunatik_enterlate() - enter a process runtime for an event that had to wait
 * @hook: its type has LUNATIK_LATE
 * @entry: filled in; may do what the hook's type declares, no more
 *
 * Waits for whoever is inside, the script's body too, until the hook or its
 * runtime is stopped.
 *
 * Context: process, may sleep; without any lock that the holder may want
 * Return: as lunatik_enter(), but never -EBUSY
 */
int lunatik_enterlate(struct lunatik_hook *hook, struct lunatik_entry *entry)
{
	int err;

	entry->flags = hook->type->flags;
	entry->hook = hook;
	entry->event = hook->event;
	err = lunatik_locklate(hook);
	if (!err)
		err = entry_admit(hook, entry);
	if (!err)
		entry_begin(hook, entry);
	return err;
}
EXPORT_SYMBOL(lunatik_enterlate);

/**
 * lunatik_countmissed() - an event of the hook will not be handed to its script
 *
 * lunatik_enter() counts by itself, unless the hook's type has LUNATIK_LATE.
 *
 * Context: any
 */
void lunatik_countmissed(struct lunatik_hook *hook)
{
	lunatik_countstat(hook->runtime, missed);
}
EXPORT_SYMBOL(lunatik_countmissed);

/**
 * lunatik_leave() - restore the Lua stack and unlock
 */
void lunatik_leave(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	bool nested = entry->outer != NULL;

	if (entry->flags & LUNATIK_MAYSLEEP)
		lunatik_memory_refill(rt);
	lunatik_endentry(entry);
	if (nested)
		WRITE_ONCE(rt->replaying, entry->hook);
	else
		lunatik_unlockruntime(rt, entry);
}
EXPORT_SYMBOL(lunatik_leave);

/* ---- calls ---------------------------------------------------------------------- */

/**
 * lunatik_errortext() - what an error says, without running Lua
 * @L: the thread with the error value on top
 * @status: of the call
 * @buffer: for what has to be put together
 * @size: of @buffer
 */
const char *lunatik_errortext(lua_State *L, int status, char *buffer,
			      size_t size)
{
	struct lunatik_runtime *rt = lunatik_of(L);

	if (status == LUA_ERRABORT)
		return rt->message;
	if (status == LUA_ERRMEM && rt->outofmemory)
		return rt->message;
	if (lua_type(L, -1) == LUA_TSTRING)
		return lua_tostring(L, -1);
	if (lua_isinteger(L, -1)) {
		snprintf(buffer, size, "error %lld",
			 (long long)lua_tointeger(L, -1));
		return buffer;
	}
	snprintf(buffer, size, "(error object is a %s value)",
		 luaL_typename(L, -1));
	return buffer;
}

/**
 * lunatik_copytext() - copy a message that may be too long for its place
 * @to: the place
 * @text: the message
 * @size: of @to, 8 or more
 *
 * The end stays: where a function has put its position before the message of
 * another one, again and again, it says what happened.
 */
void lunatik_copytext(char *to, const char *text, size_t size)
{
	int head = size / 2;
	size_t length = strlen(text), tail = size - head - sizeof(" ... ");

	if (length < size)
		memcpy(to, text, length + 1);
	else
		snprintf(to, size, "%.*s ... %s", head, text,
			 text + length - tail);
}

static bool entry_endswith(lua_State *L, const char *end)
{
	size_t length, n = strlen(end);
	const char *text = lua_tolstring(L, -1, &length);

	return length >= n && !strcmp(text + length - n, end);
}

/**
 * lunatik_isinterrupt() - whether an error is how a request to end reaches a script that waits
 * @entry: the entry that it ended
 * @L: the thread with the error value on top
 *
 * Sockets raise the number EINTR then, completions and mailboxes say "interrupt".
 */
bool lunatik_isinterrupt(struct lunatik_entry *entry, lua_State *L)
{
	struct lunatik_hook *hook = entry->hook;

	if (!(entry->flags & LUNATIK_MAYSLEEP) ||
	    (!READ_ONCE(entry->runtime->stopping) &&
	     !(hook && READ_ONCE(hook->stopping)) && !signal_pending(current)))
		return false;
	if (lua_isinteger(L, -1))
		return lua_tointeger(L, -1) == EINTR;
	return lua_type(L, -1) == LUA_TSTRING && entry_endswith(L, "interrupt");
}

/* Whoever interrupts a session's chunk, or what waits, knows. */
static void entry_failed(struct lunatik_entry *entry, int status)
{
	struct lunatik_runtime *rt = entry->runtime;
	char text[64];

	if (status == LUA_ERRRUN && lunatik_isinterrupt(entry, entry->L))
		return;
	lunatik_countstat(rt, errors);
	if (!(entry->flags & (LUNATIK_SIGNALS | LUNATIK_CUT)) ||
	    status != LUA_ERRABORT)
		lunatik_report(rt, entry,
			       lunatik_errortext(entry->L, status, text,
						 sizeof(text)));
}

/**
 * lunatik_call() - call a function that lies on the entry's Lua stack
 * @entry: the entry
 * @nargs: arguments above it
 * @nresults: as for lua_pcall()
 *
 * An error is reported and counted here.
 *
 * Return: LUA_OK, or the status of the error; nothing is on the stack then
 */
int lunatik_call(struct lunatik_entry *entry, int nargs, int nresults)
{
	int status = lua_pcall(entry->L, nargs, nresults, 0);

	if (likely(status == LUA_OK))
		return status;
	entry_failed(entry, status);
	lua_pop(entry->L, 1);
	return status;
}
EXPORT_SYMBOL(lunatik_call);

/**
 * lunatik_protect() - run C code that may raise
 * @entry: the entry
 * @function: gets @argument as a light userdata at index 1
 * @argument: anything; results go there too
 *
 * Return: LUA_OK, or the status of the error, which is reported
 */
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
