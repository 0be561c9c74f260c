// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luanetfilter.c - the netfilter library: Lua functions that decide about packets
 *
 * <linux/netfilter.h>. A hook keeps its function and the object of its packets
 * at fixed slots of its own Lua thread: a packet allocates nothing. The object
 * spans the packet while the function runs, and is void otherwise.
 *
 * Hooks belong to the initial network namespace. One of family NETDEV goes with
 * its device: luanetfilter_mutex, inside RTNL, lets either the end of the device or
 * that of the hook unregister it.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

#include <luadata.h>
#include <luanetfilter.h>
#include <lunatik_binding.h>
#include <lunatik_event.h>

#define LUANETFILTER_FUNCTION	1	/* slots of the hook's Lua thread */
#define LUANETFILTER_PACKET	2
#define LUANETFILTER_REPEATS	16	/* so often REPEAT calls the function again */
#define LUANETFILTER_MOST	64	/* hooks of all scripts that one packet meets at a hook point */
#define LUANETFILTER_QUEUEBITS	(NF_VERDICT_QMASK | NF_VERDICT_FLAG_QUEUE_BYPASS)

/**
 * struct luanetfilter - private area of a hook's object
 * @ops: as registered; @ops.dev holds a reference while @attached
 * @packet: the data object that is lent to the function
 * @mark: packets with this mark only; 0: all
 * @fallback: verdict where the function gives none
 * @device: the name that the script gave, if any
 * @node: in luanetfilter_attached, while @attached
 * @attached: registered with the kernel; under luanetfilter_mutex
 */
struct luanetfilter {
	struct lunatik_hook hook;
	struct nf_hook_ops ops;
	lunatik_object_t *packet;
	u32 mark;
	unsigned int fallback;
	char device[IFNAMSIZ];
	struct list_head node;
	bool attached;
};

static DEFINE_MUTEX(luanetfilter_mutex);
static LIST_HEAD(luanetfilter_attached);

/* ---- verdicts --------------------------------------------------------------- */

/* Raises: to be called inside lunatik_protect(). */
static int luanetfilter_report(lua_State *L)
{
	return luaL_error(L, "the hook returned %s",
			  (const char *)lua_touserdata(L, 1));
}

static unsigned int luanetfilter_failtype(struct luanetfilter *nf,
					  struct lunatik_entry *entry,
					  const char *what)
{
	lunatik_protect(entry, luanetfilter_report, (void *)what);
	return nf->fallback;
}

/* A hook has neither further rules nor a chain to return to: these verdicts let the packet go on. */
static bool luanetfilter_goeson(lua_Integer verdict)
{
	return verdict == NF_STOP || verdict == XT_CONTINUE ||
	       verdict == XT_RETURN;
}

/* The reason why a verdict is wrong, or NULL. */
static const char *luanetfilter_checkverdict(lua_Integer verdict,
					     const struct nf_hook_state *state)
{
	switch (verdict) {
	case NF_DROP:
	case NF_ACCEPT:
	case NF_STOLEN:
	case NF_REPEAT:
		return NULL;
	default:
		if (luanetfilter_goeson(verdict))
			return NULL;
		if ((verdict & ~(lua_Integer)LUANETFILTER_QUEUEBITS) != NF_QUEUE)
			return "an unknown verdict: it is not one of netfilter.action";
		/* The kernel finds hooks of these families by device, and cannot resume there. */
		if (state->pf == NFPROTO_ARP || state->pf == NFPROTO_NETDEV)
			return "QUEUE, but packets of this family cannot be queued";
		return NULL;
	}
}

/* The reason why the verdict or the mark at the top is wrong, or NULL. */
static const char *luanetfilter_checkresults(lua_State *L,
					     const struct nf_hook_state *state)
{
	lua_Integer mark;

	if (!lua_isnil(L, -1)) {
		mark = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
		if (mark < 0 || mark > U32_MAX)
			return "a mark that is not an integer in 0..4294967295";
	}
	if (lua_isinteger(L, -2))
		return luanetfilter_checkverdict(lua_tointeger(L, -2), state);
	return lua_isnil(L, -2) ? NULL :
	       "a verdict that is neither an integer nor nil: it is one of netfilter.action";
}

