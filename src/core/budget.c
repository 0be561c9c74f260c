// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * budget.c - what an entry may use, from its begin to its end.
 *
 * The begin of an entry sets its permission to sleep, its units and its stack
 * in the fields that the interpreter consults. The entry spends units by slices,
 * and asks at the end of each.
 */
#include <linux/sched/signal.h>

#include "budget.h"
#include "context.h"
#include "error.h"
#include "freezable.h"
#include "print.h"
#include "runtime.h"
#include "stack.h"
#include "vm.h"

#define BUDGET_EXHAUSTED	10	/* within a second: the hook is off */

enum budget_abort {
	ABORT_BUDGET = 1,
	ABORT_STOP,
	ABORT_SIGNAL,
};

static void budget_grant(struct lunatik_runtime *rt,
			 struct lunatik_entry *entry, long units)
{
	entry->granted = min_t(long, units, LUNATIK_BUDGET_SLICE);
	rt->vm->slice = entry->granted;
}

/* Account the slice. The entry needs another one before it goes on. */
static void budget_slice(struct lunatik_runtime *rt,
			 struct lunatik_entry *entry)
{
	entry->budget -= entry->granted - rt->vm->slice;
	entry->granted = 0;
	entry->unusual = true;
}

static bool budget_islimited(struct lunatik_entry *entry)
{
	return !(entry->flags & LUNATIK_MAYSLEEP) ||
	       entry->runtime->limits.budgetall;
}

/*
 * Hooks are called for one event one after the other: entries that follow each
 * other on a CPU without a whole tick in between, each of another hook, serve the
 * same event. All of them together have a few budgets. Without a bit, an entry
 * never begins an event by itself.
 */
static long budget_eventleft(struct lunatik_runtime *rt, u64 event)
{
	struct lunatik_stats *stats = raw_cpu_ptr(rt->stats);

	if (jiffies - stats->left > 1 || (stats->seen & event)) {
		stats->seen = 0;
		stats->spent = 0;
	}
	stats->seen |= event;
	return max(rt->limits.event - stats->spent, 0L);
}

/* Whether the entry counts as one of those that serve an event. */
static bool budget_serves(const struct lunatik_entry *entry)
{
	return entry->hook && !(entry->flags & LUNATIK_MAYSLEEP);
}

/**
 * lunatik_entry_begin() - set what the entry may do; under the runtime's lock
 */
void lunatik_entry_begin(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	entry->runtime = rt;
	entry->base = lua_gettop(entry->L);
	if (likely(budget_serves(entry)))
		entry->budget = min(rt->limits.budget,
				    budget_eventleft(rt, entry->event));
	else
		entry->budget = budget_islimited(entry) ? rt->limits.budget :
							  LONG_MAX;
	entry->given = entry->budget;
	entry->overspent = 0;
	entry->outer = rt->current_entry;
	if (entry->outer)
		budget_slice(rt, entry->outer);
	rt->current_entry = entry;
	rt->vm->abort = 0;
	rt->vm->emergencies = 0;
	rt->error.outofmemory = false;
	rt->vm->maysleep = !!(entry->flags & LUNATIK_MAYSLEEP);
	rt->vm->stacklimit = lunatik_stack_limit();
	budget_grant(rt, entry, entry->budget);
	this_cpu_inc(rt->stats->entries);
	entry->started = 0;
	if (this_cpu_read(rt->stats->entries) % LUNATIK_BUDGET_SAMPLE == 0 &&
	    !(entry->flags & LUNATIK_PROBE))
		entry->started = ktime_get_ns();
}

/* Whether other hooks have left it less than its budget. */
static bool budget_issqueezed(const struct lunatik_entry *entry)
{
	return budget_serves(entry) &&
	       entry->given < entry->runtime->limits.budget;
}

/*
 * Children are armed with the script that they end with. It is there: it waits
 * for its children's entries when it stops.
 */
static noinline_for_stack void budget_reportoff(struct lunatik_entry *entry)
{
	const char *what = budget_issqueezed(entry) ?
		"it and the script's other hooks exhaust the budget of one event again and again" :
		"it exhausts its budget again and again";
	const struct lunatik_runtime *top = entry->runtime;
	int cpu = entry->runtime->percpu.cpu;
	char text[LUNATIK_NAMELEN + 160], where[24] = "";

	if (cpu >= 0)
		snprintf(where, sizeof(where), " on CPU %d", cpu);
	while (READ_ONCE(top->links.parent))
		top = READ_ONCE(top->links.parent);
	if (hlist_unhashed(&top->links.name))
		scnprintf(text, sizeof(text), "switched off%s: %s", where, what);
	else
		scnprintf(text, sizeof(text), "switched off%s: %s; 'lunatik rearm %s' arms it",
			  where, what, top->name);
	lunatik_log_announce(entry->runtime, entry, text);
}

