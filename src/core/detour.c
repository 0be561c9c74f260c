// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * detour.c - calls that may hang for reasons which no stop ends: modprobe, a file system that does not answer.
 *
 * They run in a thread of their own. The entry waits for that in a way which a stop ends; the thread then gets a fatal
 * signal, which ends its waiting for a program, and goes when it can. It touches nothing of the entry's: it has a copy of
 * its argument, or owns it from then on.
 *
 * A thread that nobody has left behind waits for the next call, as it costs much to make one. It holds no reference to a
 * module meanwhile.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include <lunatik_binding.h>

#include "context.h"
#include "detour.h"
#include "kthread.h"
#include "wait.h"

#define DETOUR_LEFT	32	/* threads that nobody waits for */

static atomic_t detour_left;

/**
 * struct detour - one such call
 * @refs: the entry and the thread hold one each
 * @function: the call
 * @release: frees @argument if the entry has left it to the thread, or NULL
 * @owner: module of both, held until the thread is done
 * @argument: for @function
 * @end: woken then
 * @result: its result
 * @ended: @result is valid; set under detour_lock
 * @abandoned: nobody waits any more; set under detour_lock, before @ended
 * @data: a copied argument
 */
struct detour {
	struct kref refs;
	int (*function)(void *argument);
	void (*release)(void *argument);
	struct module *owner;
	void *argument;
	wait_queue_head_t end;
	int result;
	bool ended;
	bool abandoned;
	u8 data[] __aligned(8);
};

/**
 * struct detour_thread - a thread that makes such calls; on its stack
 * @task: itself
 * @detour: the call, or NULL while it waits for one
 */
struct detour_thread {
	struct task_struct *task;
	struct detour *detour;
};

/* The thread that waits for a call, or NULL. It goes only if it is taken from here. */
static struct detour_thread *detour_idle;
static DEFINE_SPINLOCK(detour_lock);

static void detour_release(struct kref *refs)
{
	struct detour *detour = container_of(refs, struct detour, refs);

	if (detour->abandoned) {
		if (detour->release)
			detour->release(detour->argument);
		atomic_dec(&detour_left);
	}
	kfree(detour);
}

static bool detour_hasended(void *argument)
{
	struct detour *detour = argument;

	/* Pairs with detour_finish(): the result is there. */
	return smp_load_acquire(&detour->ended);
}

/* ---- in the thread ------------------------------------------------------- */

static bool detour_isabandoned(struct detour *detour)
{
	bool abandoned;

	spin_lock(&detour_lock);
	abandoned = detour->abandoned;
	spin_unlock(&detour_lock);
	return abandoned;
}

/* Return: whether the thread is there for another call. One that was left behind may get a signal yet. */
static bool detour_finish(struct detour_thread *thread, struct detour *detour)
{
	bool stays;

	spin_lock(&detour_lock);
	/* Pairs with detour_hasended(). */
	smp_store_release(&detour->ended, true);
	stays = !detour->abandoned && !detour_idle;
	if (stays) {
		thread->detour = NULL;
		detour_idle = thread;
	}
	spin_unlock(&detour_lock);
	return stays;
}

static bool detour_execute(struct detour_thread *thread)
{
	struct detour *detour = thread->detour;
	struct module *owner = detour->owner;
	bool stays;

	flush_signals(current);		/* of others: that of the entry comes with the flag */
	if (!detour_isabandoned(detour))
		detour->result = detour->function(detour->argument);
	stays = detour_finish(thread, detour);
	wake_up_all(&detour->end);
	kref_put(&detour->refs, detour_release);
	module_put(owner);
	return stays;
}

/* Return: whether there is a call; else the module is being unloaded. */
static bool detour_iscalled(struct detour_thread *thread)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		/* Pairs with detour_takeidle(). */
		if (smp_load_acquire(&thread->detour) || kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return thread->detour;
}

static int detour_main(void *argument)
{
	struct detour_thread thread = { .task = current, .detour = argument };

	allow_signal(SIGKILL);
	while (detour_execute(&thread)) {
		module_put(THIS_MODULE);
		if (!detour_iscalled(&thread))
			return 0;
	}
	module_put_and_kthread_exit(0);
	return 0;
}

/* ---- in the entry --------------------------------------------------------- */

/* Return: the thread that was idle, with a reference, or NULL */
static struct task_struct *detour_takeidle(struct detour *detour)
{
	struct task_struct *task = NULL;

	spin_lock(&detour_lock);
	if (detour_idle) {
		task = detour_idle->task;
		get_task_struct(task);
		/* Pairs with detour_iscalled(). */
		smp_store_release(&detour_idle->detour, detour);
		detour_idle = NULL;
	}
	spin_unlock(&detour_lock);
	return task;
}

static struct task_struct *detour_newthread(struct detour *detour)
{
	struct task_struct *task = kthread_create(detour_main, detour,
						  "lunatik_detour");

	if (!IS_ERR(task))
		get_task_struct(task);
	return task;
}

/* Return: the thread, with a reference, or an error pointer */
static struct task_struct *detour_start(struct detour *detour)
{
	struct task_struct *task;

