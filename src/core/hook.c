// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * hook.c - what the kernel calls, owned by a runtime from registration to stop.
 *
 * A hook holds its runtime's structure (not its Lua state), and the runtime
 * holds the hook's object, until the hook is unregistered; so neither the
 * collector nor a stop can free what the kernel may still call. @registered is
 * cleared exactly once, under hooks.lock, by the task that unregisters.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/rcupdate.h>

#include <lunatik_binding.h>

#include "hook.h"
#include "context.h"
#include "handle.h"
#include "heap.h"
#include "jit.h"
#include "percpu.h"
#include "ref.h"
#include "runtime.h"
#include "vm.h"
#include "wait.h"
#include "work.h"

static void hooks_reap(struct work_struct *work);
static DECLARE_WORK(hooks_work, hooks_reap);
static struct irq_work hooks_irq;
static LLIST_HEAD(hooks_dying);

static bool hook_link(struct lunatik_runtime *rt, lunatik_object_t *object,
		      struct lunatik_hook *hook,
		      const struct lunatik_hooktype *type)
{
	unsigned long flags;
	bool open;

	kref_get(&rt->refs);
	hook->type = type;
	hook->object = object;
	hook->runtime = rt;
	INIT_LIST_HEAD(&hook->node);
	INIT_LIST_HEAD(&hook->batch);
	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	hook->event = BIT_ULL(rt->hooks.count++ % 64);
	rt->hooks.called |= !!hook->L;
	open = rt->state != LUNATIK_STOPPED;
	if (open) {
		lunatik_getobject(object);
		list_add_tail(&hook->node, &rt->hooks.all);
		hook->registered = !hook->L;
		hook->armed = !hook->L && rt->state == LUNATIK_READY;
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	return open;
}

/* Removes the anchor of the hook's thread; setting a field to nil does not raise. */
static void hook_clearfunction(lua_State *L, struct lunatik_hook *hook)
{
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &hook->L);
}

/* The last put of an object waits for a grace period before it frees. */
static void hook_detach(struct lunatik_hook *hook)
{
	struct lunatik_runtime *rt = hook->runtime;
	unsigned long flags;
	bool linked;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	linked = !list_empty(&hook->node);
	if (linked)
		list_del_init(&hook->node);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	if (linked)
		lunatik_putobject(hook->object);
}

/*
 * Unregistered by somebody who may not touch the runtime's registry: left to
 * the next lunatik_inithook(), or to the stop of the runtime.
 */
static void hook_markgone(struct lunatik_hook *hook)
{
	struct lunatik_runtime *rt = hook->runtime;
	unsigned long flags;

	if (!hook->L) {
		hook_detach(hook);
		return;
	}
	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	if (!list_empty(&hook->node))
		list_move_tail(&hook->node, &rt->hooks.gone);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}

/* Whether what runs in the runtime runs on the hook's thread, or further up. */
static bool hook_isrunning(struct lunatik_runtime *rt, struct lunatik_hook *hook)
{
	struct lunatik_entry *entry = rt->current_entry;

	while (entry && entry->hook != hook)
		entry = entry->outer;
	return entry;
}

/* Hooks that run are few: as many as the entries that are nested. */
static struct lunatik_hook *hooks_takegone(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	list_for_each_entry(hook, &rt->hooks.gone, node) {
		if (!hook_isrunning(rt, hook)) {
			found = hook;
			list_del_init(&hook->node);
			break;
		}
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	return found;
}

/* Garbage may hold the memory. */
static bool hook_reserve(lua_State *L)
{
	if (lunatik_heap_reserve(lunatik_of(L)))
		return true;
	lunatik_reclaim(L);
	return lunatik_heap_reserve(lunatik_of(L));
}

void lunatik_inithook(lua_State *L, lunatik_object_t *object,
		      struct lunatik_hook *hook,
		      const struct lunatik_hooktype *type)
{
	struct lunatik_hook *gone;
	lua_State *thread;

	lunatik_checkcontext(L, type->name, type->contexts);
	if (lunatik_percpu_is(&lunatik_of(L)->percpu) && !type->matches)
		luaL_error(L, "%s: a percpu script cannot register it, because its events do not choose a state by CPU",
			   type->name);
	if (!lunatik_maysleep(L))
		luaL_error(L, "%s: cannot register from inside a callback that may not sleep",
			   type->name);
	/* A script that makes and stops hooks for ever does not grow. */
	while ((gone = hooks_takegone(lunatik_of(L)))) {
		hook_clearfunction(L, gone);
		lunatik_putobject(gone->object);
	}
	if (!(type->flags & LUNATIK_MAYSLEEP) &&
	    !hook_reserve(L))
		luaL_error(L, "not enough memory");
	thread = lua_newthread(L);
	lunatik_vm_own(thread);
	if (!lua_checkstack(thread, 16))
		luaL_error(L, "not enough memory");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &hook->L);	/* its anchor */
	hook->L = thread;
	if (!hook_link(lunatik_of(L), object, hook, type))
		luaL_error(L, "%s: the runtime is being stopped", type->name);
}
EXPORT_SYMBOL(lunatik_inithook);

