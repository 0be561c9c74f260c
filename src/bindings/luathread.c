// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luathread.c - the thread library: kernel threads that run a runtime's body
 *
 * The hook of a thread belongs to the runtime that it runs, so that stopping the
 * runtime ends it. The body holds the runtime's lock for its whole life, but
 * nothing waits for that lock without an end. Other entries of the runtime wait
 * killably. A stop first requests the end (blocking calls end, shouldstop() is
 * true), and aborts the body after a second.
 *
 * A thread object knows its task by the number's structure, which is small: a
 * task takes many times what its object does, and goes when it ends. While it
 * runs, the thread holds its object, which pays for the task, and this module.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/wait.h>

#include <lunatik_binding.h>
#include "freezable.h"
#include "kthread.h"

#define LUATHREAD_ASKED		HZ		/* between asking and aborting */
#define LUATHREAD_BRIEF		(HZ / 5)	/* of each, where the caller has little time itself */
#define LUATHREAD_ABORTED	(5 * HZ)	/* until a stop gives up waiting */
#define LUATHREAD_TASK	(THREAD_SIZE + sizeof(struct task_struct))
#define LUATHREAD_PID	SZ_256		/* about what a number takes */

/**
 * struct luathread - private area of a thread object
 * @hook: unused in what thread.current() makes of a foreign task
 * @self: the object
 * @pid: of the task, one reference; the task itself may be gone
 * @runtime: the runtime of the body; a reference while the thread runs, else only compared
 * @ours: thread.run() made it
 * @ended: the body has ended, or never began
 * @end: woken then
 * @node: in luathread_running
 */
struct luathread {
	struct lunatik_hook hook;
	lunatik_object_t *self;
	struct pid *pid;
	lunatik_object_t *runtime;
	bool ours;
	bool ended;
	wait_queue_head_t end;
	struct list_head node;
};

static const lunatik_class_t luathread_class;
static LIST_HEAD(luathread_running);
static DEFINE_MUTEX(luathread_mutex);

static bool luathread_hasended(void *argument)
{
	struct luathread *thread = argument;

	/* Pairs with luathread_main(): the body's results are there. */
	return smp_load_acquire(&thread->ended);
}

static void luathread_unlist(struct luathread *thread)
{
	mutex_lock(&luathread_mutex);
	list_del_init(&thread->node);
	mutex_unlock(&luathread_mutex);
}

/* ---- the kernel thread ----------------------------------------------------- */

static int luathread_body(struct luathread *thread)
{
	struct lunatik_entry entry;
	int ret = lunatik_enter(&thread->hook, &entry);

	if (ret)
		return ret;
	if (!READ_ONCE(thread->hook.stopping))
		ret = lunatik_body_resume(&entry);
	lunatik_leave(&entry);
	return ret < 0 ? -ENOEXEC : 0;
}

static int luathread_main(void *argument)
{
	struct luathread *thread = argument;
	lunatik_object_t *runtime = thread->runtime;
	int ret;

	set_freezable();
	ret = luathread_body(thread);
	luathread_unlist(thread);
	/* Pairs with luathread_hasended(). */
	smp_store_release(&thread->ended, true);
	wake_up_all(&thread->end);
	lunatik_hook_retire(&thread->hook);
	lunatik_putobject(runtime);
	lunatik_uncharge(thread->self, LUATHREAD_TASK);
	lunatik_putobject(thread->self);
	module_put_and_kthread_exit(ret);
	return 0;
}

/*
 * The runtime stops, or the script stopped the thread and has waited already.
 * Context: process, may sleep; outside the runtime's lock
 */
static void luathread_unregister(struct lunatik_hook *hook)
{
	struct luathread *thread = container_of(hook, struct luathread, hook);

	lunatik_hook_signal(hook, 1);
	if (wait_event_timeout(thread->end, luathread_hasended(thread),
			       LUATHREAD_ASKED))
		return;
	lunatik_hook_signal(hook, 2);
	wait_event(thread->end, luathread_hasended(thread));
}

static const struct lunatik_hooktype luathread_hooktype = {
	.name = "thread",
	.contexts = LUNATIK_IN_PROCESS,
	.flags = LUNATIK_MAYSLEEP,
	.unregister = luathread_unregister,
};

/* ---- run ----------------------------------------------------------------------- */

static lunatik_object_t *luathread_new(lua_State *L)
{
	lunatik_object_t *object = lunatik_newobject(L, &luathread_class,
						     sizeof(struct luathread));
	struct luathread *thread = object->private;

	thread->ended = true;
	init_waitqueue_head(&thread->end);
	INIT_LIST_HEAD(&thread->node);
	if (!lunatik_charge_reclaim(L, object, LUATHREAD_PID))
		luaL_error(L, "not enough memory");
	thread->self = object;
	return object;
}

