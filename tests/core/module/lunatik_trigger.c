// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_trigger.c - the library trigger: a hook that tests fire at will, in
 * the contexts in which the kernel calls hooks that may not sleep.
 *
 *   trigger.new(function(text) ... return verdict end, kind)
 *   trigger.fire(text)	    fire from inside; the errno that entering gave
 *
 * kind: process (a process runtime, preemption off), softirq (a tasklet),
 * hardirq (an interrupt), probe (an interrupt, declared as probes are).
 * Writing a text to /proc/lunatik_trigger fires it. Reading returns the result:
 * a word (verdict, neutral, refused), errno or Lua status, microseconds,
 * and on the next line the verdict.
 */
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include <lunatik.h>

#ifndef IRQ_WORK_INIT_HARD	/* since Linux 5.11 */
#define IRQ_WORK_INIT_HARD(function)					\
	{ .flags = ATOMIC_INIT(IRQ_WORK_HARD_IRQ), .func = (function) }
#endif

#define TRIGGER_TEXT	4096

enum trigger_kind {
	TRIGGER_PROCESS,
	TRIGGER_SOFTIRQ,
	TRIGGER_HARDIRQ,
	TRIGGER_PROBE,
	TRIGGER_KINDS
};

static const char *const trigger_kinds[] = {
	"process", "softirq", "hardirq", "probe", NULL
};

struct trigger {
	struct lunatik_hook hook;
	enum trigger_kind kind;
};

/**
 * struct trigger_shot - one firing
 * @entered: result of lunatik_enter()
 * @status: result of the call
 */
struct trigger_shot {
	struct trigger *trigger;
	char text[TRIGGER_TEXT];
	char verdict[TRIGGER_TEXT];
	size_t length;
	int entered;
	int status;
	u64 nanoseconds;
};

static DEFINE_MUTEX(trigger_mutex);
static struct trigger *trigger_current;
static struct trigger_shot trigger_shot;
static struct trigger_shot trigger_inner;
static DECLARE_COMPLETION(trigger_done);

/* ---- firing ---------------------------------------------------------------- */

/* Wraps a script's function, so that everything that may raise is protected. */
static int trigger_dispatch(lua_State *L)
{
	struct trigger_shot *shot = lua_touserdata(L, 1);
	const char *verdict;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushlstring(L, shot->text, shot->length);
	lua_call(L, 1, 1);
	verdict = luaL_tolstring(L, -1, NULL);
	strscpy(shot->verdict, verdict, TRIGGER_TEXT);
	return 0;
}

static void trigger_shoot(struct trigger_shot *shot)
{
	struct lunatik_entry entry;
	u64 start = ktime_get_mono_fast_ns();

	shot->status = LUA_OK;
	shot->verdict[0] = '\0';
	shot->entered = lunatik_enter(&shot->trigger->hook, &entry);
	if (!shot->entered) {
		lua_pushvalue(entry.L, 1);
		lua_pushlightuserdata(entry.L, shot);
		shot->status = lunatik_call(&entry, 1, 0);
		lunatik_leave(&entry);
	}
	shot->nanoseconds = ktime_get_mono_fast_ns() - start;
}

static void trigger_tasklet(struct tasklet_struct *tasklet)
{
	trigger_shoot(&trigger_shot);
	complete(&trigger_done);
}

static void trigger_irq(struct irq_work *work)
{
	trigger_shoot(&trigger_shot);
	complete(&trigger_done);
}

static DECLARE_TASKLET(trigger_soft, trigger_tasklet);
static struct irq_work trigger_hard = IRQ_WORK_INIT_HARD(trigger_irq);

static void trigger_fire(struct trigger *trigger)
{
	trigger_shot.trigger = trigger;
	if (trigger->kind == TRIGGER_PROCESS) {
		preempt_disable();
		trigger_shoot(&trigger_shot);
		preempt_enable();
		return;
	}
	reinit_completion(&trigger_done);
	if (trigger->kind == TRIGGER_SOFTIRQ)
		tasklet_schedule(&trigger_soft);
	else
		irq_work_queue(&trigger_hard);
	wait_for_completion(&trigger_done);
}

/* ---- /proc/lunatik_trigger ---------------------------------------------------- */

static ssize_t trigger_write(struct file *file, const char __user *buffer,
			     size_t length, loff_t *offset)
{
	ssize_t ret = -ENODEV;

	mutex_lock(&trigger_mutex);
	trigger_shot.length = min_t(size_t, length, TRIGGER_TEXT);
	if (copy_from_user(trigger_shot.text, buffer, trigger_shot.length)) {
		ret = -EFAULT;
	} else if (trigger_current) {
		trigger_fire(trigger_current);
		ret = length;
	}
	mutex_unlock(&trigger_mutex);
	return ret;
}

static const char *trigger_outcome(const struct trigger_shot *shot)
{
	if (shot->entered)
		return "refused";
	return shot->status == LUA_OK ? "verdict" : "neutral";
}

