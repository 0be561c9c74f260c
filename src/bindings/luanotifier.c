// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luanotifier.c - the notifier library: events of keyboard, terminals and
 * network interfaces
 *
 * keyboard, vterm: atomic chains, called with interrupts off or from inside
 * printk(). They only try the runtime. If it is busy, they answer NOTIFY_OK, and
 * the event is missed.
 *
 * netdevice: called under RTNL, of the initial network namespace only. An event
 * that finds the runtime busy, or its script's body running, is copied and
 * queued; a work item delivers it, in order and without a veto. So RTNL is never
 * held while a runtime is waited for, and a script may hold its runtime while it
 * waits for RTNL: registering and stopping do. Stopping asks the hook to end
 * before it waits for the work item, which ends when asked (see
 * lunatik_hook_enterlate()). The events that the kernel replays when it unregisters
 * find the hook disarmed.
 */
#include <linux/atomic.h>
#include <linux/keyboard.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vt.h>
#include <linux/vt_kern.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include <lunatik_binding.h>
#include "netdev_cmd.h"

#define LUANOTIFIER_MAXLATE	1024	/* events that wait for a busy runtime */
#define LUANOTIFIER_MAXCHAIN	64	/* callbacks of all scripts for one event */

/**
 * struct luanotifier_event - what a callback is called with
 * @event: of the chain
 * @name: of the interface
 * @down: the key is pressed
 * @shift: so is a key that shifts
 * @code: key, or character
 * @console: number of the terminal
 * @verdict: of the callback
 * @node: in the queue
 */
struct luanotifier_event {
	unsigned long event;
	union {
		char name[IFNAMSIZ];
		struct {
			bool down;
			bool shift;
			unsigned int code;
			int console;
		};
	};
	int verdict;
	struct list_head node;
};

/**
 * struct luanotifier_kind - what a chain needs
 * @hook: type of its hooks
 * @call: called by the chain
 * @push: pushes the arguments that follow the event; returns how many
 * @attach: joins the chain; 0 or an errno
 * @detach: leaves it; nothing is called any more on return
 * @count: notifiers of all runtimes
 */
struct luanotifier_kind {
	struct lunatik_hooktype hook;
	notifier_fn_t call;
	int (*push)(lua_State *L, const struct luanotifier_event *event);
	int (*attach)(struct notifier_block *nb);
	int (*detach)(struct notifier_block *nb);
	atomic_t *count;
};

/**
 * struct luanotifier - private area of a notifier object
 * @nb: in the chain
 * @lock: protects @late and @nlate
 * @late: events that wait for the runtime, the next one first
 * @nlate: how many
 * @work: delivers them
 * @leaving: nothing is queued any more
 * @replayed: the task in which the kernel reports the interfaces that exist
 * @created: the interface whose creation is under way; under RTNL
 */
struct luanotifier {
	struct lunatik_hook hook;
	struct notifier_block nb;
	spinlock_t lock;
	struct list_head late;
	unsigned int nlate;
	struct work_struct work;
	bool leaving;
	struct task_struct *replayed;
	struct net_device *created;
};

static const lunatik_class_t luanotifier_class;
static struct workqueue_struct *luanotifier_workqueue;

static struct luanotifier *luanotifier_of(struct notifier_block *nb)
{
	return container_of(nb, struct luanotifier, nb);
}

static const struct luanotifier_kind *
luanotifier_kind(const struct luanotifier *notifier)
{
	return container_of(notifier->hook.type, struct luanotifier_kind, hook);
}

/* ---- callbacks ------------------------------------------------------------- */

/* Anything but a number is DONE. */
static int luanotifier_checkverdict(lua_State *L)
{
	lua_Integer verdict;

	if (lua_type(L, -1) != LUA_TNUMBER)
		return NOTIFY_DONE;
	verdict = lua_tointeger(L, -1);
	if (verdict != NOTIFY_DONE && verdict != NOTIFY_OK &&
	    verdict != NOTIFY_BAD && verdict != NOTIFY_STOP)
		luaL_error(L, "callback returned %I, which is not in notifier.notify",
			   verdict);
	return verdict;
}

