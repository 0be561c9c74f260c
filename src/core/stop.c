// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * stop.c - how a runtime ends, once: asked, shut, closed, given back.
 *
 * It runs in a work item, or that of the parent, outside the runtime's lock. It
 * waits for nothing that a script controls.
 */
#include <linux/slab.h>

#include "stop.h"
#include "budget.h"
#include "context.h"
#include "heap.h"
#include "hook.h"
#include "lock.h"
#include "object.h"
#include "param.h"
#include "percpu.h"
#include "pin.h"
#include "ref.h"
#include "registry.h"
#include "runtime.h"
#include "sink.h"
#include "vm.h"
#include "wait.h"
#include "work.h"

#define STOP_CLOSE	1000000		/* units for finalizers */

static void stop_request(struct lunatik_runtime *rt, int stage)
{
	lunatik_registry_setstopping(rt, stage, lunatik_stop_begin);
	lunatik_stop_wake(rt);
}

/* The first caller carries the stop out. All others wait for it. */
static bool stop_claim(struct lunatik_runtime *rt)
{
	return !xchg(&rt->stop.claimed, true);
}

/* After this, the next holder of the lock finds the runtime stopped. */
static void stop_shut(struct lunatik_runtime *rt)
{
	long grace = msecs_to_jiffies(lunatik_param_grace);

	if (!lunatik_runtime_lockstop(rt, max(grace, 1L))) {
		stop_request(rt, 2);
		lunatik_runtime_lockstop(rt, 0);
	}
	spin_lock_bh(&rt->lock.softirq);
	raw_spin_lock_irq(&rt->lock.hardirq);
	rt->state = LUNATIK_STOPPED;
	raw_spin_unlock_irq(&rt->lock.hardirq);
	spin_unlock_bh(&rt->lock.softirq);
	lunatik_body_unlock(rt);
	wake_up_all(&rt->lock.process.waiters);
}

static noinline_for_stack void stop_close(struct lunatik_runtime *rt)
{
	struct lunatik_entry entry = { .flags = LUNATIK_MAYSLEEP, .L = rt->L };

	if (!rt->L)
		return;
	rt->stopping = 1;	/* finalizers run, but never wait */
	rt->limits.budget = STOP_CLOSE;
	rt->limits.budgetall = true;
	lunatik_entry_begin(rt, &entry);
	lunatik_vm_finish(rt->L);
	if (lunatik_heap_isarena(rt))
		lunatik_vm_forget(rt->L);
	else
		lua_close(rt->L);
	rt->current_entry = NULL;
	rt->vm = NULL;
	rt->L = NULL;
	rt->stopping = 2;
}

static void stop_all(struct lunatik_runtime *rt)
{
	struct lunatik_runtime *child;

	stop_request(rt, 1);
	lunatik_hooks_disarm(rt);
	stop_shut(rt);
	lunatik_hooks_unregister(rt);
	irq_work_sync(&rt->lock.process.wake);
	while ((child = lunatik_registry_child(rt))) {
		lunatik_stop_here(child);
		lunatik_registry_unlist(child);
		lunatik_runtime_put(child);
	}
	lunatik_percpu_release(rt);
	stop_close(rt);
	lunatik_hooks_unlink(rt);
	lunatik_module_unpin(rt);
	lunatik_heap_exit(rt);
	if (rt->sink)
		lunatik_sink_put(rt->sink);
	rt->sink = NULL;
	lunatik_registry_unlist(rt);
	lunatik_registry_remove(rt);
	complete_all(&rt->stop.done);
	wake_up_all(&rt->stop.wait);
}

/**
 * lunatik_stop_begin() - start to stop a runtime, once
 *
 * Context: any but a probe
 * Return: false if that was done before
 */
bool lunatik_stop_begin(struct lunatik_runtime *rt)
{
	if (xchg(&rt->stop.queued, true))
		return false;
	kref_get(&rt->refs);
	queue_work(lunatik_workqueue, &rt->stop.work);
	return true;
}