int lunatik_attachhook(lunatik_object_t *runtime, lunatik_object_t *object,
		       struct lunatik_hook *hook,
		       const struct lunatik_hooktype *type)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(runtime);

	if (!(type->contexts & BIT(rt->context)))
		return -EINVAL;
	if (READ_ONCE(rt->stopping) || rt->state != LUNATIK_READY)
		return -ENXIO;
	return hook_link(rt, object, hook, type) ? 0 : -ENXIO;
}
EXPORT_SYMBOL(lunatik_attachhook);

/*
 * Pairs with lunatik_enter(): an entry sees all that the body did. And with
 * lunatik_hook_retire(), which takes no lock: one of the two disarms the hook.
 */
static void hook_arm(struct lunatik_hook *hook)
{
	if (READ_ONCE(hook->deferred) || hook->switched_off)
		return;
	/* Pairs with lunatik_enter(). */
	smp_store_release(&hook->armed, true);
	/* Pairs with lunatik_hook_retire(). */
	smp_mb();
	if (READ_ONCE(hook->deferred))
		WRITE_ONCE(hook->armed, false);
}

void lunatik_armhook(struct lunatik_hook *hook)
{
	struct lunatik_runtime *rt = hook->runtime;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	hook->registered = true;
	hook->accepted = true;
	if (rt->state == LUNATIK_READY && !rt->stopping)
		hook_arm(hook);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}
EXPORT_SYMBOL(lunatik_armhook);

/**
 * lunatik_hooks_arm() - the body has ended without error
 */