/**
 * struct luanotifier_call - what the dispatcher needs, on the caller's stack
 */
struct luanotifier_call {
	const struct luanotifier *notifier;
	struct luanotifier_event *event;
};

/* Upvalue: the script's function. All that may raise happens in here. */
static int luanotifier_dispatch(lua_State *L)
{
	struct luanotifier_call *call = lua_touserdata(L, 1);
	struct luanotifier_event *event = call->event;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushinteger(L, event->event);
	lua_call(L, 1 + luanotifier_kind(call->notifier)->push(L, event), 1);
	event->verdict = luanotifier_checkverdict(L);
	return 0;
}

/* An error is logged, and OK. */
static int luanotifier_run(struct luanotifier *notifier,
			   struct lunatik_entry *entry,
			   struct luanotifier_event *event)
{
	struct luanotifier_call call = { notifier, event };

	event->verdict = NOTIFY_OK;
	lua_pushvalue(entry->L, 1);
	lua_pushlightuserdata(entry->L, &call);
	lunatik_call(entry, 1, 0);
	lunatik_leave(entry);
	return event->verdict;
}

/* ---- keyboard and terminals -------------------------------------------------- */

#ifdef CONFIG_VT
/* Context: any but a non-maskable interrupt */
static int luanotifier_now(struct luanotifier *notifier,
			   struct luanotifier_event *event)
{
	struct lunatik_entry entry;
	int err = lunatik_enter(&notifier->hook, &entry);

	if (err)
		return err == -EBUSY ? NOTIFY_OK : NOTIFY_DONE;
	return luanotifier_run(notifier, &entry, event);
}

static int luanotifier_onkey(struct notifier_block *nb, unsigned long event,
			     void *data)
{
	const struct keyboard_notifier_param *param = data;
	struct luanotifier_event e = {
		.event = event,
		.down = param->down,
		.shift = param->shift,
		.code = param->value,
	};

	return luanotifier_now(luanotifier_of(nb), &e);
}

static int luanotifier_pushkey(lua_State *L,
			       const struct luanotifier_event *event)
{
	lua_pushboolean(L, event->down);
	lua_pushboolean(L, event->shift);
	lua_pushinteger(L, event->code);
	return 3;
}

static int luanotifier_onvterm(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	const struct vt_notifier_param *param = data;
	struct luanotifier_event e = {
		.event = event,
		.code = param->c,
		.console = param->vc->vc_num,
	};

	return luanotifier_now(luanotifier_of(nb), &e);
}

static int luanotifier_pushvterm(lua_State *L,
				 const struct luanotifier_event *event)
{
	lua_pushinteger(L, event->code);
	lua_pushinteger(L, event->console);
	return 2;
}
#endif

/* ---- network interfaces --------------------------------------------------------- */

/* The first event stays in the queue until it was delivered: the next one waits. */
static struct luanotifier_event *luanotifier_first(struct luanotifier *notifier)
{
	struct luanotifier_event *event;

	spin_lock(&notifier->lock);
	event = list_first_entry_or_null(&notifier->late,
					 struct luanotifier_event, node);
	spin_unlock(&notifier->lock);
	return event;
}

static void luanotifier_unlink(struct luanotifier *notifier,
			       struct luanotifier_event *event)
{
	spin_lock(&notifier->lock);
	list_del(&event->node);
	notifier->nlate--;
	spin_unlock(&notifier->lock);
	kfree(event);
	lunatik_uncharge(notifier->hook.object, sizeof(*event));
}

static struct luanotifier_event *
luanotifier_copy(struct luanotifier *notifier,
		 const struct luanotifier_event *event)
{
	struct luanotifier_event *copy;

	if (READ_ONCE(notifier->nlate) >= LUANOTIFIER_MAXLATE ||
	    !lunatik_charge(notifier->hook.object, sizeof(*event)))
		return NULL;
	copy = kmemdup(event, sizeof(*event), LUNATIK_GFP);
	if (!copy)
		lunatik_uncharge(notifier->hook.object, sizeof(*event));
	return copy;
}