static unsigned int luanetfilter_results(struct luanetfilter *nf,
					 struct lunatik_entry *entry,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	lua_State *L = entry->L;
	const char *wrong = luanetfilter_checkresults(L, state);
	lua_Integer verdict;

	if (unlikely(wrong))
		return luanetfilter_failtype(nf, entry, wrong);
	if (!lua_isnil(L, -1))
		skb->mark = lua_tointeger(L, -1);
	verdict = lua_isnil(L, -2) ? NF_ACCEPT : lua_tointeger(L, -2);
	return luanetfilter_goeson(verdict) ? NF_ACCEPT : verdict;
}

static unsigned int luanetfilter_call(struct luanetfilter *nf,
				      struct lunatik_entry *entry,
				      struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	int network = lunatik_packet_network(skb);
	int start = lunatik_packet_start(skb, network);
	lua_State *L = entry->L;
	unsigned int verdict;

	luadata_setskb(nf->packet, skb, start, LUADATA_OPT_NONE);
	lua_pushvalue(L, LUANETFILTER_FUNCTION);
	lua_pushvalue(L, LUANETFILTER_PACKET);
	lua_pushinteger(L, network - start);
	if (likely(lunatik_call(entry, 2, 2) == LUA_OK))
		verdict = luanetfilter_results(nf, entry, skb, state);
	else
		verdict = nf->fallback;
	luadata_clear(nf->packet);
	lua_settop(L, LUANETFILTER_PACKET);
	return verdict;
}

/*
 * The kernel knows no REPEAT here any more: the function is called again.
 *
 * @verdict: of the first call
 */
static unsigned int luanetfilter_repeat(struct luanetfilter *nf,
					struct lunatik_entry *entry,
					struct sk_buff *skb,
					const struct nf_hook_state *state,
					unsigned int verdict)
{
	int i;

	for (i = 0; i < LUANETFILTER_REPEATS && verdict == NF_REPEAT; i++)
		verdict = luanetfilter_call(nf, entry, skb, state);
	if (likely(verdict != NF_REPEAT))
		return verdict;
	return luanetfilter_failtype(nf, entry, "REPEAT again and again: a packet may have 16 of them");
}

/* A stolen packet is its thief's: nobody else frees it. */
static unsigned int luanetfilter_steal(struct sk_buff *skb, unsigned int verdict)
{
	if (unlikely(verdict == NF_STOLEN))
		kfree_skb(skb);
	return verdict;
}

static unsigned int luanetfilter_enter(struct luanetfilter *nf, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct lunatik_entry entry;
	unsigned int verdict;
	int err = lunatik_enter(&nf->hook, &entry);

	/*
	 * No script decides about the packet. A hook that is not armed yet or any
	 * more lets it pass. One that was switched off, or that missed it, gives
	 * the verdict that the script chose for such cases.
	 */
	if (unlikely(err == -ENXIO && !READ_ONCE(nf->hook.switched_off)))
		return NF_ACCEPT;
	if (unlikely(err))
		return nf->fallback;
	verdict = luanetfilter_call(nf, &entry, skb, state);
	verdict = luanetfilter_repeat(nf, &entry, skb, state, verdict);
	lunatik_leave(&entry);
	return luanetfilter_steal(skb, verdict);
}

/* The results of a prepared entry are neither ACCEPT nor DROP alone. */
static unsigned int luanetfilter_decide(struct luanetfilter *nf, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct lunatik_entry *entry = &nf->hook.prepared.entry;
	unsigned int verdict = luanetfilter_results(nf, entry, skb, state);

	luadata_clear(nf->packet);
	lua_settop(entry->L, LUANETFILTER_PACKET);
	verdict = luanetfilter_repeat(nf, entry, skb, state, verdict);
	lunatik_event_leave(&nf->hook);
	return luanetfilter_steal(skb, verdict);
}

