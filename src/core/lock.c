// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lock.c - the three locks of a runtime.
 *
 * The hook's kind decides who waits. Nothing guesses it from the context:
 *   - entries that may sleep wait for a process runtime: a system call until
 *     any signal, others killably, tasks that exit not at all;
 *   - softirq entries spin for a softirq runtime, bounded by the budget of the
 *     holder; with interrupts off, or when this very task (or the softirq above
 *     it) holds the runtime, they are missed;
 *   - everything else only tries, and a failure is a missed event.
 * The script body of every kind of runtime runs under the owner lock alone:
 * its hooks are disarmed, so that nobody else comes.
 */
#include <linux/sched/signal.h>

#include <lunatik_binding.h>

#include "lock.h"
#include "freezable.h"
#include "runtime.h"

static struct lock_class_key lock_key;

static void lock_wake(struct irq_work *work)
{
	struct lunatik_ownerlock *lock =
		container_of(work, struct lunatik_ownerlock, wake);

	lunatik_work_begin();
	wake_up(&lock->waiters);
	lunatik_work_end();
}

/**
 * lunatik_locks_init() - prepare the locks of a new runtime
 */
void lunatik_locks_init(struct lunatik_runtime *rt)
{
	atomic_set(&rt->lock.process.held, 0);
	init_waitqueue_head(&rt->lock.process.waiters);
	init_irq_work(&rt->lock.process.wake, lock_wake);
	spin_lock_init(&rt->lock.softirq);
	raw_spin_lock_init(&rt->lock.hardirq);
#ifdef CONFIG_LOCKDEP
	lockdep_init_map(&rt->lock.map, "lunatik_runtime", &lock_key, 0);
#else
	(void)lock_key;
#endif
}

static void owner_unlock(struct lunatik_runtime *rt, bool direct)
{
	if (!lunatik_lock_freeowner(&rt->lock))
		return;
	if (direct)
		wake_up(&rt->lock.process.waiters);
	else
		irq_work_queue(&rt->lock.process.wake);
}

/* Lockdep hears of it once the wait is over. */
static bool owner_take(struct lunatik_runtime *rt)
{
	return atomic_read(&rt->lock.process.held) == 0 &&
	       atomic_cmpxchg_acquire(&rt->lock.process.held, 0, 1) == 0;
}

static bool owner_got(struct lunatik_runtime *rt, struct lunatik_hook *hook,
		      bool *got)
{
	*got = owner_take(rt);
	return *got || READ_ONCE(rt->state) == LUNATIK_STOPPED ||
	       READ_ONCE(rt->stopping) || (hook && READ_ONCE(hook->stopping));
}

static int owner_wait(struct lunatik_runtime *rt, struct lunatik_hook *hook,
		      unsigned int state)
{
	bool got = false;

	if (wait_event_freezable_state(rt->lock.process.waiters,
				       owner_got(rt, hook, &got), state))
		return state == TASK_INTERRUPTIBLE ? -ERESTARTSYS : -EINTR;
	return got ? 0 : -ENXIO;
}

static int owner_lock(struct lunatik_runtime *rt, struct lunatik_hook *hook,
		      unsigned int state)
{
	int err = owner_wait(rt, hook, state);

	if (!err)
		lunatik_lock_depend(&rt->lock, false);
	return err;
}

static int lock_process(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	if (lunatik_lock_tryowner(&rt->lock))
		return 0;
	if (!(entry->flags & LUNATIK_MAYSLEEP) || (entry->flags & LUNATIK_TRY))
		return -EBUSY;
	/* No signal would reach it, and it may have a thousand files to release. */
	if (current->flags & PF_EXITING)
		return -EBUSY;
	return owner_lock(rt, entry->hook, entry->flags & LUNATIK_SYSCALL ?
					   TASK_INTERRUPTIBLE : TASK_KILLABLE);
}

/*
 * The task word, not the CPU, distinguishes recursion from contention: in a softirq,
 * current is the task that was interrupted, and that task runs nowhere else;
 * on PREEMPT_RT softirqs of one CPU preempt each other.
 */
static int lock_softirq(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	if (irqs_disabled() || in_nmi() || READ_ONCE(rt->lock.owner) == current)
		return -EBUSY;
	if (!(entry->flags & LUNATIK_TRY))
		spin_lock_bh(&rt->lock.softirq);
	else if (!spin_trylock_bh(&rt->lock.softirq))
		return -EBUSY;
	WRITE_ONCE(rt->lock.owner, current);
	return 0;
}

