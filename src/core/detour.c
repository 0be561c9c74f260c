// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * detour.c - calls that may hang for reasons which no stop ends, such as modprobe.
 *
 * They run in a thread of their own. The entry waits for that in a way which a stop ends; the thread then gets a fatal
 * signal, which ends its waiting for a program, and goes when it can.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include <lunatik.h>

#include "kthread.h"

/**
 * struct detour - one such call
 * @refs: the entry and the thread hold one each
 * @function: the call
 * @owner: its module, held until it has returned
 * @end: woken then
 * @result: its result
 * @ended: @result is valid
 * @abandoned: nobody waits any more
 * @data: its argument
 */
struct detour {
	struct kref refs;
	int (*function)(void *data);
	struct module *owner;
	wait_queue_head_t end;
	int result;
	bool ended;
	bool abandoned;
	u8 data[] __aligned(8);
};

static void detour_release(struct kref *refs)
{
	kfree(container_of(refs, struct detour, refs));
}

static bool detour_hasended(void *argument)
{
	struct detour *detour = argument;

	/* Pairs with detour_main(): the result is there. */
	return smp_load_acquire(&detour->ended);
}

static int detour_main(void *argument)
{
	struct detour *detour = argument;
	struct module *owner = detour->owner;

	allow_signal(SIGKILL);
	/* A signal that came before was ignored. */
	smp_mb();
	if (!READ_ONCE(detour->abandoned))
		detour->result = detour->function(detour->data);
	/* Pairs with detour_hasended(). */
	smp_store_release(&detour->ended, true);
	wake_up_all(&detour->end);
	kref_put(&detour->refs, detour_release);
	module_put(owner);
	module_put_and_kthread_exit(0);
	return 0;
}

/* Return: the thread, with a reference, or an error pointer */
static struct task_struct *detour_start(struct detour *detour)
{
	struct task_struct *task = kthread_create(detour_main, detour,
						  "lunatik_detour");

	if (IS_ERR(task))
		return task;
	get_task_struct(task);
	__module_get(THIS_MODULE);
	__module_get(detour->owner);
	kref_get(&detour->refs);
	wake_up_process(task);
	return task;
}

static int detour_wait(lua_State *L, struct detour *detour,
		       struct task_struct *task)
{
	struct lunatik_entry *entry = lunatik_toentry(L);
	bool signals = entry && (entry->flags & LUNATIK_SIGNALS);

	if (lunatik_wait(L, &detour->end, detour_hasended, detour,
			 MAX_SCHEDULE_TIMEOUT,
			 signals ? TASK_INTERRUPTIBLE : TASK_KILLABLE) > 0)
		return detour->result;
	WRITE_ONCE(detour->abandoned, true);
	/* Pairs with detour_main(): it sees the flag or gets the signal. */
	smp_mb();
	send_sig(SIGKILL, task, 1);
	return -EINTR;
}

int lunatik_detour(lua_State *L, struct module *owner,
		   int (*function)(void *data), const void *data, size_t size)
{
	struct detour *detour = kzalloc(struct_size(detour, data, size),
					LUNATIK_GFP);
	struct task_struct *task;
	int result;

	if (!detour)
		return -ENOMEM;
	kref_init(&detour->refs);
	init_waitqueue_head(&detour->end);
	detour->function = function;
	detour->owner = owner;
	memcpy(detour->data, data, size);
	task = detour_start(detour);
	result = PTR_ERR_OR_ZERO(task);
	if (!result) {
		result = detour_wait(L, detour, task);
		put_task_struct(task);
	}
	kref_put(&detour->refs, detour_release);
	return result;
}
EXPORT_SYMBOL(lunatik_detour);