static unsigned int luanetfilter_odd(struct lunatik_hook *hook, struct sk_buff *skb,
				     const struct nf_hook_state *state, int result)
{
	struct luanetfilter *nf = container_of(hook, struct luanetfilter, hook);

	switch (result) {
	case LUNATIK_EVENT_NIL:
		return NF_ACCEPT;
	case LUNATIK_EVENT_RESULTS:
		return luanetfilter_decide(nf, skb, state);
	case LUNATIK_EVENT_ENTER:
		return luanetfilter_enter(nf, skb, state);
	default:
		return nf->fallback;
	}
}

/* Context: softirq or process with preemption, under rcu_read_lock(). */
static unsigned int luanetfilter_hook(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct luanetfilter *nf = priv;

	if (nf->mark && nf->mark != skb->mark)
		return NF_ACCEPT;
	return lunatik_event_packet(&nf->hook, skb, state, luanetfilter_odd);
}

/* ---- registration --------------------------------------------------------------- */

static void luanetfilter_detach(struct luanetfilter *nf)
{
	nf->attached = false;
	nf_unregister_net_hook(&init_net, &nf->ops);
	list_del(&nf->node);
	if (nf->ops.dev)
		dev_put(nf->ops.dev);
}

/*
 * The kernel unregisters hooks of several objects one by one, and without a
 * grace period: the core waits for one, after all of them.
 */
static void luanetfilter_unregister(struct lunatik_hook *hook)
{
	struct luanetfilter *nf = container_of(hook, struct luanetfilter, hook);

	mutex_lock(&luanetfilter_mutex);
	if (nf->attached)
		luanetfilter_detach(nf);
	mutex_unlock(&luanetfilter_mutex);
}

static bool luanetfilter_matches(const struct lunatik_hook *leader,
				 const struct lunatik_hook *member)
{
	const struct luanetfilter *a = container_of(leader, struct luanetfilter, hook);
	const struct luanetfilter *b = container_of(member, struct luanetfilter, hook);

	return a->ops.pf == b->ops.pf && a->ops.hooknum == b->ops.hooknum &&
	       a->ops.priority == b->ops.priority && a->mark == b->mark &&
	       a->fallback == b->fallback && !strcmp(a->device, b->device);
}

static const struct lunatik_hooktype luanetfilter_hooktype = {
	.name = "netfilter",
	.contexts = LUNATIK_IN_SOFTIRQ,
	.unregister = luanetfilter_unregister,
	.matches = luanetfilter_matches,
};

