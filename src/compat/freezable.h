/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * freezable.h - waits in which a task may be frozen, for suspend or by a cgroup
 *
 * Since Linux 6.1 a state says so (TASK_FREEZABLE); before, a flag of the task
 * around the wait does. A cgroup of version 2 freezes its tasks only on their way
 * out of the kernel, one of version 1 also where they wait. So a task inside a
 * script leaves the kernel, and the script can go on without it.
 */
#ifndef LUNATIK_COMPAT_FREEZABLE_H
#define LUNATIK_COMPAT_FREEZABLE_H

#include <linux/freezer.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#ifdef TASK_FREEZABLE
/* A runtime's lock may be held: unsafe for what else is frozen only in lockdep's eyes, as the others wait freezably. */
#define LUNATIK_FREEZABLE	TASK_FREEZABLE_UNSAFE
#else
#define LUNATIK_FREEZABLE	0
#endif

/**
 * schedule_freezable() - schedule_timeout() in a state with LUNATIK_FREEZABLE
 * @timeout: jiffies, or MAX_SCHEDULE_TIMEOUT
 *
 * Context: process, sleeps
 * Return: jiffies left
 */
static inline long schedule_freezable(long timeout)
{
#if !defined(TASK_FREEZABLE) && defined(CONFIG_FREEZER)
	freezer_do_not_count();
	timeout = schedule_timeout(timeout);
	freezer_count_unsafe();
	return timeout;
#else
	return schedule_timeout(timeout);
#endif
}

/**
 * wait_event_freezable_state() - wait_event() in a state, freezably
 * @queue: woken when @condition may have changed
 * @condition: expression
 * @state: TASK_INTERRUPTIBLE, TASK_KILLABLE or TASK_UNINTERRUPTIBLE, constant or not
 *
 * Return: 0, or -ERESTARTSYS if a signal came that @state lets through
 */
#define wait_event_freezable_state(queue, condition, state)		\
({									\
	int ret_ = 0;							\
									\
	might_sleep();							\
	if (!(condition))						\
		ret_ = ___wait_event(queue, condition,			\
				     ((state) | LUNATIK_FREEZABLE), 0, 0, \
				     schedule_freezable(MAX_SCHEDULE_TIMEOUT)); \
	ret_;								\
})

/**
 * recalc_signals() - find out anew whether a signal waits for the running task
 *
 * The lock keeps a signal that arrives meanwhile from being forgotten.
 *
 * Context: process
 */
static inline void recalc_signals(void)
{
	/* A running task keeps its own. */
	struct sighand_struct *sighand =
		rcu_dereference_protected(current->sighand, true);

	spin_lock_irq(&sighand->siglock);
	recalc_sigpending();
	spin_unlock_irq(&sighand->siglock);
}

/*
 * Whether a cgroup of version 1 freezes the task, and not suspend, which freezes init, too. Such a cgroup takes a task
 * that leaves the kernel, as well as one that it freezes where it waits.
 */
static inline bool freezer_iscgroup(void)
{
#ifdef CONFIG_CGROUP_FREEZER
	return unlikely(freezing(current)) && !(current->flags & PF_KTHREAD) &&
	       !freezing(init_pid_ns.child_reaper);
#else
	return false;
#endif
}

/**
 * freeze_here() - be frozen now, if suspend wants that
 *
 * For a task that was awake when the freezer began: it has set the mark of a
 * signal that does not exist.
 *
 * Context: process, may sleep
 */
static inline void freeze_here(void)
{
#ifdef CONFIG_FREEZER
	if (likely(!freezing(current)) || freezer_iscgroup())
		return;
	__refrigerator(false);
	recalc_signals();
#endif
}

/**
 * freezer_traps() - whether the task's cgroup waits for it to leave the kernel
 *
 * Context: process
 */
static inline bool freezer_traps(void)
{
	/* Without the freezer's feigned signal, a system call would not begin again. */
	return unlikely(READ_ONCE(current->jobctl) & JOBCTL_TRAP_FREEZE) ||
	       (freezer_iscgroup() && signal_pending(current));
}

#endif