/* One thread at a time runs a runtime. */
static bool luathread_list(struct luathread *thread)
{
	struct luathread *other;
	bool busy = false;

	mutex_lock(&luathread_mutex);
	list_for_each_entry(other, &luathread_running, node)
		busy |= other->runtime == thread->runtime;
	if (!busy)
		list_add(&thread->node, &luathread_running);
	mutex_unlock(&luathread_mutex);
	return !busy;
}

/* The task exists before it is published, and runs after. */
static struct task_struct *luathread_create(struct luathread *thread,
					    const char *name)
{
	struct task_struct *task;
	char clean[64];

	if (!lunatik_charge(thread->self, LUATHREAD_TASK))
		return ERR_PTR(-ENOMEM);
	/* The kernel shows it in its log, and keeps as much as it gets in memory that nobody is charged for. */
	lunatik_text_clean(clean, name, strnlen(name, sizeof(clean) - 1));
	task = kthread_create(luathread_main, thread, "%s", clean);
	if (IS_ERR(task))
		lunatik_uncharge(thread->self, LUATHREAD_TASK);
	else
		thread->pid = get_task_pid(task, PIDTYPE_PID);
	return task;
}

static void luathread_raise(lua_State *L, int err)
{
	const char *reason = "refused by the kernel";

	switch (err) {
	case -EBUSY:
		luaL_error(L, "runtime has a running thread already");
		break;
	case -EINVAL:
		luaL_argerror(L, 1, LUNATIK_ERR_NONSLEEPABLE);
		break;
	case -ENOMEM:
		luaL_error(L, "not enough memory");
		break;
	case -ENXIO:
		reason = "runtime is stopped";
		break;
	case -EINTR:
		reason = "interrupted";
	}
	luaL_error(L, "failed to create a new thread (%s, error %d)", reason, -err);
}

/* A thread takes the function from its runtime, so a missing function says less. */
static bool luathread_isbusy(lunatik_object_t *runtime)
{
	struct luathread *thread;
	bool busy = false;

	mutex_lock(&luathread_mutex);
	list_for_each_entry(thread, &luathread_running, node)
		busy |= thread->runtime == runtime;
	mutex_unlock(&luathread_mutex);
	return busy;
}

/* From here on a stop of the runtime waits for the thread, which runs soon. */
static int luathread_attach(lunatik_object_t *runtime, struct luathread *thread)
{
	int err;

	thread->runtime = runtime;
	if (!luathread_list(thread))
		return -EBUSY;
	thread->ended = false;
	err = lunatik_attachhook(runtime, thread->self, &thread->hook,
				 &luathread_hooktype);
	if (err) {
		thread->ended = true;
		luathread_unlist(thread);
	}
	return err;
}

/* Nothing but the object is left behind by a failure. */
static int luathread_start(lunatik_object_t *runtime, struct luathread *thread,
			   const char *name)
{
	struct task_struct *task = luathread_create(thread, name);
	int err;

	if (IS_ERR(task))
		return PTR_ERR(task);
	err = luathread_attach(runtime, thread);
	if (err) {
		/* A task that never ran its function ends without it. */
		kthread_stop(task);
		lunatik_uncharge(thread->self, LUATHREAD_TASK);
		return err;
	}
	__module_get(THIS_MODULE);
	lunatik_getobject(thread->self);
	lunatik_getobject(thread->runtime);
	thread->ours = true;
	/* From here on the task may be gone at any time. */
	wake_up_process(task);
	return 0;
}

/*
 * thread.run(runtime, name) - run what a script returned in a thread of its own
 */
static int luathread_run(lua_State *L)
{
	lunatik_object_t *runtime;
	struct luathread *thread;
	const char *name;
	int err;

	lunatik_checkclass(L, &luathread_class);
	lunatik_checksleep(L, "thread.run");
	runtime = lunatik_checkclassobject(L, 1, &lunatik_runtimeclass);
	if (luathread_isbusy(runtime))
		luathread_raise(L, -EBUSY);
	luaL_argcheck(L, lunatik_body_exists(runtime), 1,
		      "runtime has no function to run");
	name = luaL_checkstring(L, 2);
	thread = luathread_new(L)->private;
	/* Making it may have run a finalizer that stopped the runtime. */
	runtime = lunatik_checkclassobject(L, 1, &lunatik_runtimeclass);
	err = luathread_start(runtime, thread, name);
	if (err)
		luathread_raise(L, err);
	return 1;
}

/* ---- stop -------------------------------------------------------------------------- */

static struct luathread *luathread_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luathread_class)->private;
}

static void luathread_warn(lua_State *L, const char *what)
{
	lunatik_warn(lunatik_toruntime(L)->private, "thread", "stop: thread %s", what);
}

/*
 * The caller is being stopped itself, and soon is aborted: the thread has less
 * time. If that is too short, the thread ends a little later.
 */
