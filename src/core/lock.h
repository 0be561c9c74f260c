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
 * The softirq lock where bottom halves are off already. The kernel's functions count preemption, too, which those
 * have disabled; where they do more (debugging), or are no spinlocks (PREEMPT_RT), they are called.
 */
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || defined(CONFIG_PREEMPT_RT)
#define lunatik_lock_trysoftirq(lock)	spin_trylock(lock)
#define lunatik_lock_softirq(lock)	spin_lock(lock)
#define lunatik_lock_endsoftirq(lock)	spin_unlock(lock)
#else
#define lunatik_lock_trysoftirq(lock)	arch_spin_trylock(&(lock)->rlock.raw_lock)
#define lunatik_lock_softirq(lock)	arch_spin_lock(&(lock)->rlock.raw_lock)
#define lunatik_lock_endsoftirq(lock)	arch_spin_unlock(&(lock)->rlock.raw_lock)
#endif

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