/* A device goes, or leaves the initial namespace; under RTNL. */
static int luanetfilter_event(struct notifier_block *block, unsigned long event,
			      void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct luanetfilter *nf, *next;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&luanetfilter_mutex);
	list_for_each_entry_safe(nf, next, &luanetfilter_attached, node) {
		if (nf->ops.dev != dev)
			continue;
		luanetfilter_detach(nf);
		lunatik_hook_retire(&nf->hook);
	}
	mutex_unlock(&luanetfilter_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block luanetfilter_notifier = {
	.notifier_call = luanetfilter_event,
};

/* Whether a packet of the family meets as many hooks at the hook point of @ops as it may. */
static bool luanetfilter_isfull(const struct nf_hook_ops *ops, u8 family)
{
	bool inet = family == NFPROTO_IPV4 || family == NFPROTO_IPV6;
	const struct luanetfilter *nf;
	unsigned int n = 0;

	list_for_each_entry(nf, &luanetfilter_attached, node) {
		if (nf->ops.hooknum == ops->hooknum && nf->ops.dev == ops->dev &&
		    (nf->ops.pf == family || (inet && nf->ops.pf == NFPROTO_INET)))
			n++;
	}
	return n >= LUANETFILTER_MOST;
}

/* The kernel calls all of them for a packet, and each may use up its budget. */
static bool luanetfilter_iscrowded(const struct nf_hook_ops *ops)
{
	if (ops->pf == NFPROTO_INET)
		return luanetfilter_isfull(ops, NFPROTO_IPV4) ||
		       luanetfilter_isfull(ops, NFPROTO_IPV6);
	return luanetfilter_isfull(ops, ops->pf);
}

static int luanetfilter_attach(struct luanetfilter *nf)
{
	int err = -ENOSPC;

	mutex_lock(&luanetfilter_mutex);
	if (!luanetfilter_iscrowded(&nf->ops))
		err = nf_register_net_hook(&init_net, &nf->ops);
	if (!err) {
		nf->attached = true;
		list_add(&nf->node, &luanetfilter_attached);
		if (nf->ops.dev)
			dev_hold(nf->ops.dev);
	}
	mutex_unlock(&luanetfilter_mutex);
	return err;
}

/* Under RTNL, a device with a name is not being unregistered. */
static int luanetfilter_attachdevice(struct luanetfilter *nf, const char *name)
{
	int err = -ENODEV;

	rtnl_lock();
	nf->ops.dev = __dev_get_by_name(&init_net, name);
	if (nf->ops.dev)
		err = luanetfilter_attach(nf);
	rtnl_unlock();
	return err;
}

/* ---- options ---------------------------------------------------------------------- */

static const char *const luanetfilter_fields[] = {
	"pf", "hooknum", "priority", "hook", "mark", "fallback", "dev", NULL
};

static lua_Integer luanetfilter_option(lua_State *L, const char *field,
				       lua_Integer least, lua_Integer most,
				       lua_Integer value)
{
	bool given = lua_getfield(L, 1, field) != LUA_TNIL;

	lua_pop(L, 1);
	return given ? lunatik_checkinteger(L, 1, field, least, most) : value;
}

/* How many hooks a family has; asking the kernel for another would warn. */
static unsigned int luanetfilter_hooks(lua_State *L, lua_Integer family)
{
	switch (family) {
	case NFPROTO_INET:
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
#ifdef CONFIG_NETFILTER_FAMILY_BRIDGE
	case NFPROTO_BRIDGE:
#endif
		return NF_INET_NUMHOOKS;
#ifdef CONFIG_NETFILTER_FAMILY_ARP
	case NFPROTO_ARP:
		return NF_ARP_NUMHOOKS;
#endif
	case NFPROTO_NETDEV:
		return NF_NETDEV_NUMHOOKS;
	default:
		return luaL_error(L, "bad field 'pf' (%I is not a value of netfilter.family that has hooks)",
				  family);
	}
}

static void luanetfilter_getops(lua_State *L, struct nf_hook_ops *ops)
{
	ops->pf = lunatik_checkinteger(L, 1, "pf", 0, NFPROTO_NUMPROTO - 1);
	ops->hooknum = lunatik_checkinteger(L, 1, "hooknum", 0,
					    luanetfilter_hooks(L, ops->pf) - 1);
	ops->priority = lunatik_checkinteger(L, 1, "priority", INT_MIN, INT_MAX);
}

/* Push the name of the device; nil for families that have none. */
static const char *luanetfilter_pushdevice(lua_State *L, u8 family)
{
	if (family == NFPROTO_NETDEV) {
		lunatik_checkfield(L, 1, "dev", LUA_TSTRING);
		return lua_tostring(L, -1);
	}
	if (lua_getfield(L, 1, "dev") != LUA_TNIL)
		luaL_error(L, "bad field 'dev' (only hooks of family NETDEV have a device: nil expected)");
	return NULL;
}

/* ---- objects --------------------------------------------------------------------------- */

static void luanetfilter_release(void *private)
{
	struct luanetfilter *nf = private;

	if (nf->packet)
		lunatik_putobject(nf->packet);
	lunatik_releasehook(&nf->hook);
}

static const lunatik_class_t luanetfilter_class;

/* hook:stop() - unregister; may be repeated */
static int luanetfilter_stop(lua_State *L)
{
	struct luanetfilter *nf =
		lunatik_checkclassobject(L, 1, &luanetfilter_class)->private;

	lunatik_stophook(L, &nf->hook);
	return 0;
}

static const luaL_Reg luanetfilter_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luanetfilter_stop},
	{NULL, NULL}
};