static int lock_hardirq(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	local_irq_save(entry->irqflags);
	if (raw_spin_trylock(&rt->lock.hardirq))
		return 0;
	local_irq_restore(entry->irqflags);
	return -EBUSY;
}

/**
 * lunatik_runtime_lock() - let an entry in
 * @rt: the runtime
 * @entry: with its flags set
 *
 * Return: 0, -EBUSY if the event is missed, -ENXIO if the runtime stops, -EINTR if
 * a fatal signal ended the wait, or -ERESTARTSYS if any did, with LUNATIK_SYSCALL
 */
int lunatik_runtime_lock(struct lunatik_runtime *rt, struct lunatik_entry *entry)
{
	switch (rt->context) {
	case LUNATIK_PROCESS:
		return lock_process(rt, entry);
	case LUNATIK_SOFTIRQ:
		return lock_softirq(rt, entry);
	default:
		return lock_hardirq(rt, entry);
	}
}

/**
 * lunatik_runtime_unlock() - let the next one in
 */
void lunatik_runtime_unlock(struct lunatik_runtime *rt,
			    struct lunatik_entry *entry)
{
	switch (rt->context) {
	case LUNATIK_PROCESS:
		owner_unlock(rt, entry->flags & LUNATIK_MAYSLEEP);
		break;
	case LUNATIK_SOFTIRQ:
		WRITE_ONCE(rt->lock.owner, NULL);
		spin_unlock_bh(&rt->lock.softirq);
		break;
	default:
		raw_spin_unlock(&rt->lock.hardirq);
		local_irq_restore(entry->irqflags);
	}
}

/**
 * lunatik_body_lock() - the owner lock alone, for the body
 *
 * Context: process, sleeps killably
 * Return: 0, -ENXIO or -EINTR
 */
int lunatik_body_lock(struct lunatik_runtime *rt)
{
	if (lunatik_lock_tryowner(&rt->lock))
		return 0;
	return owner_lock(rt, NULL, TASK_KILLABLE);
}

/**
 * lunatik_body_unlock() - undo lunatik_body_lock()
 */
void lunatik_body_unlock(struct lunatik_runtime *rt)
{
	owner_unlock(rt, true);
}

/**
 * lunatik_body_trylock() - the owner lock for what is resumed as if it were the body
 * @rt: a softirq or hardirq runtime
 *
 * Entries by its other lock find it busy until lunatik_hooks_arm().
 *
 * Context: process
 * Return: 0, -EBUSY, or -EOPNOTSUPP if the runtime has hooks or is stopped
 */
int lunatik_body_trylock(struct lunatik_runtime *rt)
{
	bool free;

	if (!lunatik_lock_tryowner(&rt->lock))
		return -EBUSY;
	spin_lock_bh(&rt->lock.softirq);
	raw_spin_lock_irq(&rt->lock.hardirq);
	raw_spin_lock(&rt->hooks.lock);
	/* Without hooks, the kernel calls nothing that could miss an event. */
	free = rt->state == LUNATIK_READY && list_empty(&rt->hooks.all);
	if (free)
		rt->state = LUNATIK_BODY;
	raw_spin_unlock(&rt->hooks.lock);
	raw_spin_unlock_irq(&rt->lock.hardirq);
	spin_unlock_bh(&rt->lock.softirq);
	if (free)
		return 0;
	lunatik_body_unlock(rt);
	return -EOPNOTSUPP;
}

/**
 * lunatik_runtime_locklate() - the owner lock of a process runtime, for a queued event
 *
 * The holder may stop the hook, and wait for the very work item that waits here.
 * The stop of the hook ends that wait, so lockdep does not see a dependency.
 *
 * Context: process, sleeps killably
 * Return: 0, -ENXIO or -EINTR
 */
int lunatik_runtime_locklate(struct lunatik_hook *hook)
{
	int err = owner_wait(hook->runtime, hook, TASK_KILLABLE);

	if (!err)
		lunatik_lock_depend(&hook->runtime->lock, true);
	return err;
}

/**
 * lunatik_runtime_lockstop() - the owner lock, for a stop of the runtime
 * @rt: the runtime, whose stop condition is set
 * @timeout: jiffies; 0 waits until the entry inside has ended
 *
 * Context: process, sleeps uninterruptibly: entries are bounded by then
 * Return: false on timeout
 */
bool lunatik_runtime_lockstop(struct lunatik_runtime *rt, long timeout)
{
	if (!timeout)
		wait_event(rt->lock.process.waiters, owner_take(rt));
	else if (!wait_event_timeout(rt->lock.process.waiters,
				     owner_take(rt), timeout))
		return false;
	lunatik_lock_depend(&rt->lock, true);
	return true;
}