/* Context: under RTNL, may sleep */
static void luanotifier_queue(struct luanotifier *notifier,
			      const struct luanotifier_event *event)
{
	struct luanotifier_event *copy;

	if (READ_ONCE(notifier->leaving) ||
	    READ_ONCE(notifier->hook.deferred) ||
	    READ_ONCE(notifier->hook.switched_off))
		return;
	copy = luanotifier_copy(notifier, event);
	if (!copy) {
		lunatik_hook_countmissed(&notifier->hook);
		return;
	}
	spin_lock(&notifier->lock);
	list_add_tail(&copy->node, &notifier->late);
	notifier->nlate++;
	spin_unlock(&notifier->lock);
	queue_work(luanotifier_workqueue, &notifier->work);
}

static void luanotifier_deliver(struct work_struct *work)
{
	struct luanotifier *notifier =
		container_of(work, struct luanotifier, work);
	struct luanotifier_event *event;
	struct lunatik_entry entry;

	while ((event = luanotifier_first(notifier))) {
		if (!lunatik_hook_enterlate(&notifier->hook, &entry))
			luanotifier_run(notifier, &entry, event);
		luanotifier_unlink(notifier, event);
		cond_resched();
	}
}

/*
 * The kernel reports REGISTER for an interface that comes from another namespace,
 * too, and cannot take that back. Only a creation begins with POST_INIT.
 */
static void luanotifier_watchcreation(struct luanotifier *notifier,
				      unsigned long event, struct net_device *dev)
{
	if (event == NETDEV_POST_INIT)
		notifier->created = dev;
	else if (event != NETDEV_REGISTER || notifier->created != dev)
		notifier->created = NULL;
}

/* Whether the kernel takes a change back, and reports that to all. */
static bool luanotifier_isvetoable(const struct luanotifier *notifier,
				   unsigned long event, void *data)
{
	switch (event) {
	case NETDEV_REGISTER:
		return notifier->created || READ_ONCE(notifier->replayed) == current;
	case NETDEV_PRECHANGEUPPER:
		return ((struct netdev_notifier_changeupper_info *)data)->linking;
	case NETDEV_CHANGENAME:
	case NETDEV_CHANGEMTU:
	case NETDEV_PRECHANGEMTU:
	case NETDEV_PRE_CHANGEADDR:
	case NETDEV_PRE_TYPE_CHANGE:
	case NETDEV_PRE_UP:
		return true;
	default:
		return false;
	}
}

/* Context: under RTNL, so one event at a time */
static int luanotifier_onnetdevice(struct notifier_block *nb,
				   unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct luanotifier *notifier = luanotifier_of(nb);
	struct luanotifier_event e = { .event = event };
	struct lunatik_entry entry;
	int verdict = NOTIFY_DONE;

	luanotifier_watchcreation(notifier, event, dev);
	strscpy(e.name, dev->name, IFNAMSIZ);
	/* An event that waits comes first. */
	if (!luanotifier_first(notifier) &&
	    !lunatik_enter(&notifier->hook, &entry))
		verdict = luanotifier_run(notifier, &entry, &e);
	else
		luanotifier_queue(notifier, &e);
	/*
	 * Any other verdict that ends the chain would keep the event from everybody
	 * behind us: from VLANs, which have to let go of an interface that leaves.
	 */
	return verdict == NOTIFY_BAD && luanotifier_isvetoable(notifier, event, data) ?
	       NOTIFY_BAD : NOTIFY_DONE;
}

static int luanotifier_pushname(lua_State *L,
				const struct luanotifier_event *event)
{
	lua_pushstring(L, event->name);
	return 1;
}

/* The kernel reports the interfaces that exist, in this task, before it returns. */
static int luanotifier_attachnetdevice(struct notifier_block *nb)
{
	struct luanotifier *notifier = luanotifier_of(nb);
	int err;

	lunatik_log_replay(&notifier->hook, true);
	WRITE_ONCE(notifier->replayed, current);
	err = register_netdevice_notifier_net(&init_net, nb);
	WRITE_ONCE(notifier->replayed, NULL);
	lunatik_log_replay(&notifier->hook, false);
	return err;
}

static int luanotifier_detachnetdevice(struct notifier_block *nb)
{
	return unregister_netdevice_notifier_net(&init_net, nb);
}