	__module_get(THIS_MODULE);
	__module_get(detour->owner);
	kref_get(&detour->refs);
	task = detour_takeidle(detour) ?: detour_newthread(detour);
	if (!IS_ERR(task)) {
		wake_up_process(task);
		return task;
	}
	kref_put(&detour->refs, detour_release);
	module_put(detour->owner);
	module_put(THIS_MODULE);
	return task;
}

static unsigned int detour_state(lua_State *L)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	return entry && (entry->flags & LUNATIK_SIGNALS) ? TASK_INTERRUPTIBLE :
							   TASK_KILLABLE;
}

/*
 * An entry that is to end waits for modprobe no longer, but it still loads a file that
 * a file system has at hand.
 */
static bool detour_await(lua_State *L, struct detour *detour)
{
	if (lunatik_wait(L, &detour->end, detour_hasended, detour,
			 MAX_SCHEDULE_TIMEOUT, detour_state(L)) > 0)
		return true;
	return detour->release &&
	       wait_event_timeout(detour->end, detour_hasended(detour),
				  lunatik_wait_brief(lunatik_of(L)));
}

/* Return: false if the call has ended meanwhile */
static bool detour_abandon(struct detour *detour, struct task_struct *task)
{
	bool abandoned;

	spin_lock(&detour_lock);
	abandoned = !detour->ended;
	if (abandoned) {
		atomic_inc(&detour_left);
		detour->abandoned = true;
		send_sig(SIGKILL, task, 1);
	}
	spin_unlock(&detour_lock);
	return abandoned;
}

static int detour_wait(lua_State *L, struct detour *detour,
		       struct task_struct *task)
{
	if (detour_await(L, detour) || !detour_abandon(detour, task))
		return detour->result;
	return -EINTR;
}

static struct detour *detour_new(struct module *owner,
				 int (*function)(void *argument), size_t size)
{
	struct detour *detour = kzalloc(struct_size(detour, data, size),
					LUNATIK_GFP);

	if (!detour)
		return NULL;
	kref_init(&detour->refs);
	init_waitqueue_head(&detour->end);
	detour->function = function;
	detour->owner = owner;
	return detour;
}

static int detour_run(lua_State *L, struct detour *detour)
{
	struct task_struct *task = detour_start(detour);
	int result;

	if (IS_ERR(task))
		return PTR_ERR(task);
	result = detour_wait(L, detour, task);
	put_task_struct(task);
	return result;
}

int lunatik_detour(lua_State *L, struct module *owner,
		   int (*function)(void *data), const void *data, size_t size)
{
	struct detour *detour = detour_new(owner, function, size);
	int result;

	if (!detour)
		return -ENOMEM;
	memcpy(detour->data, data, size);
	detour->argument = detour->data;
	result = detour_run(L, detour);
	kref_put(&detour->refs, detour_release);
	return result;
}
EXPORT_SYMBOL(lunatik_detour);

/*
 * So many threads hang that no more may be risked. The entry makes the call itself, and
 * hangs if the file system does: so whatever works goes on, and the threads are bounded.
 */
static bool detour_isfull(void)
{
	return atomic_read(&detour_left) >= DETOUR_LEFT;
}

/**
 * lunatik_detour_pass() - lunatik_detour() for an argument that holds memory, references or files
 * @L: state of an entry that may sleep
 * @owner: module of both functions
 * @function: as for lunatik_detour(); also called here, if too many threads hang
 * @release: gives the argument back if nobody waits any more; runs in the thread or here, and raises nothing
 * @argument: belongs to the thread until it has ended
 * @result: set as lunatik_detour() returns it
 *
 * An entry that is to end still waits, half a second at most: a look-up is usually quick.
 *
 * Context: process, may sleep; does not raise
 * Return: true if @argument is the caller's again; false if a thread that hangs has it
 */
bool lunatik_detour_pass(lua_State *L, struct module *owner,
			 int (*function)(void *argument),
			 void (*release)(void *argument), void *argument,
			 int *result)
{
	bool over = lunatik_wait(L, NULL, NULL, NULL, 0, detour_state(L)) < 0;
	struct detour *detour;
	bool back;

	*result = -EINTR;
	if (over && (detour_isfull() || !lunatik_wait_brief(lunatik_of(L))))
		return true;
	if (detour_isfull()) {
		*result = lunatik_calldeep(function, argument);
		return true;
	}
	*result = -ENOMEM;
	detour = detour_new(owner, function, 0);
	if (!detour)
		return true;
	detour->release = release;
	detour->argument = argument;
	*result = detour_run(L, detour);
	back = !detour->abandoned;
	kref_put(&detour->refs, detour_release);
	return back;
}
EXPORT_SYMBOL_GPL(lunatik_detour_pass);

/**
 * lunatik_detours_exit() - end the thread that waits for a call
 *
 * Context: process, may sleep; no script runs
 */
void lunatik_detours_exit(void)
{
	struct detour_thread *thread;

	spin_lock(&detour_lock);
	thread = detour_idle;
	detour_idle = NULL;
	spin_unlock(&detour_lock);
	if (thread)
		kthread_stop(thread->task);
}