/**
 * lunatik_stop_here() - stop a runtime in this task, and wait for that
 *
 * A worker may do it, but there may be no worker left: all may wait for this very
 * task.
 *
 * Context: process, may sleep; not from inside the runtime
 */
void lunatik_stop_here(struct lunatik_runtime *rt)
{
	lunatik_stop_begin(rt);
	if (stop_claim(rt))
		stop_all(rt);
	wait_for_completion(&rt->stop.done);
}

/**
 * lunatik_runtime_release() - the last handle is gone: nobody could stop it
 */
void lunatik_runtime_release(void *private)
{
	struct lunatik_runtime *rt = private;

	lunatik_stop_here(rt);
	lunatik_runtime_put(rt);
}

static void stop_endwork(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, stop.end);

	lunatik_object_end(rt->object);
}

/**
 * lunatik_runtime_end() - stop and free a runtime that the reaper has found
 * @object: its object
 *
 * Each in a work item of its own, which carries out the stop itself if nobody has begun: items that only wait could
 * take all workers from those that they wait for.
 *
 * Context: process
 */
void lunatik_runtime_end(lunatik_object_t *object)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(object);

	INIT_WORK(&rt->stop.end, stop_endwork);
	queue_work(lunatik_workqueue, &rt->stop.end);
}

static void stop_run(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, stop.work);

	if (stop_claim(rt))
		stop_all(rt);
	lunatik_runtime_put(rt);
}

/**
 * lunatik_stop_runtime() - stop a runtime and wait for it; may be repeated
 *
 * Context: process, may sleep; not from inside the runtime
 */
void lunatik_stop_runtime(struct lunatik_runtime *rt)
{
	lunatik_stop_begin(rt);
	wait_for_completion(&rt->stop.done);
}

static bool stop_isstopped(void *argument)
{
	struct lunatik_runtime *rt = argument;

	return completion_done(&rt->stop.done);
}

/* Whether this task runs inside @rt, directly or through what it created. */
static bool stop_calls(lua_State *L, struct lunatik_runtime *rt)
{
	struct lunatik_runtime *caller = lunatik_of(L);

	while (caller && caller != rt)
		caller = caller->caller;
	return caller == rt;
}

/* A state that is being closed never waits. */
static void stop_waitbriefly(struct lunatik_runtime *caller,
				struct lunatik_runtime *rt)
{
	if (caller->state != LUNATIK_STOPPED)
		wait_event_timeout(rt->stop.wait, stop_isstopped(rt),
				   lunatik_wait_brief(caller));
}

/**
 * lunatik_stop_wait() - a script stops a runtime
 * @L: state of the running entry
 * @rt: the runtime, referenced by the caller
 *
 * A runtime that stops itself is only asked to: it ends when the entry does.
 *
 * A caller that is to stop itself waits half a second in all: it often stops
 * others that it has started, and an abort follows where that takes too long.
 * The stops that it does not wait for go on.
 *
 * Return: 0, or -EINTR if a signal ended the wait; the stop goes on in that case
 */
int lunatik_stop_wait(lua_State *L, struct lunatik_runtime *rt)
{
	long left;

	lunatik_stop_begin(rt);
	if (stop_calls(L, rt) || !lunatik_maysleep(L))
		return 0;
	left = lunatik_wait(L, &rt->stop.wait, stop_isstopped, rt,
			    MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);
	if (left < 0 && lunatik_shouldstop(L)) {
		stop_waitbriefly(lunatik_of(L), rt);
		return 0;
	}
	return left < 0 ? left : 0;
}

/**
 * lunatik_stop_init() - prepare the stop of a new runtime
 */
void lunatik_stop_init(struct lunatik_runtime *rt)
{
	INIT_WORK(&rt->stop.work, stop_run);
	init_completion(&rt->stop.done);
	init_waitqueue_head(&rt->stop.wait);
}
