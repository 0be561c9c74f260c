/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lock.h - the three locks of a runtime
 */
#ifndef LUNATIK_LOCK_H
#define LUNATIK_LOCK_H

#include <lunatik.h>

#include <linux/irq_work.h>
#include <linux/lockdep.h>

/**
 * struct lunatik_ownerlock - lock of a process runtime
 * @held: 0 or 1; taken by cmpxchg, so that an entry in any context may try
 * @waiters: sleeping entries
 * @wake: wakes @waiters for a holder that may not
 *
 * Not a mutex: mutex_trylock() is illegal in interrupts, and a probe may have
 * fired inside the mutex code.
 */
struct lunatik_ownerlock {
	atomic_t held;
	wait_queue_head_t waiters;
	struct irq_work wake;
};

/**
 * struct lunatik_locks - a runtime's locks; @process is for bodies of all kinds
 * @process: of process runtimes
 * @softirq: of softirq runtimes
 * @hardirq: of hardirq runtimes
 * @owner: task that holds @softirq
 */
struct lunatik_locks {
	struct lunatik_ownerlock process;
	spinlock_t softirq;
	raw_spinlock_t hardirq;
#ifdef CONFIG_LOCKDEP
	struct lockdep_map map;
#endif
	struct task_struct *owner;
};

/*
 * The softirq lock where bottom halves are off already, and the hardirq lock where interrupts are. The kernel's functions
 * count preemption, too, which cannot happen there. They are called where they do more (debugging), and where they sleep
 * (PREEMPT_RT).
 */
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || defined(CONFIG_PREEMPT_RT)
#define lunatik_lock_trysoftirq(lock)	spin_trylock(lock)
#define lunatik_lock_softirq(lock)	spin_lock(lock)
#define lunatik_lock_endsoftirq(lock)	spin_unlock(lock)
#define lunatik_lock_tryhardirq(lock)	raw_spin_trylock(lock)
#define lunatik_lock_endhardirq(lock)	raw_spin_unlock(lock)
#else
#define lunatik_lock_trysoftirq(lock)	arch_spin_trylock(&(lock)->rlock.raw_lock)
#define lunatik_lock_softirq(lock)	arch_spin_lock(&(lock)->rlock.raw_lock)
#define lunatik_lock_endsoftirq(lock)	arch_spin_unlock(&(lock)->rlock.raw_lock)
#define lunatik_lock_tryhardirq(lock)	arch_spin_trylock(&(lock)->raw_lock)
#define lunatik_lock_endhardirq(lock)	arch_spin_unlock(&(lock)->raw_lock)
#endif

/* For lockdep, the owner lock is a lock like any other. One that was taken at once counts as tried: nobody waited for it. */
static __always_inline void lunatik_lock_depend(struct lunatik_locks *lock, bool tried)
{
#ifdef CONFIG_LOCKDEP
	lock_acquire_exclusive(&lock->map, 0, tried, NULL, _THIS_IP_);
#endif
}

static __always_inline bool lunatik_lock_tryowner(struct lunatik_locks *lock)
{
	if (unlikely(atomic_read(&lock->process.held) ||
		     atomic_cmpxchg_acquire(&lock->process.held, 0, 1)))
		return false;
	lunatik_lock_depend(lock, true);
	return true;
}

/* Return: whether somebody waits, to be woken */
static __always_inline bool lunatik_lock_freeowner(struct lunatik_locks *lock)
{
#ifdef CONFIG_LOCKDEP
	lock_release(&lock->map, _THIS_IP_);
#endif
	atomic_set_release(&lock->process.held, 0);
	smp_mb();	/* a waiter that queues itself now sees the lock free */
	return unlikely(waitqueue_active(&lock->process.waiters));
}

void lunatik_locks_init(struct lunatik_runtime *rt);
int lunatik_runtime_lock(struct lunatik_runtime *rt, struct lunatik_entry *entry);
void lunatik_runtime_unlock(struct lunatik_runtime *rt,
			    struct lunatik_entry *entry);
int lunatik_body_lock(struct lunatik_runtime *rt);
int lunatik_body_trylock(struct lunatik_runtime *rt);
int lunatik_runtime_locklate(struct lunatik_hook *hook);
void lunatik_body_unlock(struct lunatik_runtime *rt);
bool lunatik_runtime_lockstop(struct lunatik_runtime *rt, long timeout);

#endif
