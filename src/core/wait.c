// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * wait.c - how entries block, and what ends that: stops, signals, freezing.
 */
#include <linux/sched/signal.h>

#include "wait.h"
#include "context.h"
#include "freezable.h"
#include "runtime.h"

#define WAIT_TURN	(HZ / 4)	/* between two looks at what wakes nobody */
#define WAIT_BRIEF	(HZ / 2)	/* for all waits of an entry that is over */
#define WAIT_AGAIN	(10 * HZ)	/* another entry is over by then */

/* An entry with a caller waits here: the stop of any of them has to wake it. */
static DECLARE_WAIT_QUEUE_HEAD(wait_nested);

/**
 * lunatik_stop_wake() - a stop condition of the runtime or of its hooks was set
 */
void lunatik_stop_wake(struct lunatik_runtime *rt)
{
	wake_up_all(&rt->stop.wait);
	wake_up_all(&rt->lock.process.waiters);
	wake_up_all(&wait_nested);
}

/* Those who called it wait for it, and would call it again. */
static void wait_cut(struct lunatik_entry *entry)
{
	struct lunatik_runtime *caller;

	while (entry) {
		entry->flags |= LUNATIK_CUT;
		caller = entry->runtime->caller;
		entry = caller ? caller->current_entry : NULL;
	}
}

static bool wait_over(lua_State *L, unsigned int state)
{
	if (lunatik_shouldstop(L))
		return true;
	if (freezer_traps()) {
		wait_cut(lunatik_toentry(L));
		return true;
	}
	freeze_here();
	/* The freezer feigns a signal, and may have given up since. */
	if (signal_pending(current) && !(current->flags & PF_KTHREAD))
		recalc_signals();
	return signal_pending_state(state, current);
}

/*
 * A cgroup would freeze a task where it sleeps, inside the script, and the freezer wakes no task whose state lets no
 * signal through: that one looks from time to time. Threads are frozen here, for suspend.
 */
static long wait_sleep(unsigned int state, long timeout)
{
	long turn = timeout, left;

	if (current->flags & PF_KTHREAD) {
		left = schedule_freezable(timeout);
	} else {
		if (!(state & TASK_INTERRUPTIBLE))
			turn = min_t(long, timeout, WAIT_TURN);
		left = schedule_timeout(turn);
	}
	return timeout == MAX_SCHEDULE_TIMEOUT ? timeout : timeout - turn + left;
}

/* wait_woken() for two queues: a wake-up of either ends the sleep. */
static long wait_both(struct wait_queue_entry *stop,
		      struct wait_queue_entry *wait, unsigned int state,
		      long timeout)
{
	if (current->flags & PF_KTHREAD)
		state |= LUNATIK_FREEZABLE;
	set_current_state(state);
	if (!((stop->flags | wait->flags) & WQ_FLAG_WOKEN))
		timeout = wait_sleep(state, timeout);
	__set_current_state(TASK_RUNNING);
	stop->flags &= ~WQ_FLAG_WOKEN;
	/* As in wait_woken(): pairs with woken_wake_function(). */
	smp_store_mb(wait->flags, wait->flags & ~WQ_FLAG_WOKEN);
	return timeout;
}

static long wait_loop(lua_State *L, bool (*ready)(void *argument),
		      void *argument, long timeout, unsigned int state,
		      struct wait_queue_entry *stop,
		      struct wait_queue_entry *wait)
{
	while (!ready || !ready(argument)) {
		if (wait_over(L, state))
			return -EINTR;
		if (!timeout)
			return 0;
		timeout = wait_both(stop, wait, state, timeout);
	}
	return max(timeout, 1L);
}

int lunatik_wait(lua_State *L, wait_queue_head_t *queue,
		 bool (*ready)(void *argument), void *argument,
		 long timeout, unsigned int state)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	wait_queue_head_t *stops = rt->caller ? &wait_nested : &rt->stop.wait;
	DEFINE_WAIT_FUNC(stop, woken_wake_function);
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long left;

	/* Not to be taken for a hung task either. */
	state |= TASK_WAKEKILL;
	add_wait_queue(stops, &stop);
	if (queue)
		add_wait_queue(queue, &wait);
	left = wait_loop(L, ready, argument, timeout, state, &stop, &wait);
	if (queue)
		remove_wait_queue(queue, &wait);
	remove_wait_queue(stops, &stop);
	return min_t(long, left, INT_MAX);
}
EXPORT_SYMBOL(lunatik_wait);

/**
 * lunatik_wait_brief() - how long an entry that is to end may still wait
 * @rt: its runtime
 *
 * A script that ends often stops others that it has started, or loads a file, and
 * both are usually quick. All such waits together have half a second.
 *
 * Context: inside an entry of the runtime
 * Return: jiffies
 */
unsigned long lunatik_wait_brief(struct lunatik_runtime *rt)
{
	unsigned long now = jiffies;

	if (!rt->stop.brief || time_after(now, rt->stop.brief + WAIT_AGAIN))
		rt->stop.brief = now + WAIT_BRIEF;
	return time_before(now, rt->stop.brief) ? rt->stop.brief - now : 0;
}