static void budget_exhausted(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	struct lunatik_hook *hook = entry->hook;
	unsigned long now = jiffies;
	long budgets = 1;

	if (!hook || (hook->type->flags & LUNATIK_MAYSLEEP))
		return;
	/* A hook that one event calls again and again is blamed once. */
	if (!entry->given && entry->event != hook->event)
		return;
	if (time_after(now, hook->exhausted_since + HZ)) {
		hook->exhausted_since = now;
		hook->exhausted = 0;
	}
	/*
	 * The one emergency collection of an entry may take many budgets. The
	 * second one within a second switches the hook off.
	 */
	if (rt->vm->emergencies)
		budgets += min(entry->overspent / rt->limits.budget,
			       BUDGET_EXHAUSTED / 2 - 1L);
	hook->exhausted += budgets;
	if (hook->exhausted < BUDGET_EXHAUSTED)
		return;
	WRITE_ONCE(hook->armed, false);
	/* Pairs with hook_rearm(), which may arm a hook that has the mark. */
	smp_store_release(&hook->switched_off, true);
	budget_reportoff(entry);
}

/**
 * lunatik_entry_end() - undo lunatik_entry_begin(), still under the lock
 */
void lunatik_entry_end(struct lunatik_entry *entry)
{
	struct lunatik_runtime *rt = entry->runtime;
	struct lunatik_entry *outer = entry->outer;
	struct lunatik_stats *stats;

	if (entry->started) {
		this_cpu_add(rt->stats->nanoseconds,
			     ktime_get_ns() - entry->started);
		this_cpu_inc(rt->stats->sampled);
	}
	lua_settop(entry->L, entry->base);
	budget_slice(rt, entry);
	if (likely(budget_serves(entry))) {
		stats = raw_cpu_ptr(rt->stats);
		stats->spent += entry->given - entry->budget;
		stats->left = jiffies;
	}
	if (budget_islimited(entry) && entry->budget <= 0) {
		lunatik_stat_count(rt, exhausted);
		budget_exhausted(entry);
	}
	if (rt->heap.tight && !(entry->flags & LUNATIK_MAYSLEEP))
		lunatik_vm_collect(entry->L);
	rt->vm->abort = 0;
	rt->error.outofmemory = false;
	rt->current_entry = outer;
	if (!outer)
		return;
	rt->vm->maysleep = !!(outer->flags & LUNATIK_MAYSLEEP);
	budget_grant(rt, outer, outer->budget);
}

/**
 * lunatik_entry_limit() - an entry may spend no more than its caller has left
 * @entry: has just begun
 * @caller: runs in another runtime, further down this stack; or NULL
 *
 * Return: units that it may spend, to compute later how many it has spent
 */
long lunatik_entry_limit(struct lunatik_entry *entry, struct lunatik_entry *caller)
{
	long left;

	if (!caller)
		return entry->budget;
	left = caller->budget - (caller->granted - caller->runtime->vm->slice);
	if (left < entry->budget) {
		entry->budget = left;
		budget_grant(entry->runtime, entry, left);
	}
	return entry->budget;
}

/* ---- the slice check, called by the interpreter ------------------------- */

static int budget_abort(lua_State *L, struct lunatik_runtime *rt, int reason)
{
	struct lunatik_entry *entry = rt->current_entry;
	char text[64];

	if (reason == ABORT_BUDGET && budget_issqueezed(entry))
		snprintf(text, sizeof(text),
			 "budget of %ld units for one event exhausted",
			 rt->limits.event);
	else if (reason == ABORT_BUDGET)
		snprintf(text, sizeof(text), "budget of %ld units exhausted",
			 rt->limits.budget);
	else
		strscpy(text, reason == ABORT_STOP ? "stopped" : "interrupted",
			sizeof(text));
	lunatik_error_describe(L, text);
	rt->vm->abort = reason;
	rt->vm->slice = 0;
	return reason;
}

static int budget_check(lua_State *L, struct lunatik_runtime *rt,
		       struct lunatik_entry *entry)
{
	budget_slice(rt, entry);
	if (entry->budget <= 0 && budget_islimited(entry)) {
		/* The work that was charged last is not done any more. */
		entry->budget = -entry->overspent;
		return budget_abort(L, rt, ABORT_BUDGET);
	}
	if (lunatik_runtime_stopstage(entry) > 1)
		return budget_abort(L, rt, ABORT_STOP);
	if (!(entry->flags & LUNATIK_MAYSLEEP))
		return 0;
	freeze_here();
	/* A callback that was cut, and goes on waiting, has to get out, too. */
	if ((entry->flags & LUNATIK_CUT) || fatal_signal_pending(current) ||
	    ((entry->flags & LUNATIK_SIGNALS) && signal_pending(current)))
		return budget_abort(L, rt, ABORT_SIGNAL);
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
		rt->vm->slice = LUNATIK_BUDGET_SLICE;
		return 0;
	}
	if (budget_check(L, rt, entry))
		return rt->vm->abort;
	if (entry->flags & LUNATIK_MAYSLEEP && !rt->limits.budgetall)
		entry->budget = LONG_MAX;
	budget_grant(rt, entry, entry->budget);
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
		rt->vm->slice = LUNATIK_BUDGET_SLICE;
		return;
	}
	budget_slice(rt, entry);
	rt->vm->slice = 0;
	entry->overspent = max(-entry->budget, 0L);
	if (!(entry->flags & LUNATIK_MAYSLEEP))
		return;
	cond_resched();
	budget_grant(rt, entry, max_t(long, entry->budget, LUNATIK_BUDGET_SLICE));
}