/* ---- chains ---------------------------------------------------------------------- */

/* See the top: asked to end first, so that the work item does not wait. */
static void luanotifier_unregister(struct lunatik_hook *hook)
{
	struct luanotifier *notifier =
		container_of(hook, struct luanotifier, hook);
	const struct luanotifier_kind *kind = luanotifier_kind(notifier);
	struct luanotifier_event *event;

	WRITE_ONCE(notifier->leaving, true);
	kind->detach(&notifier->nb);
	atomic_dec(kind->count);
	lunatik_hook_signal(hook, 1);
	cancel_work_sync(&notifier->work);
	while ((event = luanotifier_first(notifier)))
		luanotifier_unlink(notifier, event);
}

/*
 * The kernel calls all of them with interrupts off, or under RTNL, and each may
 * use up its budget: so there is a limit.
 */
static int luanotifier_attach(struct luanotifier *notifier)
{
	const struct luanotifier_kind *kind = luanotifier_kind(notifier);
	int err;

	if (!atomic_add_unless(kind->count, 1, LUANOTIFIER_MAXCHAIN))
		return -ENOSPC;
	err = kind->attach(&notifier->nb);
	if (err)
		atomic_dec(kind->count);
	return err;
}

#ifdef CONFIG_VT
static atomic_t luanotifier_nkeyboard, luanotifier_nvterm;

static const struct luanotifier_kind luanotifier_keyboard = {
	.hook = {
		.name = "notifier.keyboard",
		.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
		.flags = LUNATIK_TRY,
		.unregister = luanotifier_unregister,
	},
	.call = luanotifier_onkey,
	.push = luanotifier_pushkey,
	.attach = register_keyboard_notifier,
	.detach = unregister_keyboard_notifier,
	.count = &luanotifier_nkeyboard,
};

static const struct luanotifier_kind luanotifier_vterm = {
	.hook = {
		.name = "notifier.vterm",
		.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
		.flags = LUNATIK_TRY,
		.unregister = luanotifier_unregister,
	},
	.call = luanotifier_onvterm,
	.push = luanotifier_pushvterm,
	.attach = register_vt_notifier,
	.detach = unregister_vt_notifier,
	.count = &luanotifier_nvterm,
};
#endif

static atomic_t luanotifier_nnetdevice;

static const struct luanotifier_kind luanotifier_netdevice = {
	.hook = {
		.name = "notifier.netdevice",
		.contexts = LUNATIK_IN_PROCESS,
		.flags = LUNATIK_TRY | LUNATIK_LATE,
		.unregister = luanotifier_unregister,
	},
	.call = luanotifier_onnetdevice,
	.push = luanotifier_pushname,
	.attach = luanotifier_attachnetdevice,
	.detach = luanotifier_detachnetdevice,
	.count = &luanotifier_nnetdevice,
};

/* ---- library ------------------------------------------------------------------------ */

static const char *luanotifier_reason(int err)
{
	switch (err) {
	case -ENOSPC:
		return "there are 64 of its kind";
	case -EPERM:
		return "its callback refused an interface";
	default:
		return "refused by the kernel";
	}
}

/* Raises unless the chain takes the function at index 1; pushes the notifier. */
static int luanotifier_new(lua_State *L, const struct luanotifier_kind *kind)
{
	struct luanotifier *notifier;
	int err;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	lunatik_checkcontext(L, kind->hook.name, kind->hook.contexts);
	notifier = lunatik_newobject(L, &luanotifier_class,
				     sizeof(*notifier))->private;
	spin_lock_init(&notifier->lock);
	INIT_LIST_HEAD(&notifier->late);
	INIT_WORK(&notifier->work, luanotifier_deliver);
	notifier->nb.notifier_call = kind->call;
	lua_pushvalue(L, 1);
	lua_pushcclosure(L, luanotifier_dispatch, 1);
	lunatik_inithook(L, lunatik_toobject(L, -2), &notifier->hook,
			 &kind->hook);
	lua_xmove(L, notifier->hook.L, 1);
	err = luanotifier_attach(notifier);
	if (err) {
		lunatik_drophook(L, &notifier->hook);
		return luaL_error(L, "couldn't create notifier (%s, error %d)",
				  luanotifier_reason(err), -err);
	}
	lunatik_armhook(&notifier->hook);
	return 1;
}

