// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luacompletion.c - the completion library: let one runtime wait for another
 *
 * Not the kernel's struct completion: waiting for that cannot be ended by a stop.
 * This is a count and a wait queue, so that waiting is lunatik_wait(), and
 * completing is lock-free: it may happen in any entry, inside probes too.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include <lunatik_binding.h>

#define LUACOMPLETION_SLICE	4096	/* units after which the core has a look */

/**
 * struct luacompletion - private area of a completion object
 * @done: calls of complete() that no waiter has taken yet
 * @queue: sleeping waiters
 * @wake: wakes them for an entry that may not do so itself
 */
struct luacompletion {
	atomic_t done;
	wait_queue_head_t queue;
	struct irq_work wake;
};

static const lunatik_class_t luacompletion_class;

static struct luacompletion *luacompletion_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luacompletion_class)->private;
}

static void luacompletion_wake(struct irq_work *work)
{
	struct luacompletion *completion =
		container_of(work, struct luacompletion, wake);

	lunatik_work_begin();
	wake_up(&completion->queue);
	lunatik_work_end();
}

/*
 * c:complete() - lets one waiter go on, now or later
 *
 * Counts up to INT_MAX. Returns nothing. Context: any; a sleeper is woken by
 * irq_work unless the entry may sleep, because the wait queue's lock may be
 * held by what a probe interrupted, and sleeps on PREEMPT_RT.
 */
static int luacompletion_complete(lua_State *L)
{
	struct luacompletion *completion = luacompletion_check(L);

	atomic_add_unless(&completion->done, 1, INT_MAX);
	if (!wq_has_sleeper(&completion->queue))
		return 0;
	if (lunatik_maysleep(L))
		wake_up(&completion->queue);
	else
		irq_work_queue(&completion->wake);
	return 0;
}

/* For lunatik_wait(): takes what it waits for. */
static bool luacompletion_take(void *argument)
{
	struct luacompletion *completion = argument;

	smp_mb();	/* queued before looking; pairs with wq_has_sleeper() */
	return atomic_dec_if_positive(&completion->done) >= 0;
}

/*
 * Milliseconds at @ix as jiffies, rounded up; the tick that runs already is not a
 * whole one. Absent or huge: for ever.
 */
static long luacompletion_checktimeout(lua_State *L, int ix)
{
	lua_Integer ms;

	if (lua_isnoneornil(L, ix))
		return MAX_SCHEDULE_TIMEOUT;
	ms = luaL_checkinteger(L, ix);
	luaL_argcheck(L, ms >= 0, ix,
		      "timeout is negative; milliseconds, or nil to wait for ever");
	if (ms >= MAX_SCHEDULE_TIMEOUT / HZ)
		return MAX_SCHEDULE_TIMEOUT;
	if (!ms)
		return 0;
	return div_u64((u64)ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC) + 1;
}

static int luacompletion_fail(lua_State *L, const char *why)
{
	lua_pushnil(L);
	lua_pushstring(L, why);
	return 2;
}

/*
 * c:wait([timeout]) - waits for a call of complete() that nobody has taken
 *
 * timeout: milliseconds, 0 or more. 0 only looks, nil waits for ever.
 * Returns true, or nil and a word: "timeout", or "interrupt" if a signal came
 * or the runtime, or the thread, is being stopped. If that ends the whole
 * entry, it does so here. Raises in an entry that may not sleep. Holds the
 * runtime's lock meanwhile.
 */
static int luacompletion_wait(lua_State *L)
{
	struct luacompletion *completion = luacompletion_check(L);
	long timeout = luacompletion_checktimeout(L, 2);
	long left;

	lunatik_checksleep(L, "completion.wait");
	left = lunatik_wait(L, &completion->queue, luacompletion_take,
			    completion, timeout, TASK_INTERRUPTIBLE);
	if (!left)
		return luacompletion_fail(L, "timeout");
	if (left < 0) {
		lunatik_spend(L, LUACOMPLETION_SLICE);
		return luacompletion_fail(L, "interrupt");
	}
	lua_pushboolean(L, true);
	return 1;
}

static void luacompletion_release(void *private)
{
	struct luacompletion *completion = private;

	irq_work_sync(&completion->wake);
}

static const luaL_Reg luacompletion_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"complete", luacompletion_complete},
	{"wait", luacompletion_wait},
	{NULL, NULL}
};

static const lunatik_class_t luacompletion_class = {
	.name = "completion",
	.methods = luacompletion_methods,
	.release = luacompletion_release,
	.owner = THIS_MODULE,
};

/*
 * completion.new() - make a completion
 *
 * Raises without memory, and in an entry that may not sleep.
 */
static int luacompletion_lnew(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_newobject(L, &luacompletion_class,
				  sizeof(struct luacompletion));
	struct luacompletion *completion = object->private;

	init_waitqueue_head(&completion->queue);
	init_irq_work(&completion->wake, luacompletion_wake);
	return 1;
}

static const luaL_Reg luacompletion_lib[] = {
	{"new", luacompletion_lnew},
	{NULL, NULL}
};

LUNATIK_NEWLIB(completion, luacompletion_lib, &luacompletion_class, NULL);

MODULE_DESCRIPTION("Lunatik: completions for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