static bool luathread_endbriefly(struct luathread *thread)
{
	if (wait_event_timeout(thread->end, luathread_hasended(thread),
			       LUATHREAD_BRIEF))
		return true;
	lunatik_hook_signal(&thread->hook, 2);
	return wait_event_timeout(thread->end, luathread_hasended(thread),
				  LUATHREAD_BRIEF);
}

/* Ask, then abort. Return: whether it has ended */
static bool luathread_end(lua_State *L, struct luathread *thread)
{
	long left;

	lunatik_hook_signal(&thread->hook, 1);
	left = lunatik_wait(L, &thread->end, luathread_hasended, thread,
			    LUATHREAD_ASKED, TASK_KILLABLE);
	if (left < 0 && lunatik_shouldstop(L))
		return luathread_endbriefly(thread);
	if (!left) {
		lunatik_hook_signal(&thread->hook, 2);
		left = lunatik_wait(L, &thread->end, luathread_hasended, thread,
				    LUATHREAD_ABORTED, TASK_KILLABLE);
	}
	if (left < 0)
		luaL_error(L, "failed to stop thread (interrupted, error %d)", EINTR);
	if (!left)
		luaL_error(L, "failed to stop thread (it does not end, error %d)", ETIMEDOUT);
	return true;
}

/* t:stop() - end the thread, and wait for it */
static int luathread_stop(lua_State *L)
{
	struct luathread *thread = luathread_check(L);

	lunatik_checksleep(L, "thread.stop");
	if (!thread->ours) {
		luathread_warn(L, "wasn't created by us");
	} else if (thread->pid == task_pid(current)) {
		luathread_warn(L, "cannot stop itself");
	} else if (luathread_hasended(thread)) {
		luathread_warn(L, "has already stopped");
		lunatik_stophook(L, &thread->hook);
	} else if (lunatik_toruntime(L)->private == thread->hook.runtime) {
		/* It needs the lock that the caller holds, and finds the request later. */
		lunatik_hook_signal(&thread->hook, 2);
	} else if (luathread_end(L, thread)) {
		lunatik_stophook(L, &thread->hook);
	}
	return 0;
}

/* ---- the rest ----------------------------------------------------------------------- */

/*
 * thread.shouldstop() - also true where a stop of the runtime waits for the caller
 */
static int luathread_shouldstop(lua_State *L)
{
	lua_pushboolean(L, lunatik_shouldstop(L));
	return 1;
}

/* thread.current() - the thread that runs */
static int luathread_current(lua_State *L)
{
	struct lunatik_entry *entry = lunatik_toentry(L);
	lunatik_object_t *object;
	struct luathread *thread;

	if (entry && entry->hook && entry->hook->type == &luathread_hooktype) {
		lunatik_pushobject(L, entry->hook->object);
		return 1;
	}
	object = luathread_new(L);
	thread = object->private;
	thread->pid = get_task_pid(current, PIDTYPE_PID);
	return 1;
}

static void luathread_setinteger(lua_State *L, const char *field,
				 lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

/* The task, with a reference, or NULL once it has ended. */
static struct task_struct *luathread_gettask(struct luathread *thread)
{
	if (!thread->pid || (thread->ours && luathread_hasended(thread)))
		return NULL;
	return get_pid_task(thread->pid, PIDTYPE_PID);
}

/* t:task() - a table, or nil once the thread has ended */
static int luathread_task(lua_State *L)
{
	struct luathread *thread = luathread_check(L);
	struct task_struct *task = luathread_gettask(thread);
	char command[TASK_COMM_LEN];
	pid_t pid, tgid;
	unsigned int cpu;

	if (!task) {
		lua_pushnil(L);
		return 1;
	}
	get_task_comm(command, task);
	cpu = task_cpu(task);
	pid = task_pid_nr(task);
	tgid = task_tgid_nr(task);
	put_task_struct(task);
	lua_createtable(L, 0, 4);
	luathread_setinteger(L, "cpu", cpu);
	luathread_setinteger(L, "pid", pid);
	luathread_setinteger(L, "tgid", tgid);
	lua_pushstring(L, command);
	lua_setfield(L, -2, "command");
	return 1;
}

static void luathread_release(void *private)
{
	struct luathread *thread = private;

	lunatik_releasehook(&thread->hook);
	put_pid(thread->pid);
	if (thread->self)
		lunatik_uncharge(thread->self, LUATHREAD_PID);
}

static const luaL_Reg luathread_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luathread_stop},
	{"task", luathread_task},
	{NULL, NULL}
};

static const lunatik_class_t luathread_class = {
	.name = "thread",
	.methods = luathread_methods,
	.release = luathread_release,
	.sleep = true,
	.owner = THIS_MODULE,
};

static const luaL_Reg luathread_lib[] = {
	{"run", luathread_run},
	{"shouldstop", luathread_shouldstop},
	{"current", luathread_current},
	{NULL, NULL}
};

LUNATIK_NEWLIB(thread, luathread_lib, &luathread_class, NULL);

MODULE_DESCRIPTION("Lunatik: kernel threads in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