#ifdef CONFIG_VT
/*
 * notifier.keyboard(callback) - callback(event, down, shift, key)
 *
 * event is in notifier.kbd; down and shift are booleans. key is a keycode,
 * character or keysym, according to the event. Returns the notifier. Binds
 * register_keyboard_notifier() of <linux/keyboard.h>.
 * Context: process and hardirq runtimes, sleeps; the callback may not sleep.
 */
static int luanotifier_lkeyboard(lua_State *L)
{
	return luanotifier_new(L, &luanotifier_keyboard);
}

/*
 * notifier.vterm(callback) - callback(event, c, vc_num)
 *
 * event is in notifier.vt, c a character, vc_num the terminal, from 0. Binds
 * register_vt_notifier() of <linux/vt_kern.h>. The rest as for keyboard().
 */
static int luanotifier_lvterm(lua_State *L)
{
	return luanotifier_new(L, &luanotifier_vterm);
}
#endif

/*
 * notifier.netdevice(callback) - callback(event, name)
 *
 * event: in notifier.netdev; name: of the interface. Called for the interfaces
 * that exist before this returns. Binds register_netdevice_notifier_net() of
 * <linux/netdevice.h>.
 * Context: process runtimes, initial network namespace; sleeps. The callback
 * may not sleep.
 */
static int luanotifier_lnetdevice(lua_State *L)
{
	lunatik_checkinitnet(L, "notifier.netdevice");
	return luanotifier_new(L, &luanotifier_netdevice);
}

/*
 * n:stop(), n:delete() - the callback is not called any more; may be repeated
 *
 * Context: any; the notifier's own callback too.
 */
static int luanotifier_stop(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_checkclassobject(L, 1, &luanotifier_class);
	struct luanotifier *notifier = object->private;

	if (lunatik_maysleep(L))
		lunatik_checksleep(L, "notifier.stop");
	lunatik_stophook(L, &notifier->hook);
	return 0;
}

static void luanotifier_release(void *private)
{
	struct luanotifier *notifier = private;

	lunatik_releasehook(&notifier->hook);
}

static const luaL_Reg luanotifier_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luanotifier_stop},
	{"delete", luanotifier_stop},
	{NULL, NULL}
};

static const lunatik_class_t luanotifier_class = {
	.name = "notifier",
	.methods = luanotifier_methods,
	.release = luanotifier_release,
	.owner = THIS_MODULE,
};

static const luaL_Reg luanotifier_lib[] = {
#ifdef CONFIG_VT
	{"keyboard", luanotifier_lkeyboard},
	{"vterm", luanotifier_lvterm},
#endif
	{"netdevice", luanotifier_lnetdevice},
	{NULL, NULL}
};

static const lunatik_reg_t luanotifier_notify[] = {
	{"DONE", NOTIFY_DONE},
	{"OK", NOTIFY_OK},
	{"BAD", NOTIFY_BAD},
	{"STOP", NOTIFY_STOP},
	{NULL, 0}
};

static const lunatik_reg_t luanotifier_kbd[] = {
	{"KEYCODE", KBD_KEYCODE},
	{"UNBOUND_KEYCODE", KBD_UNBOUND_KEYCODE},
	{"UNICODE", KBD_UNICODE},
	{"KEYSYM", KBD_KEYSYM},
	{"POST_KEYSYM", KBD_POST_KEYSYM},
	{NULL, 0}
};

static const lunatik_reg_t luanotifier_vt[] = {
	{"VT_ALLOCATE", VT_ALLOCATE},
	{"VT_DEALLOCATE", VT_DEALLOCATE},
	{"VT_WRITE", VT_WRITE},
	{"VT_UPDATE", VT_UPDATE},
	{"VT_PREWRITE", VT_PREWRITE},
	{NULL, 0}
};