static const lunatik_class_t luanetfilter_class = {
	.name = "netfilter",
	.methods = luanetfilter_methods,
	.release = luanetfilter_release,
	.owner = THIS_MODULE,
};

/* Push the object of a hook and its packet's, and fill its Lua thread. */
static struct luanetfilter *luanetfilter_new(lua_State *L,
					     const struct nf_hook_ops *ops)
{
	lunatik_object_t *object =
		lunatik_newobject(L, &luanetfilter_class, sizeof(struct luanetfilter));
	struct luanetfilter *nf = object->private;

	nf->ops = *ops;
	nf->ops.hook = luanetfilter_hook;
	nf->ops.priv = nf;
	nf->packet = luadata_new(NULL, 0, false, LUADATA_OPT_NONE);
	if (!nf->packet)
		luaL_error(L, "not enough memory");
	nf->mark = luanetfilter_option(L, "mark", 0, U32_MAX, 0);
	nf->fallback = luanetfilter_option(L, "fallback", NF_DROP, NF_ACCEPT,
					   NF_ACCEPT);
	lunatik_checkfield(L, 1, "hook", LUA_TFUNCTION);
	lunatik_pushobject(L, nf->packet);
	lunatik_inithook(L, object, &nf->hook, &luanetfilter_hooktype);
	lua_xmove(L, nf->hook.L, LUANETFILTER_PACKET);
	nf->hook.prepared.data[0] = nf->packet->private;
	lunatik_event_prepare(&nf->hook, 2);
	return nf;
}

static int luanetfilter_fail(lua_State *L, int err, const char *device)
{
	const char *reason = "refused by the kernel";

	if (err == -ENODEV && device)
		reason = lua_pushfstring(L, "no device '%s' in the initial network namespace",
					 device);
	else if (err == -ENOSPC)
		reason = lua_pushfstring(L, "there are %d at that hook point already, the most that all scripts together may have",
					 LUANETFILTER_MOST);
	else if (err == -ENOMEM)
		reason = "not enough memory";
	else if (err == -EOPNOTSUPP)
		reason = "the kernel is built without such hooks";
	return luaL_error(L, "failed to register netfilter hook (%s, error %d)",
			  reason, -err);
}

/* netfilter.register(ops) - register a hook, until the script stops */
static int luanetfilter_register(lua_State *L)
{
	struct nf_hook_ops ops = {};
	struct luanetfilter *nf;
	const char *device;
	int err = 0;

	lunatik_checkcontext(L, "netfilter", luanetfilter_hooktype.contexts);
	if (!lunatik_maysleep(L))
		luaL_error(L, "netfilter: a callback cannot register hooks, only the script's body can");
	lunatik_checksleep(L, "netfilter.register");
	lunatik_checkinitnet(L, "netfilter");
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lunatik_checkfields(L, 1, luanetfilter_fields);
	luanetfilter_getops(L, &ops);
	device = luanetfilter_pushdevice(L, ops.pf);
	nf = luanetfilter_new(L, &ops);
	if (device)
		strscpy(nf->device, device, sizeof(nf->device));
	if (!lunatik_joinhook(L, &nf->hook))
		err = device ? luanetfilter_attachdevice(nf, device) :
			       luanetfilter_attach(nf);
	if (err) {
		lunatik_drophook(L, &nf->hook);
		return luanetfilter_fail(L, err, device);
	}
	lunatik_armhook(&nf->hook);
	return 1;
}

static const luaL_Reg luanetfilter_lib[] = {
	{"register", luanetfilter_register},
	{NULL, NULL}
};

LUNATIK_NEWLIB(netfilter, luanetfilter_lib, &luanetfilter_class,
	       luanetfilter_namespaces);

static int __init luanetfilter_init(void)
{
	return register_netdevice_notifier(&luanetfilter_notifier);
}

static void __exit luanetfilter_exit(void)
{
	unregister_netdevice_notifier(&luanetfilter_notifier);
}

module_init(luanetfilter_init);
module_exit(luanetfilter_exit);
MODULE_DESCRIPTION("Lunatik: netfilter hooks in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