static ssize_t trigger_read(struct file *file, char __user *buffer,
			    size_t length, loff_t *offset)
{
	char *text = kmalloc(TRIGGER_TEXT + 100, GFP_KERNEL);
	struct trigger_shot *shot = &trigger_shot;
	ssize_t ret;
	int size;

	if (!text)
		return -ENOMEM;
	mutex_lock(&trigger_mutex);
	size = scnprintf(text, TRIGGER_TEXT + 100, "%s %d %llu\n%s\n",
			 trigger_outcome(shot),
			 shot->entered ? shot->entered : shot->status,
			 div_u64(shot->nanoseconds, 1000), shot->verdict);
	mutex_unlock(&trigger_mutex);
	ret = simple_read_from_buffer(buffer, length, offset, text, size);
	kfree(text);
	return ret;
}

static const struct proc_ops trigger_ops = {
	.proc_read = trigger_read,
	.proc_write = trigger_write,
};

/* ---- Lua ------------------------------------------------------------------------- */

/* The mutex: nothing fires any more when this returns. */
static void trigger_unregister(struct lunatik_hook *hook)
{
	mutex_lock(&trigger_mutex);
	trigger_current = NULL;
	mutex_unlock(&trigger_mutex);
}

static const struct lunatik_hooktype trigger_types[TRIGGER_KINDS] = {
	[TRIGGER_PROCESS] = {
		.name = "trigger",
		.contexts = LUNATIK_IN_PROCESS,
		.flags = LUNATIK_TRY,
		.unregister = trigger_unregister,
	},
	[TRIGGER_SOFTIRQ] = {
		.name = "trigger",
		.contexts = LUNATIK_IN_SOFTIRQ,
		.unregister = trigger_unregister,
	},
	[TRIGGER_HARDIRQ] = {
		.name = "trigger",
		.contexts = LUNATIK_IN_HARDIRQ,
		.flags = LUNATIK_TRY,
		.unregister = trigger_unregister,
	},
	[TRIGGER_PROBE] = {
		.name = "trigger",
		.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
		.flags = LUNATIK_TRY | LUNATIK_PROBE,
		.unregister = trigger_unregister,
	},
};

static void trigger_release(void *private)
{
	struct trigger *trigger = private;

	lunatik_releasehook(&trigger->hook);
}

static const lunatik_class_t trigger_class;

static int trigger_stop(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_checkclassobject(L, 1, &trigger_class);
	struct trigger *trigger = object->private;

	lunatik_stophook(L, &trigger->hook);
	return 0;
}

static const luaL_Reg trigger_methods[] = {
	{ "__gc", lunatik_deleteobject },
	{ "stop", trigger_stop },
	{ NULL, NULL }
};

static const lunatik_class_t trigger_class = {
	.name = "trigger",
	.methods = trigger_methods,
	.release = trigger_release,
	.owner = THIS_MODULE,
};

static bool trigger_publish(struct trigger *trigger)
{
	bool free;

	mutex_lock(&trigger_mutex);
	free = !trigger_current;
	if (free)
		trigger_current = trigger;
	mutex_unlock(&trigger_mutex);
	return free;
}

static int trigger_new(lua_State *L)
{
	enum trigger_kind kind = luaL_checkoption(L, 2, NULL, trigger_kinds);
	lunatik_object_t *object;
	struct trigger *trigger;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	object = lunatik_newobject(L, &trigger_class, sizeof(*trigger));
	trigger = object->private;
	trigger->kind = kind;
	lua_pushvalue(L, 1);
	lua_pushcclosure(L, trigger_dispatch, 1);
	lunatik_inithook(L, object, &trigger->hook, &trigger_types[kind]);
	lua_xmove(L, trigger->hook.L, 1);
	if (!trigger_publish(trigger)) {
		lunatik_drophook(L, &trigger->hook);
		return luaL_error(L, "there is a trigger already");
	}
	lunatik_armhook(&trigger->hook);
	return 1;
}

static int trigger_lfire(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);

	luaL_argcheck(L, trigger_shot.trigger, 1, "not from inside a trigger");
	trigger_inner.trigger = trigger_shot.trigger;
	trigger_inner.length = min_t(size_t, length, TRIGGER_TEXT);
	memcpy(trigger_inner.text, text, trigger_inner.length);
	trigger_shoot(&trigger_inner);
	lua_pushinteger(L, trigger_inner.entered);
	return 1;
}

/* A buffer with the bytes and the metatable of a handle, and whether it is one. */
static int trigger_lookalike(lua_State *L)
{
	size_t length = lua_rawlen(L, 1);
	void *copy;

	lunatik_checkobject(L, 1);
	copy = lua_newuserdatauv(L, length, 0);
	memcpy(copy, lua_touserdata(L, 1), length);
	lua_getmetatable(L, 1);
	lua_setmetatable(L, -2);
	lua_pushboolean(L, lunatik_isobject(L, -1));
	return 2;
}

static const luaL_Reg trigger_lib[] = {
	{ "new", trigger_new },
	{ "fire", trigger_lfire },
	{ "lookalike", trigger_lookalike },
	{ NULL, NULL }
};

LUNATIK_NEWLIB(trigger, trigger_lib, &trigger_class, NULL);

static int __init trigger_init(void)
{
	return proc_create("lunatik_trigger", 0600, NULL, &trigger_ops) ?
	       0 : -ENOMEM;
}

static void __exit trigger_exit(void)
{
	remove_proc_entry("lunatik_trigger", NULL);
	tasklet_kill(&trigger_soft);
	irq_work_sync(&trigger_hard);
}

module_init(trigger_init);
module_exit(trigger_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: a hook that is fired at will");