static const lunatik_reg_t luanotifier_netdev[] = {
	{"UP", NETDEV_UP},
	{"DOWN", NETDEV_DOWN},
	{"REBOOT", NETDEV_REBOOT},
	{"CHANGE", NETDEV_CHANGE},
	{"REGISTER", NETDEV_REGISTER},
	{"UNREGISTER", NETDEV_UNREGISTER},
	{"CHANGEMTU", NETDEV_CHANGEMTU},
	{"CHANGEADDR", NETDEV_CHANGEADDR},
	{"PRE_CHANGEADDR", NETDEV_PRE_CHANGEADDR},
	{"GOING_DOWN", NETDEV_GOING_DOWN},
	{"CHANGENAME", NETDEV_CHANGENAME},
	{"FEAT_CHANGE", NETDEV_FEAT_CHANGE},
	{"BONDING_FAILOVER", NETDEV_BONDING_FAILOVER},
	{"PRE_UP", NETDEV_PRE_UP},
	{"PRE_TYPE_CHANGE", NETDEV_PRE_TYPE_CHANGE},
	{"POST_TYPE_CHANGE", NETDEV_POST_TYPE_CHANGE},
	{"POST_INIT", NETDEV_POST_INIT},
	COMPAT_NETDEV_PRE_UNINIT
	{"RELEASE", NETDEV_RELEASE},
	{"NOTIFY_PEERS", NETDEV_NOTIFY_PEERS},
	{"JOIN", NETDEV_JOIN},
	{"CHANGEUPPER", NETDEV_CHANGEUPPER},
	{"RESEND_IGMP", NETDEV_RESEND_IGMP},
	{"PRECHANGEMTU", NETDEV_PRECHANGEMTU},
	{"CHANGEINFODATA", NETDEV_CHANGEINFODATA},
	{"BONDING_INFO", NETDEV_BONDING_INFO},
	{"PRECHANGEUPPER", NETDEV_PRECHANGEUPPER},
	{"CHANGELOWERSTATE", NETDEV_CHANGELOWERSTATE},
	{"UDP_TUNNEL_PUSH_INFO", NETDEV_UDP_TUNNEL_PUSH_INFO},
	{"UDP_TUNNEL_DROP_INFO", NETDEV_UDP_TUNNEL_DROP_INFO},
	{"CHANGE_TX_QUEUE_LEN", NETDEV_CHANGE_TX_QUEUE_LEN},
	{"CVLAN_FILTER_PUSH_INFO", NETDEV_CVLAN_FILTER_PUSH_INFO},
	{"CVLAN_FILTER_DROP_INFO", NETDEV_CVLAN_FILTER_DROP_INFO},
	{"SVLAN_FILTER_PUSH_INFO", NETDEV_SVLAN_FILTER_PUSH_INFO},
	{"SVLAN_FILTER_DROP_INFO", NETDEV_SVLAN_FILTER_DROP_INFO},
	COMPAT_NETDEV_OFFLOAD_XSTATS
	COMPAT_NETDEV_XDP_FEAT_CHANGE
	{NULL, 0}
};

/* The names of the macros above, which are empty on some kernels. */
static const char *const luanotifier_rarenetdev[] = {
	"PRE_UNINIT", "XDP_FEAT_CHANGE", "OFFLOAD_XSTATS_ENABLE",
	"OFFLOAD_XSTATS_DISABLE", "OFFLOAD_XSTATS_REPORT_USED",
	"OFFLOAD_XSTATS_REPORT_DELTA", NULL
};

static const lunatik_namespace_t luanotifier_flags[] = {
	{"notify", luanotifier_notify},
	{"kbd", luanotifier_kbd},
	{"vt", luanotifier_vt},
	{"netdev", luanotifier_netdev, .rare = luanotifier_rarenetdev},
	{NULL, NULL}
};

LUNATIK_NEWLIB(notifier, luanotifier_lib, &luanotifier_class,
	       luanotifier_flags);

static int __init luanotifier_init(void)
{
	luanotifier_workqueue = alloc_workqueue("luanotifier", WQ_UNBOUND, 0);
	return luanotifier_workqueue ? 0 : -ENOMEM;
}

static void __exit luanotifier_exit(void)
{
	destroy_workqueue(luanotifier_workqueue);
}

module_init(luanotifier_init);
module_exit(luanotifier_exit);

MODULE_DESCRIPTION("Lunatik: notifier chains in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
