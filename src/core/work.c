// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * work.c - what is done later: work queues, irq_work, a count of what is dying.
 */
#include <lunatik_binding.h>

#include "work.h"

#define WORK_MOST	32	/* irq_work functions of ours in a tick, until probes in interrupts are missed */

struct workqueue_struct *lunatik_workqueue;
struct workqueue_struct *lunatik_refills;	/* of its own: no refill waits behind a stop */

static atomic_long_t work_ndying;
static DECLARE_WAIT_QUEUE_HEAD(work_idle);

/* ---- guards ------------------------------------------------------------- */

/*
 * Functions of probes, and of our irq_work, that run on this CPU: meanwhile all other
 * events of probes there are missed.
 */
DEFINE_PER_CPU(int, lunatik_inside);
static DEFINE_PER_CPU(unsigned long, work_tick);
static DEFINE_PER_CPU(unsigned int, work_runs);	/* in that tick */
EXPORT_PER_CPU_SYMBOL_GPL(lunatik_inside);

/**
 * lunatik_work_begin() - an irq_work function of ours begins
 *
 * Until lunatik_work_end() the probes on this CPU are ignored: a probe on a function
 * that it calls would queue it again, for ever. With PREEMPT_RT it runs in a thread,
 * which does not starve others, so that nothing has to be ignored.
 *
 * Context: irq_work
 */
void lunatik_work_begin(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	this_cpu_inc(lunatik_inside);
	if (time_after(jiffies, this_cpu_read(work_tick))) {
		this_cpu_write(work_tick, jiffies);
		this_cpu_write(work_runs, 0);
	}
	this_cpu_inc(work_runs);
}
EXPORT_SYMBOL(lunatik_work_begin);

/**
 * lunatik_work_isbusy() - whether too many of them ran on this CPU in this tick
 *
 * A probe right behind them, in the same interrupt, may queue the next one each time:
 * the CPU would never leave the interrupt.
 *
 * Context: any, without preemption
 * Return: whether more than 32 did
 */
bool lunatik_work_isbusy(void)
{
	return this_cpu_read(work_runs) > WORK_MOST &&
	       !time_after(jiffies, this_cpu_read(work_tick));
}
EXPORT_SYMBOL_GPL(lunatik_work_isbusy);

/**
 * lunatik_work_end() - it ends
 *
 * Context: irq_work
 */
void lunatik_work_end(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		this_cpu_dec(lunatik_inside);
}
EXPORT_SYMBOL(lunatik_work_end);

/* ---- what is dying ------------------------------------------------------ */

/**
 * lunatik_dying_begin() - something is yet to be freed or unregistered
 *
 * Context: any
 */
void lunatik_dying_begin(void)
{
	atomic_long_inc(&work_ndying);
}

/**
 * lunatik_dying_end() - it is gone
 *
 * Context: process
 */
void lunatik_dying_end(void)
{
	if (atomic_long_dec_and_test(&work_ndying))
		wake_up_all(&work_idle);
}

/**
 * lunatik_dying_is() - whether anything is
 *
 * Context: any
 */
bool lunatik_dying_is(void)
{
	return atomic_long_read(&work_ndying);
}

/**
 * lunatik_dying_queue() - woken when lunatik_dying_is() has become false
 */
wait_queue_head_t *lunatik_dying_queue(void)
{
	return &work_idle;
}

/* ---- queues ------------------------------------------------------------- */

/**
 * lunatik_work_init() - make the work queues
 *
 * Return: 0 or -ENOMEM
 */
int lunatik_work_init(void)
{
	lunatik_workqueue = alloc_workqueue("lunatik", WQ_UNBOUND, 0);
	if (!lunatik_workqueue)
		return -ENOMEM;
	lunatik_refills = alloc_workqueue("lunatik_refills", WQ_UNBOUND, 0);
	if (lunatik_refills)
		return 0;
	destroy_workqueue(lunatik_workqueue);
	return -ENOMEM;
}

/**
 * lunatik_work_exit() - undo lunatik_work_init()
 */
void lunatik_work_exit(void)
{
	destroy_workqueue(lunatik_refills);
	destroy_workqueue(lunatik_workqueue);
}