void lunatik_hooks_arm(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	rt->state = LUNATIK_READY;
	list_for_each_entry(hook, &rt->hooks.all, node) {
		if (hook->registered && !rt->stopping)
			hook_arm(hook);
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}

/*
 * Nobody is inside a hook that is off, so that its count can be reset: entries
 * take turns, and the one that switched it off was the last to be let in.
 */
static void hook_rearm(struct lunatik_hook *hook)
{
	/* Pairs with the entry that switched it off. */
	if (!smp_load_acquire(&hook->switched_off) || !hook->registered)
		return;
	hook->exhausted = 0;
	hook->exhausted_since = jiffies;
	WRITE_ONCE(hook->switched_off, false);
	hook_arm(hook);
}

/**
 * lunatik_hooks_countoff() - how many hooks of a runtime are switched off, on one CPU at least
 *
 * Context: any
 */
unsigned int lunatik_hooks_countoff(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	unsigned int count = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	list_for_each_entry(hook, &rt->hooks.all, node)
		count += hook->registered && lunatik_percpu_isoff(hook);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	return count;
}

/**
 * lunatik_hooks_rearm() - arm the hooks again that were switched off
 * @rt: the runtime that owns them
 *
 * Context: any
 */
void lunatik_hooks_rearm(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	list_for_each_entry(hook, &rt->hooks.all, node) {
		if (rt->state == LUNATIK_READY && !rt->stopping)
			hook_rearm(hook);
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}

/**
 * lunatik_hooks_disarm() - no hook of the runtime lets an entry in any more
 */
void lunatik_hooks_disarm(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	list_for_each_entry(hook, &rt->hooks.all, node)
		WRITE_ONCE(hook->armed, false);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}

/**
 * lunatik_hook_signal() - request that one hook's entry ends, or end it
 * @hook: the hook
 * @stage: 1: blocking calls end, shouldstop() is true; 2: abort
 *
 * Context: any but a probe
 */
void lunatik_hook_signal(struct lunatik_hook *hook, int stage)
{
	WRITE_ONCE(hook->stopping, stage);
	lunatik_stop_wake(hook->runtime);
}
EXPORT_SYMBOL(lunatik_hook_signal);

static bool hook_claim(struct lunatik_hook *hook)
{
	struct lunatik_runtime *rt = hook->runtime;
	unsigned long flags;
	bool registered;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	registered = hook->registered;
	hook->registered = false;
	WRITE_ONCE(hook->armed, false);
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	return registered;
}

/**
 * lunatik_hook_miss() - count events that a hook could not deliver
 * @hook: the hook
 * @events: how many; not counted while the hook is disarmed
 *
 * Context: any
 */
void lunatik_hook_miss(struct lunatik_hook *hook, u64 events)
{
	if (READ_ONCE(hook->armed))
		this_cpu_add(hook->runtime->stats->missed, events);
}
EXPORT_SYMBOL(lunatik_hook_miss);

/* The kernel's count of missed events stays with the runtime when the hook goes. */
static void hook_flushmissed(struct lunatik_hook *hook)
{
	if (hook->type->missed)
		this_cpu_add(hook->runtime->stats->missed,
			     hook->type->missed(hook));
}

static void hooks_unregister(struct list_head *hooks)
{
	struct lunatik_hook *hook, *next;

	/* Of a percpu script, the kernel knows the leader's hooks only. */
	list_for_each_entry_safe(hook, next, hooks, batch) {
		if (hook->runtime->percpu.member)
			list_del_init(&hook->batch);
	}
	while (!list_empty(hooks)) {
		const struct lunatik_hooktype *type;
		LIST_HEAD(kind);

		type = list_first_entry(hooks, struct lunatik_hook, batch)->type;
		list_for_each_entry_safe(hook, next, hooks, batch) {
			if (hook->type == type)
				list_move_tail(&hook->batch, &kind);
		}
		if (type->unregister_batch)
			type->unregister_batch(&kind);
		list_for_each_entry_safe(hook, next, &kind, batch) {
			list_del_init(&hook->batch);
			if (!type->unregister_batch)
				type->unregister(hook);
			hook_flushmissed(hook);
		}
	}
}

/**
 * lunatik_hooks_unregister() - unregister all hooks of a stopped runtime
 *
 * Context: process, may sleep; outside the runtime's lock. On return the
 * kernel calls none of them any more, except those that somebody else is
 * unregistering: they find the runtime stopped.
 *
 * Threads and files of sessions hold what they enter. If there have been no other
 * hooks, there is nobody to wait for.
 */
void lunatik_hooks_unregister(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	LIST_HEAD(batch);
	unsigned long flags;
	bool called;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	called = rt->hooks.called;
	list_for_each_entry(hook, &rt->hooks.all, node) {
		if (hook->registered)
			list_add_tail(&hook->batch, &batch);
		hook->registered = false;
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
	hooks_unregister(&batch);
	/* An event may still find a member's hook, whose memory stays until a grace period of the leader's stop. */
	if (called && !rt->percpu.member)
		synchronize_rcu();
}

/**
 * lunatik_hooks_unlink() - drop the references after the Lua state was closed
 */
void lunatik_hooks_unlink(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	for (;;) {
		raw_spin_lock_irqsave(&rt->hooks.lock, flags);
		list_splice_tail_init(&rt->hooks.gone, &rt->hooks.all);
		hook = list_first_entry_or_null(&rt->hooks.all,
						struct lunatik_hook, node);
		if (hook)
			list_del_init(&hook->node);
		raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
		if (!hook)
			return;
		lunatik_putobject(hook->object);
	}
}

static void hook_putdying(struct lunatik_hook *hook)
{
	lunatik_putobject(hook->object);
	lunatik_dying_end();
}

/* One batch: hundreds of probes may have stopped themselves. */
static void hooks_reap(struct work_struct *work)
{
	struct llist_node *node = llist_del_all(&hooks_dying);
	struct llist_node *claimed = NULL;
	struct lunatik_hook *hook;
	LIST_HEAD(batch);

	while (node) {
		hook = llist_entry(node, struct lunatik_hook, dying);
		node = node->next;
		if (hook_claim(hook)) {
			hook->dying.next = claimed;
			claimed = &hook->dying;
			list_add_tail(&hook->batch, &batch);
		} else {
			hook_putdying(hook);
		}
	}
	hooks_unregister(&batch);
	while (claimed) {
		hook = llist_entry(claimed, struct lunatik_hook, dying);
		claimed = claimed->next;
		hook_markgone(hook);
		hook_putdying(hook);
	}
}

/**
 * lunatik_hook_retire() - disarm a hook, and have a work item unregister it
 * @hook: the hook
 *
 * The kernel will not call it again, or this context may not unregister. It takes
 * no lock: a probe may have fired inside the holder.
 *
 * Context: any
 */
void lunatik_hook_retire(struct lunatik_hook *hook)
{
	bool deferred = xchg(&hook->deferred, true);

	WRITE_ONCE(hook->armed, false);
	lunatik_percpu_disarm(hook);
	if (deferred)
		return;
	lunatik_dying_begin();
	lunatik_getobject(hook->object);
	if (llist_add(&hook->dying, &hooks_dying))
		irq_work_queue(&hooks_irq);
}
EXPORT_SYMBOL(lunatik_hook_retire);

static int hook_unregister(void *argument)
{
	struct lunatik_hook *hook = argument;

	hook->type->unregister(hook);
	return 0;
}

/* Of a member: the leader's hook goes, and with it those of all CPUs. */
static void hook_stopall(struct lunatik_hook *hook)
{
	struct lunatik_hook *leader = lunatik_percpu_getleader(hook);

	if (!leader)
		return;
	lunatik_hook_retire(leader);
	lunatik_putobject(leader->object);
}

static void hook_release(lua_State *L, struct lunatik_hook *hook)
{
	if (lunatik_of(L) == hook->runtime)
		lunatik_drophook(L, hook);
	else
		hook_markgone(hook);
}

void lunatik_stophook(lua_State *L, struct lunatik_hook *hook)
{
	struct lunatik_entry *entry = lunatik_toentry(L);
	bool kept;

	if (!hook->object)
		return;
	hook_stopall(hook);
	if (!lunatik_maysleep(L) || (entry && entry->hook == hook)) {
		lunatik_hook_retire(hook);
		return;
	}
	if (!hook_claim(hook))
		return;
	lunatik_percpu_disarm(hook);
	if (!hook->runtime->percpu.member) {
		lunatik_calldeep(hook_unregister, hook);
		hook_flushmissed(hook);
	}
	kept = hook->kept;
	hook_release(L, hook);
	if (kept)
		luaL_error(L, "the kernel did not let go of the %s: its memory and its modules stay",
			   hook->type->name);
}
EXPORT_SYMBOL(lunatik_stophook);

/**
 * lunatik_hook_keep() - the kernel may call a hook on, though it was to be unregistered
 * @hook: its type's @unregister is running
 * @what: names it, for the log
 *
 * Its object is never freed, and so neither is the structure of its runtime, and
 * the modules cannot be unloaded. Nothing enters the runtime by it.
 *
 * Context: process
 */
void lunatik_hook_keep(struct lunatik_hook *hook, const char *what)
{
	if (xchg(&hook->kept, true))
		return;
	lunatik_getobject(hook->object);
	WRITE_ONCE(hook->runtime->hooks.kept, true);
	pr_err("%s: %s: the kernel did not let go of %s: its memory stays, and the modules cannot be unloaded before the next boot\n",
	       hook->runtime->name, hook->type->name, what);
}
EXPORT_SYMBOL(lunatik_hook_keep);

void lunatik_drophook(lua_State *L, struct lunatik_hook *hook)
{
	hook_clearfunction(L, hook);
	hook_detach(hook);
}
EXPORT_SYMBOL(lunatik_drophook);

void lunatik_releasehook(struct lunatik_hook *hook)
{
	if (!hook->runtime)
		return;
	lunatik_jit_free(hook);
	lunatik_percpu_forget(hook);
	lunatik_runtime_put(hook->runtime);
}
EXPORT_SYMBOL(lunatik_releasehook);

static void hooks_queue(struct irq_work *work)
{
	lunatik_work_begin();
	queue_work(lunatik_workqueue, &hooks_work);
	lunatik_work_end();
}

void lunatik_hooks_init(void)
{
	init_irq_work(&hooks_irq, hooks_queue);
}

/**
 * lunatik_hooks_flush() - wait for deferred unregistrations
 */
void lunatik_hooks_flush(void)
{
	irq_work_sync(&hooks_irq);
	flush_work(&hooks_work);
}
