// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaxtable.c - the xtable library: matches and targets of iptables in Lua
 *
 * <linux/netfilter/x_tables.h>. Rules point to a descriptor, and outlive the
 * script that registered it. Descriptors are therefore kept until this module
 * unloads, which rules prevent; they reach the runtime through one RCU pointer,
 * which stopping clears. A script that registers the same extension again takes
 * its descriptor over, and the rules work again. Their number is limited, as
 * nothing else bounds what stays.
 *
 * Extensions belong to the initial network namespace.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <uapi/linux/netfilter_bridge/ebtables.h>

#include <luadata.h>
#include <luanetfilter.h>
#include <lunatik_binding.h>
#include <lunatik_event.h>

#define LUAXTABLE_USERARGS	256
#define LUAXTABLE_DESCRIPTORS	1024	/* kept until unload: no script may make more */
#define LUAXTABLE_RULES		1024	/* of one extension: a packet may meet all of them */
#define LUAXTABLE_HOOKS		(BIT(NF_BR_NUMHOOKS) - 1)
#define LUAXTABLE_QUEUEBITS	(NF_VERDICT_QMASK | NF_VERDICT_FLAG_QUEUE_BYPASS)
#define LUAXTABLE_GFP		(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)	/* under RCU */

/* Slots of the hook's Lua thread. */
#define LUAXTABLE_JUDGE		1
#define LUAXTABLE_PACKET	2
#define LUAXTABLE_PAR		3
#define LUAXTABLE_CHECK		4
#define LUAXTABLE_DESTROY	5
#define LUAXTABLE_TOP		(LUAXTABLE_DESTROY + LUNATIK_EVENT_FIELDS)

static_assert(LUAXTABLE_PAR == LUNATIK_EVENT_PAR);
static_assert(LUAXTABLE_DESTROY + 1 == LUNATIK_EVENT_PARNAMES);

enum luaxtable_kind {
	LUAXTABLE_MATCH,
	LUAXTABLE_TARGET
};

static const char *const luaxtable_kinds[] = { "match", "target" };

/* One table may serve for a match and a target of the same name. */
static const char *const luaxtable_fields[] = {
	"name", "revision", "family", "proto", "hooks", "checkentry", "destroy",
	"fallback", "match", "target", NULL
};

/**
 * struct luaxtable_rule - what the kernel keeps for a rule
 * @gone: in the extension's list, when the rule is gone and its script does not know yet
 * @id: of the extension that checked the rule
 * @event: a bit that distinguishes it from other rules which a packet meets
 * @ref: its userargs as a string of that extension's state
 * @members: the same for the members of a percpu script, by CPU; or NULL
 */
struct luaxtable_rule {
	struct llist_node gone;
	u64 id;
	u64 event;
	int ref;
	struct luaxtable_rule **members;
};

/**
 * struct luaxtable_info - payload of a rule: shared with luaxt, but for @rule
 * @userargs: the userspace extension's
 * @rule: never shown to, nor taken from, userspace
 */
struct luaxtable_info {
	char userargs[LUAXTABLE_USERARGS];
	struct luaxtable_rule *rule __aligned(8);
};

/**
 * struct luaxtable_wanted - what a script asks for
 */
struct luaxtable_wanted {
	enum luaxtable_kind kind;
	const char *name;
	u8 revision;
	u8 family;
	u16 proto;
	unsigned int hooks;
};

/**
 * struct luaxtable - private area of an extension's object
 * @id: never used again
 * @packet: the data object that is lent to the function
 * @fallback: result where the function gives none
 * @descriptor: for rules; NULL once unregistered
 * @gone: rules whose end the script has not heard of, as it could not be entered
 * @wanted: its parameters, with @name
 * @name: its name
 * @cpu: of its state, in a member of a percpu script
 */
struct luaxtable {
	struct lunatik_hook hook;
	u64 id;
	lunatik_object_t *packet;
	unsigned int fallback;
	struct luaxtable_descriptor *descriptor;
	struct llist_head gone;
	struct luaxtable_wanted wanted;
	char name[XT_EXTENSION_MAXNAMELEN];
	int cpu;
};

/**
 * struct luaxtable_descriptor - what x_tables and its rules point to
 * @rules: how many there are
 * @owner: the extension; NULL while no script provides it
 */
struct luaxtable_descriptor {
	struct list_head node;
	enum luaxtable_kind kind;
	atomic_t rules;
	struct luaxtable __rcu *owner;
	union {
		struct xt_match match;
		struct xt_target target;
	};
};

static DEFINE_MUTEX(luaxtable_mutex);
static LIST_HEAD(luaxtable_descriptors);
static unsigned int luaxtable_ndescriptors;
static atomic64_t luaxtable_ids;
static atomic_t luaxtable_rules;	/* that there have been */

/* ---- calls into the script --------------------------------------------------- */

/**
 * struct luaxtable_call - one call of a script's function
 * @info: the rule's payload; of a rule that is gone, nothing but @rule
 * @xt: the extension
 * @par: of the packet, or NULL
 */
struct luaxtable_call {
	const struct luaxtable_info *info;
	struct luaxtable *xt;
	struct xt_action_param *par;
};

static struct luaxtable *luaxtable_of(struct lunatik_hook *hook)
{
	return container_of(hook, struct luaxtable, hook);
}

/* A rule as a state of its script knows it. */
static struct luaxtable_rule *luaxtable_ruleof(const struct luaxtable *xt,
					       const struct luaxtable_info *info)
{
	struct luaxtable_rule *rule = info->rule;

	if (likely(!xt->hook.leader || !rule || !rule->members))
		return rule;
	return rule->members[xt->cpu] ?: rule;
}

/* Push a rule's userargs: the string that its check has made, if that was here. */
static void luaxtable_pushuserargs(lua_State *L, const struct luaxtable_call *call)
{
	const struct luaxtable_rule *rule = luaxtable_ruleof(call->xt, call->info);

	if (likely(rule && rule->id == call->xt->id))
		lua_rawgeti(L, LUA_REGISTRYINDEX, rule->ref);
	else
		lua_pushlstring(L, call->info->userargs, LUAXTABLE_USERARGS);
}

/* call, function, packet, par -> the function's result */
static int luaxtable_evaluate(lua_State *L)
{
	struct luaxtable_call *call = lua_touserdata(L, 1);
	struct xt_action_param *par = call->par;

	lua_pushboolean(L, par->hotdrop);
	lua_setfield(L, 4, "hotdrop");
	lua_pushinteger(L, par->thoff);
	lua_setfield(L, 4, "thoff");
	lua_pushinteger(L, par->fragoff);
	lua_setfield(L, 4, "fragoff");
	lua_pushinteger(L, xt_hooknum(par));
	lua_setfield(L, 4, "hooknum");
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 3);
	lua_pushvalue(L, 4);
	luaxtable_pushuserargs(L, call);
	lua_call(L, 3, 1);
	lua_getfield(L, 4, "hotdrop");
	par->hotdrop = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return 1;
}

static int luaxtable_run(struct lunatik_entry *entry,
			  struct luaxtable_call *call, struct sk_buff *skb,
			  u8 opt)
{
	struct luaxtable *xt = call->xt;
	lua_State *L = entry->L;
	bool hotdrop = call->par->hotdrop;
	int status;

	luadata_setskb(xt->packet, skb, 0, opt);
	lua_pushcfunction(L, luaxtable_evaluate);
	lua_pushlightuserdata(L, call);
	lua_pushvalue(L, LUAXTABLE_JUDGE);
	lua_pushvalue(L, LUAXTABLE_PACKET);
	lua_pushvalue(L, LUAXTABLE_PAR);
	status = lunatik_call(entry, 4, 1);
	luadata_clear(xt->packet);
	if (status != LUA_OK || opt != LUADATA_OPT_READONLY)
		call->par->hotdrop = hotdrop;
	return status;
}

/* call, function -> nothing; a rule comes: its userargs are kept as a string */
static int luaxtable_add(lua_State *L)
{
	struct luaxtable_call *call = lua_touserdata(L, 1);
	struct luaxtable_rule *rule = luaxtable_ruleof(call->xt, call->info);

	lua_pushlstring(L, call->info->userargs, LUAXTABLE_USERARGS);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 3);
	lua_call(L, 1, 0);
	rule->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	rule->id = call->xt->id;
	return 0;
}

/* rule, function -> nothing; a rule goes */
static int luaxtable_remove(lua_State *L)
{
	struct luaxtable_rule *rule = lua_touserdata(L, 1);

	lua_pushvalue(L, 2);
	lua_rawgeti(L, LUA_REGISTRYINDEX, rule->ref);
	luaL_unref(L, LUA_REGISTRYINDEX, rule->ref);
	lua_call(L, 1, 0);
	return 0;
}

static int luaxtable_notify(struct lunatik_entry *entry, lua_CFunction function,
			    void *argument, int slot)
{
	lua_State *L = entry->L;

	lua_pushcfunction(L, function);
	lua_pushlightuserdata(L, argument);
	lua_pushvalue(L, slot);
	return lunatik_call(entry, 2, 0);
}

/* One for each entry: together they might exhaust its budget. */
static void luaxtable_mourn(struct luaxtable *xt, struct lunatik_entry *entry)
{
	struct luaxtable_rule *rule;
	struct llist_node *node;

	node = llist_del_first(&xt->gone);
	if (!node)
		return;
	rule = llist_entry(node, struct luaxtable_rule, gone);
	luaxtable_notify(entry, luaxtable_remove, rule, LUAXTABLE_DESTROY);
	kfree(rule);
}

/* ---- packets ------------------------------------------------------------------ */

/*
 * The short way of a packet. A rule that the script has not checked itself, and one
 * whose end it has not heard of, go the ordinary way.
 */
static int luaxtable_event(struct luaxtable *xt, struct sk_buff *skb,
			   struct xt_action_param *par, struct lunatik_event_rule *rule)
{
	const struct luaxtable_info *info = par->matchinfo;	/* or targinfo: a union */
	const struct luaxtable_rule *known = luaxtable_ruleof(xt, info);

	if (unlikely(known->id != xt->id || !llist_empty(&xt->gone)))
		return LUNATIK_EVENT_ENTER;
	rule->event = known->event;
	rule->userargs = known->ref;
	rule->thoff = par->thoff;
	rule->fragoff = par->fragoff;
	rule->hooknum = xt_hooknum(par);
	rule->hotdrop = par->hotdrop;
	return lunatik_event_rule(&xt->hook, skb, rule);
}

/* The runtime is entered for an unusual packet: a script has changed par. */
static int luaxtable_runentered(struct luaxtable *xt, struct sk_buff *skb,
				struct xt_action_param *par, u8 opt)
{
	struct luaxtable_call call = {
		.info = par->matchinfo, .xt = xt, .par = par,
	};

	return luaxtable_run(&xt->hook.prepared.entry, &call, skb, opt);
}

/* As in luanetfilter.c: a hook that is not armed passes, one that fails falls back. */
static unsigned int luaxtable_neutral(const struct luaxtable *xt, int err,
				      unsigned int neutral)
{
	if (err == -ENXIO && !READ_ONCE(xt->hook.switched_off))
		return neutral;
	return xt->fallback;
}

static bool luaxtable_entermatch(struct luaxtable *xt, const struct sk_buff *skb,
				 struct xt_action_param *par)
{
	struct luaxtable_call call = {
		.info = par->matchinfo, .xt = xt, .par = par,
	};
	struct lunatik_entry entry;
	bool matches = xt->fallback;
	int err = lunatik_hook_enter(&xt->hook, &entry, call.info->rule->event);

	if (unlikely(err))
		return luaxtable_neutral(xt, err, false);
	if (unlikely(!llist_empty(&xt->gone)))
		luaxtable_mourn(xt, &entry);
	/* Read only: nothing of the packet is moved or written. */
	if (likely(luaxtable_run(&entry, &call, (struct sk_buff *)skb,
				  LUADATA_OPT_READONLY) == LUA_OK))
		matches = lua_toboolean(entry.L, -1);
	lua_settop(entry.L, LUAXTABLE_TOP);
	lunatik_leave(&entry);
	return matches;
}

static bool luaxtable_domatch(struct luaxtable *xt, const struct sk_buff *skb,
			      struct xt_action_param *par)
{
	struct lunatik_event_rule rule = { .match = true };
	struct sk_buff *packet = (struct sk_buff *)skb;
	bool matches = xt->fallback;
	int result = luaxtable_event(xt, packet, par, &rule);

	if (likely(result >= 0)) {
		par->hotdrop = rule.hotdrop;
		return result;
	}
	switch (result) {
	case LUNATIK_EVENT_CALL:
		if (luaxtable_runentered(xt, packet, par, LUADATA_OPT_READONLY) == LUA_OK)
			matches = lua_toboolean(xt->hook.L, -1);
		lua_settop(xt->hook.L, LUAXTABLE_TOP);
		lunatik_event_leave(&xt->hook);
		return matches;
	case LUNATIK_EVENT_ENTER:
		return luaxtable_entermatch(xt, skb, par);
	default:
		return matches;
	}
}

static bool luaxtable_match(const struct sk_buff *skb,
			    struct xt_action_param *par)
{
	const struct luaxtable_descriptor *descriptor =
		container_of(par->match, struct luaxtable_descriptor, match);
	struct luaxtable *xt;
	bool matches = false;

	rcu_read_lock();
	xt = rcu_dereference(descriptor->owner);
	if (likely(xt))
		matches = luaxtable_domatch(luaxtable_of(lunatik_hook_here(&xt->hook)), skb, par);
	rcu_read_unlock();
	return matches;
}

/* Raises: to be called inside lunatik_protect(). */
static int luaxtable_report(lua_State *L)
{
	return luaL_error(L, "the target returned %s",
			  (const char *)lua_touserdata(L, 1));
}

/* A target cannot end its chain as a rule without one does: RETURN goes on. */
static unsigned int luaxtable_verdict(struct luaxtable *xt,
				      struct lunatik_entry *entry,
				      const struct xt_action_param *par)
{
	const char *wrong = "a verdict that is neither an integer nor nil: it is one of xtable.action";
	lua_State *L = entry->L;
	lua_Integer verdict;
	bool queue;

	if (lua_isnil(L, -1))
		return XT_CONTINUE;
	if (lua_isinteger(L, -1)) {
		verdict = lua_tointeger(L, -1);
		if (verdict == XT_CONTINUE || verdict == XT_RETURN)
			return XT_CONTINUE;
		if (verdict == NF_STOP)
			return NF_ACCEPT;
		if (verdict == NF_DROP || verdict == NF_ACCEPT ||
		    verdict == NF_STOLEN)
			return verdict;
		queue = (verdict & ~(lua_Integer)LUAXTABLE_QUEUEBITS) == NF_QUEUE;
		/* Of the families that have targets, the kernel can resume these alone. */
		if (queue && (xt_family(par) == NFPROTO_IPV4 ||
			      xt_family(par) == NFPROTO_IPV6))
			return verdict;
		wrong = queue ? "QUEUE, but packets of this family cannot be queued" :
			"an unknown verdict: ACCEPT, DROP, STOLEN, QUEUE, CONTINUE, RETURN, STOP of xtable.action are known";
	}
	lunatik_protect(entry, luaxtable_report, (void *)wrong);
	return xt->fallback;
}

static unsigned int luaxtable_entertarget(struct luaxtable *xt, struct sk_buff *skb,
					  struct xt_action_param *par)
{
	struct luaxtable_call call = {
		.info = par->targinfo, .xt = xt, .par = par,
	};
	struct lunatik_entry entry;
	unsigned int verdict = xt->fallback;
	int err = lunatik_hook_enter(&xt->hook, &entry, call.info->rule->event);

	if (unlikely(err))
		return luaxtable_neutral(xt, err, XT_CONTINUE);
	if (unlikely(!llist_empty(&xt->gone)))
		luaxtable_mourn(xt, &entry);
	if (likely(luaxtable_run(&entry, &call, skb,
				  LUADATA_OPT_NONE) == LUA_OK))
		verdict = luaxtable_verdict(xt, &entry, par);
	lua_settop(entry.L, LUAXTABLE_TOP);
	lunatik_leave(&entry);
	return verdict;
}

static unsigned int luaxtable_dotarget(struct luaxtable *xt, struct sk_buff *skb,
				       const struct xt_action_param *param)
{
	struct xt_action_param par = *param;
	struct lunatik_event_rule rule = { .match = false };
	unsigned int verdict = xt->fallback;
	int result = luaxtable_event(xt, skb, &par, &rule);

	if (likely(result >= 0))
		return result;
	switch (result) {
	case LUNATIK_EVENT_NIL:
		return XT_CONTINUE;
	case LUNATIK_EVENT_CALL:
		if (luaxtable_runentered(xt, skb, &par, LUADATA_OPT_NONE) != LUA_OK)
			break;
		fallthrough;
	case LUNATIK_EVENT_RESULTS:	/* neither ACCEPT nor DROP nor nil */
		verdict = luaxtable_verdict(xt, &xt->hook.prepared.entry, &par);
		break;
	case LUNATIK_EVENT_ENTER:
		return luaxtable_entertarget(xt, skb, &par);
	default:
		return verdict;
	}
	luadata_clear(xt->packet);
	lua_settop(xt->hook.L, LUAXTABLE_TOP);
	lunatik_event_leave(&xt->hook);
	return verdict;
}

/*
 * Verdicts of ebtables are numbers of its own: those of netfilter would be jumps.
 * It knows none for a stolen packet, which it frees itself, and ignores what a
 * target says that only watches.
 */
static unsigned int luaxtable_bridgeverdict(unsigned int verdict)
{
	switch (verdict) {
	case NF_ACCEPT:
		return EBT_ACCEPT;
	case NF_DROP:
	case NF_STOLEN:
		return EBT_DROP;
	default:
		return EBT_CONTINUE;
	}
}

/*
 * A stolen packet is its thief's: nobody else frees it. Only a hook of netfilter,
 * which knows how to go on, understands that; traffic control does not.
 */
static unsigned int luaxtable_steal(struct sk_buff *skb,
				    const struct xt_action_param *par)
{
	if (!par->state->okfn)
		return NF_DROP;
	kfree_skb(skb);
	return NF_STOLEN;
}

static unsigned int luaxtable_target(struct sk_buff *skb,
				     const struct xt_action_param *par)
{
	const struct luaxtable_descriptor *descriptor =
		container_of(par->target, struct luaxtable_descriptor, target);
	unsigned int verdict = XT_CONTINUE;
	struct luaxtable *xt;

	rcu_read_lock();
	xt = rcu_dereference(descriptor->owner);
	if (likely(xt))
		verdict = luaxtable_dotarget(luaxtable_of(lunatik_hook_here(&xt->hook)), skb, par);
	rcu_read_unlock();
	if (unlikely(xt_family(par) == NFPROTO_BRIDGE))
		return luaxtable_bridgeverdict(verdict);
	if (unlikely(verdict == NF_STOLEN))
		return luaxtable_steal(skb, par);
	return verdict;
}

/* ---- rules ------------------------------------------------------------------------ */

static int luaxtable_enterrule(struct luaxtable *xt, struct luaxtable_info *info)
{
	struct luaxtable_call call = { .info = info, .xt = xt };
	struct lunatik_entry entry;
	int status, err = lunatik_enter(&xt->hook, &entry);

	if (err)
		return err;
	luaxtable_mourn(xt, &entry);
	status = luaxtable_notify(&entry, luaxtable_add, &call, LUAXTABLE_CHECK);
	lunatik_leave(&entry);
	return status == LUA_OK ? 0 : -EINVAL;
}

/*
 * Only the script that has checked a rule hears of its end: at once, or with the next entry, where it cannot be entered
 * now (it is switched off, or its runtime is busy).
 *
 * Return: whether the rule is the caller's to free
 */
static bool luaxtable_leaverule(struct luaxtable *xt, struct luaxtable_rule *rule)
{
	struct lunatik_entry entry;

	if (rule->id != xt->id)
		return true;
	llist_add(&rule->gone, &xt->gone);
	if (!lunatik_enter(&xt->hook, &entry)) {
		luaxtable_mourn(xt, &entry);
		lunatik_leave(&entry);
	}
	return false;
}

/* @xt: the extension that provides it, or NULL */
static void luaxtable_leavemembers(struct luaxtable *xt, struct luaxtable_rule *rule)
{
	struct luaxtable_rule *member;
	int cpu;

	for (cpu = 0; rule->members && cpu < nr_cpu_ids; cpu++) {
		member = rule->members[cpu];
		if (member && (!xt || !xt->hook.members ||
			       luaxtable_leaverule(luaxtable_of(xt->hook.members[cpu]),
						   member)))
			kfree(member);
	}
	kfree(rule->members);
	rule->members = NULL;
}

static int luaxtable_entermember(struct luaxtable *xt, struct luaxtable_info *info)
{
	struct luaxtable_rule **slot = &info->rule->members[xt->cpu];
	int err;

	*slot = kzalloc(sizeof(**slot), LUAXTABLE_GFP);
	if (!*slot)
		return -ENOMEM;
	(*slot)->event = info->rule->event;
	err = luaxtable_enterrule(xt, info);
	if (err) {
		kfree(*slot);
		*slot = NULL;
	}
	return err;
}

static int luaxtable_entermembers(struct luaxtable *xt, struct luaxtable_info *info)
{
	struct luaxtable *member;
	int cpu, err = 0;

	info->rule->members = kcalloc(nr_cpu_ids, sizeof(*info->rule->members),
				      LUAXTABLE_GFP);
	if (!info->rule->members)
		return -ENOMEM;
	for (cpu = 0; !err && cpu < nr_cpu_ids; cpu++) {
		member = luaxtable_of(xt->hook.members[cpu]);
		if (member != xt)
			err = luaxtable_entermember(member, info);
	}
	return err;
}

/* All states of the script, or none. */
static int luaxtable_enterrules(struct luaxtable *xt, struct luaxtable_info *info)
{
	int err = luaxtable_enterrule(xt, info);

	if (err || !xt->hook.members)
		return err;
	err = luaxtable_entermembers(xt, info);
	if (!err)
		return 0;
	luaxtable_leavemembers(xt, info->rule);
	if (!luaxtable_leaverule(xt, info->rule))
		info->rule = NULL;
	return err;
}

static int luaxtable_newrule(struct luaxtable_descriptor *descriptor,
			     struct luaxtable_info *info)
{
	if (!atomic_add_unless(&descriptor->rules, 1, LUAXTABLE_RULES)) {
		pr_warn_ratelimited("xtable: a rule is refused: its extension has %d already\n",
				    LUAXTABLE_RULES);
		return -ENOSPC;
	}
	info->rule = kzalloc(sizeof(*info->rule), GFP_KERNEL_ACCOUNT);
	if (!info->rule) {
		atomic_dec(&descriptor->rules);
		return -ENOMEM;
	}
	info->rule->event =
		BIT_ULL((unsigned int)atomic_inc_return(&luaxtable_rules) % 64);
	return 0;
}

/*
 * The error that refuses a rule is in the kernel log.
 *
 * Context: process, may sleep
 */
static int luaxtable_check(struct luaxtable_descriptor *descriptor,
			   const struct net *net, struct luaxtable_info *info)
{
	struct luaxtable *xt;
	int err;

	if (net != &init_net)
		return -EPERM;
	err = luaxtable_newrule(descriptor, info);
	if (err)
		return err;
	err = -ENXIO;
	rcu_read_lock();
	xt = rcu_dereference(descriptor->owner);
	if (xt)
		err = luaxtable_enterrules(xt, info);
	rcu_read_unlock();
	if (err) {
		kfree(info->rule);
		info->rule = NULL;
		atomic_dec(&descriptor->rules);
	}
	return err;
}

static void luaxtable_unlink(struct luaxtable_descriptor *descriptor,
			     struct luaxtable_info *info)
{
	struct luaxtable *xt;
	bool ours = true;

	rcu_read_lock();
	xt = rcu_dereference(descriptor->owner);
	luaxtable_leavemembers(xt, info->rule);
	if (xt)
		ours = luaxtable_leaverule(xt, info->rule);
	rcu_read_unlock();
	atomic_dec(&descriptor->rules);
	if (ours)
		kfree(info->rule);
}

static int luaxtable_checkmatch(const struct xt_mtchk_param *par)
{
	return luaxtable_check(container_of(par->match,
					    struct luaxtable_descriptor, match),
			       par->net, par->matchinfo);
}

static void luaxtable_destroymatch(const struct xt_mtdtor_param *par)
{
	luaxtable_unlink(container_of(par->match, struct luaxtable_descriptor,
				      match), par->matchinfo);
}

static int luaxtable_checktarget(const struct xt_tgchk_param *par)
{
	return luaxtable_check(container_of(par->target,
					    struct luaxtable_descriptor, target),
			       par->net, par->targinfo);
}

static void luaxtable_destroytarget(const struct xt_tgdtor_param *par)
{
	luaxtable_unlink(container_of(par->target, struct luaxtable_descriptor,
				      target), par->targinfo);
}

/* ---- descriptors -------------------------------------------------------------------- */

/* The fields that matches and targets have in common, for lack of a common type. */
#define luaxtable_complete(extension, size, wanted)			\
do {									\
	strscpy((char *)(extension)->name, (wanted)->name,		\
		sizeof((extension)->name));				\
	(extension)->revision = (wanted)->revision;			\
	(extension)->family = (wanted)->family;				\
	(extension)->proto = (wanted)->proto;				\
	(extension)->hooks = (wanted)->hooks;				\
	(extension)->size = sizeof(struct luaxtable_info);		\
	(extension)->usersize = offsetof(struct luaxtable_info, rule);	\
	(extension)->me = THIS_MODULE;					\
} while (0)

#define luaxtable_same(extension, wanted)				\
	(!strcmp((extension)->name, (wanted)->name) &&			\
	 (extension)->revision == (wanted)->revision &&			\
	 (extension)->family == (wanted)->family &&			\
	 (extension)->proto == (wanted)->proto &&			\
	 (extension)->hooks == (wanted)->hooks)

static bool luaxtable_fits(const struct luaxtable_descriptor *descriptor,
			   const struct luaxtable_wanted *wanted)
{
	if (descriptor->kind != wanted->kind ||
	    rcu_access_pointer(descriptor->owner))
		return false;
	return wanted->kind == LUAXTABLE_MATCH ?
		       luaxtable_same(&descriptor->match, wanted) :
		       luaxtable_same(&descriptor->target, wanted);
}

/* Under the mutex. */
static struct luaxtable_descriptor *
luaxtable_create(const struct luaxtable_wanted *wanted)
{
	struct luaxtable_descriptor *descriptor;

	if (luaxtable_ndescriptors >= LUAXTABLE_DESCRIPTORS)
		return ERR_PTR(-ENOSPC);
	descriptor = kzalloc(sizeof(*descriptor), GFP_KERNEL);
	if (!descriptor)
		return ERR_PTR(-ENOMEM);
	descriptor->kind = wanted->kind;
	if (wanted->kind == LUAXTABLE_MATCH) {
		luaxtable_complete(&descriptor->match, matchsize, wanted);
		descriptor->match.match = luaxtable_match;
		descriptor->match.checkentry = luaxtable_checkmatch;
		descriptor->match.destroy = luaxtable_destroymatch;
	} else {
		luaxtable_complete(&descriptor->target, targetsize, wanted);
		descriptor->target.target = luaxtable_target;
		descriptor->target.checkentry = luaxtable_checktarget;
		descriptor->target.destroy = luaxtable_destroytarget;
	}
	list_add(&descriptor->node, &luaxtable_descriptors);
	luaxtable_ndescriptors++;
	return descriptor;
}

/* The descriptor that rules may still have, or a new one; under the mutex. */
static struct luaxtable_descriptor *
luaxtable_obtain(const struct luaxtable_wanted *wanted)
{
	struct luaxtable_descriptor *descriptor;

	list_for_each_entry(descriptor, &luaxtable_descriptors, node) {
		if (luaxtable_fits(descriptor, wanted))
			return descriptor;
	}
	return luaxtable_create(wanted);
}

/**
 * struct luaxtable_look - a look for an extension that somebody else has
 */
struct luaxtable_look {
	enum luaxtable_kind kind;
	u8 revision;
	u8 family;
	char name[XT_EXTENSION_MAXNAMELEN];
};

/* The kernel may load a module for it, which may hang. */
static int luaxtable_search(void *argument)
{
	struct luaxtable_look *look = argument;
	struct xt_match *match;
	struct xt_target *target;

	if (look->kind == LUAXTABLE_MATCH) {
		match = xt_request_find_match(look->family, look->name,
					      look->revision);
		if (IS_ERR(match))
			return false;
		module_put(match->me);
	} else {
		target = xt_request_find_target(look->family, look->name,
						look->revision);
		if (IS_ERR(target))
			return false;
		module_put(target->me);
	}
	return true;
}

/* Somebody has it: another script, or the kernel itself. Return: 0, -EEXIST, -EINTR or -ENOMEM */
static int luaxtable_taken(lua_State *L, const struct luaxtable_wanted *wanted)
{
	struct luaxtable_look look = {
		.kind = wanted->kind,
		.revision = wanted->revision,
		.family = wanted->family,
	};
	int result;

	strscpy(look.name, wanted->name, sizeof(look.name));
	result = lunatik_detour(L, THIS_MODULE, luaxtable_search, &look,
				sizeof(look));
	return result > 0 ? -EEXIST : result;
}

#define luaxtable_covers(extension, wanted)				\
	(!strcmp((extension)->name, (wanted)->name) &&			\
	 (extension)->revision == (wanted)->revision &&			\
	 ((extension)->family == (wanted)->family ||			\
	  (extension)->family == NFPROTO_UNSPEC ||			\
	  (wanted)->family == NFPROTO_UNSPEC))

/* Another script came first since luaxtable_taken() looked; under the mutex. */
static bool luaxtable_provided(const struct luaxtable_wanted *wanted)
{
	struct luaxtable_descriptor *descriptor;

	list_for_each_entry(descriptor, &luaxtable_descriptors, node) {
		if (descriptor->kind != wanted->kind ||
		    !rcu_access_pointer(descriptor->owner))
			continue;
		if (wanted->kind == LUAXTABLE_MATCH ?
			    luaxtable_covers(&descriptor->match, wanted) :
			    luaxtable_covers(&descriptor->target, wanted))
			return true;
	}
	return false;
}

/* Under the mutex. */
static int luaxtable_attach(struct luaxtable *xt,
			    const struct luaxtable_wanted *wanted)
{
	struct luaxtable_descriptor *descriptor;
	int err;

	if (luaxtable_provided(wanted))
		return -EEXIST;
	descriptor = luaxtable_obtain(wanted);
	if (IS_ERR(descriptor))
		return PTR_ERR(descriptor);
	/* First: a rule may come as soon as it is registered. */
	rcu_assign_pointer(descriptor->owner, xt);
	err = descriptor->kind == LUAXTABLE_MATCH ?
		      xt_register_match(&descriptor->match) :
		      xt_register_target(&descriptor->target);
	if (err)
		RCU_INIT_POINTER(descriptor->owner, NULL);
	else
		xt->descriptor = descriptor;
	return err;
}

/* The core waits for a grace period before it frees the extension. */
static void luaxtable_unregister(struct lunatik_hook *hook)
{
	struct luaxtable *xt = container_of(hook, struct luaxtable, hook);
	struct luaxtable_descriptor *descriptor;

	mutex_lock(&luaxtable_mutex);
	descriptor = xt->descriptor;
	if (descriptor) {
		if (descriptor->kind == LUAXTABLE_MATCH)
			xt_unregister_match(&descriptor->match);
		else
			xt_unregister_target(&descriptor->target);
		RCU_INIT_POINTER(descriptor->owner, NULL);
		xt->descriptor = NULL;
	}
	mutex_unlock(&luaxtable_mutex);
}

static bool luaxtable_matches(const struct lunatik_hook *leader,
			      const struct lunatik_hook *member)
{
	const struct luaxtable *a = container_of(leader, struct luaxtable, hook);
	const struct luaxtable *b = container_of(member, struct luaxtable, hook);

	return a->wanted.kind == b->wanted.kind && a->fallback == b->fallback &&
	       luaxtable_same(&a->wanted, &b->wanted);
}

static const struct lunatik_hooktype luaxtable_hooktype = {
	.name = "xtable",
	.contexts = LUNATIK_IN_SOFTIRQ,
	.unregister = luaxtable_unregister,
	.matches = luaxtable_matches,
};

/* ---- objects -------------------------------------------------------------------------- */

static void luaxtable_release(void *private)
{
	struct luaxtable *xt = private;
	struct luaxtable_rule *rule, *next;

	/* The state is gone, and with it the strings. Nobody adds any more: a grace period is over. */
	llist_for_each_entry_safe(rule, next, xt->gone.first, gone)
		kfree(rule);
	if (xt->packet)
		lunatik_putobject(xt->packet);
	lunatik_releasehook(&xt->hook);
}

static const lunatik_class_t luaxtable_class;

/* extension:stop() - unregister; its rules stay, and match nothing */
static int luaxtable_stop(lua_State *L)
{
	struct luaxtable *xt =
		lunatik_checkclassobject(L, 1, &luaxtable_class)->private;

	lunatik_stophook(L, &xt->hook);
	return 0;
}

static const luaL_Reg luaxtable_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luaxtable_stop},
	{NULL, NULL}
};

static const lunatik_class_t luaxtable_class = {
	.name = "xtable",
	.methods = luaxtable_methods,
	.release = luaxtable_release,
	.owner = THIS_MODULE,
};

/* ---- registration ------------------------------------------------------------------------ */

/* The name stays on the stack. */
static const char *luaxtable_name(lua_State *L)
{
	const char *name;
	size_t length;

	lunatik_checkfield(L, 1, "name", LUA_TSTRING);
	name = lua_tolstring(L, -1, &length);
	if (length >= XT_EXTENSION_MAXNAMELEN)
		luaL_error(L, "bad field 'name' (more than %d bytes)",
			   XT_EXTENSION_MAXNAMELEN - 1);
	if (!length || strlen(name) != length)
		luaL_error(L, "bad field 'name' (%s: 1 to %d bytes without a zero byte expected)",
			   length ? "a zero byte" : "empty",
			   XT_EXTENSION_MAXNAMELEN - 1);
	return name;
}

static u8 luaxtable_family(lua_State *L)
{
	lua_Integer family = lunatik_checkinteger(L, 1, "family", 0,
						  NFPROTO_NUMPROTO - 1);

	switch (family) {
	case NFPROTO_UNSPEC:
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
	case NFPROTO_ARP:
	case NFPROTO_BRIDGE:
		return family;
	default:
		return luaL_error(L, "bad field 'family' (%I is not UNSPEC, IPV4, IPV6, ARP or BRIDGE of xtable.family)",
				  family);
	}
}

static void luaxtable_getwanted(lua_State *L, struct luaxtable_wanted *wanted)
{
	wanted->name = luaxtable_name(L);
	wanted->revision = lunatik_checkinteger(L, 1, "revision", 0, U8_MAX);
	wanted->family = luaxtable_family(L);
	wanted->proto = lunatik_checkinteger(L, 1, "proto", 0, U16_MAX);
	wanted->hooks = lunatik_checkinteger(L, 1, "hooks", 0, LUAXTABLE_HOOKS);
}

/* Where the function gives no result: a boolean for a match, a verdict for a target. */
static unsigned int luaxtable_fallback(lua_State *L, enum luaxtable_kind kind)
{
	unsigned int fallback = kind == LUAXTABLE_MATCH ? false : XT_CONTINUE;
	int type = lua_getfield(L, 1, "fallback");
	lua_Integer verdict;

	if (type != LUA_TNIL && kind == LUAXTABLE_MATCH) {
		if (type != LUA_TBOOLEAN)
			luaL_error(L, "bad field 'fallback' (boolean expected for a match, got %s)",
				   lua_typename(L, type));
		fallback = lua_toboolean(L, -1);
	} else if (type != LUA_TNIL) {
		verdict = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
		if (verdict != NF_DROP && verdict != NF_ACCEPT &&
		    verdict != XT_CONTINUE)
			luaL_error(L, "bad field 'fallback' (%s is not DROP, ACCEPT or CONTINUE of xtable.action, as a target needs)",
				   luaL_tolstring(L, -1, NULL));
		fallback = verdict;
	}
	lua_pop(L, 1);
	return fallback;
}

/* In the order of LUNATIK_EVENT_HOTDROP and its kin. */
static const char *const luaxtable_parfields[] = {
	"hotdrop", "thoff", "fragoff", "hooknum"
};

/* All fields have a place from the start: packets write to these places. */
static void luaxtable_pushpar(lua_State *L)
{
	int i;

	lua_createtable(L, 0, ARRAY_SIZE(luaxtable_parfields));
	for (i = 0; i < ARRAY_SIZE(luaxtable_parfields); i++) {
		lua_pushinteger(L, 0);
		lua_setfield(L, -2, luaxtable_parfields[i]);
	}
}

/* Push the extension's object and what its Lua thread holds; fill that. */
static struct luaxtable *luaxtable_new(lua_State *L, enum luaxtable_kind kind)
{
	lunatik_object_t *object =
		lunatik_newobject(L, &luaxtable_class, sizeof(struct luaxtable));
	struct luaxtable *xt = object->private;
	int i;

	xt->id = atomic64_inc_return(&luaxtable_ids);
	xt->packet = luadata_new(NULL, 0, false, LUADATA_OPT_NONE);
	if (!xt->packet)
		luaL_error(L, "not enough memory");
	xt->fallback = luaxtable_fallback(L, kind);
	lunatik_checkfield(L, 1, luaxtable_kinds[kind], LUA_TFUNCTION);
	lunatik_pushobject(L, xt->packet);
	luaxtable_pushpar(L);
	lunatik_checkfield(L, 1, "checkentry", LUA_TFUNCTION);
	lunatik_checkfield(L, 1, "destroy", LUA_TFUNCTION);
	for (i = 0; i < ARRAY_SIZE(luaxtable_parfields); i++)
		lua_pushstring(L, luaxtable_parfields[i]);
	lunatik_inithook(L, object, &xt->hook, &luaxtable_hooktype);
	lua_xmove(L, xt->hook.L, LUAXTABLE_TOP);
	xt->hook.prepared.data[0] = xt->packet->private;
	lunatik_event_prepare(&xt->hook, 3);
	return xt;
}

static void luaxtable_checkcaller(lua_State *L)
{
	lunatik_checkcontext(L, "xtable", luaxtable_hooktype.contexts);
	if (!lunatik_maysleep(L))
		luaL_error(L, "xtable: a callback cannot register extensions, only the script's body can");
	lunatik_checksleep(L, "xtable");
	lunatik_checkinitnet(L, "xtable");
}

/* Raises. */
static int luaxtable_fail(lua_State *L, const struct luaxtable_wanted *wanted,
			  int err)
{
	const char *reason = "refused by the kernel";

	if (err == -EEXIST)
		reason = lua_pushfstring(L, "there is a '%s' of revision %d already",
					 wanted->name, wanted->revision);
	else if (err == -ENOSPC)
		reason = lua_pushfstring(L, "there have been %d different ones since luaxtable was loaded: unload the module",
					 LUAXTABLE_DESCRIPTORS);
	else if (err == -EINTR)
		reason = "interrupted while modprobe ran";
	else if (err == -ENOMEM)
		reason = "not enough memory";
	return luaL_error(L, "unable to register %s (%s, error %d)",
			  luaxtable_kinds[wanted->kind], reason, -err);
}

static void luaxtable_setwanted(lua_State *L, struct luaxtable *xt,
				const struct luaxtable_wanted *wanted)
{
	xt->wanted = *wanted;
	xt->wanted.name = xt->name;
	strscpy(xt->name, wanted->name, sizeof(xt->name));
	xt->cpu = lunatik_cpu(L);
}

static int luaxtable_provide(lua_State *L, struct luaxtable *xt)
{
	int err = luaxtable_taken(L, &xt->wanted);

	if (err)
		return err;
	mutex_lock(&luaxtable_mutex);
	err = luaxtable_attach(xt, &xt->wanted);
	mutex_unlock(&luaxtable_mutex);
	return err;
}

static int luaxtable_register(lua_State *L, enum luaxtable_kind kind)
{
	struct luaxtable_wanted wanted = { .kind = kind };
	struct luaxtable *xt;
	int err = 0;

	luaxtable_checkcaller(L);
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lunatik_checkfields(L, 1, luaxtable_fields);
	luaxtable_getwanted(L, &wanted);
	xt = luaxtable_new(L, kind);
	luaxtable_setwanted(L, xt, &wanted);
	if (!lunatik_joinhook(L, &xt->hook))
		err = luaxtable_provide(L, xt);
	if (err) {
		lunatik_drophook(L, &xt->hook);
		return luaxtable_fail(L, &wanted, err);
	}
	lunatik_armhook(&xt->hook);
	return 1;
}

/*
 * xtable.match(opts) - register a match, until the script stops
 *
 * Arguments: a table of name, revision, family, proto, hooks, match,
 * checkentry, destroy, [fallback]. Results: an object with the method stop.
 *
 * Context: softirq runtime, the script's body
 */
static int luaxtable_matchlib(lua_State *L)
{
	return luaxtable_register(L, LUAXTABLE_MATCH);
}

/*
 * xtable.target(opts) - register a target, until the script stops
 *
 * As xtable.match(), with the function target.
 */
static int luaxtable_targetlib(lua_State *L)
{
	return luaxtable_register(L, LUAXTABLE_TARGET);
}

static const luaL_Reg luaxtable_lib[] = {
	{"match", luaxtable_matchlib},
	{"target", luaxtable_targetlib},
	{NULL, NULL}
};

LUNATIK_NEWLIB(xtable, luaxtable_lib, &luaxtable_class,
	       luanetfilter_namespaces);

/* Nobody has a rule any more: rules hold this module. */
static void __exit luaxtable_exit(void)
{
	struct luaxtable_descriptor *descriptor, *next;

	list_for_each_entry_safe(descriptor, next, &luaxtable_descriptors, node)
		kfree(descriptor);
}

module_exit(luaxtable_exit);
MODULE_DESCRIPTION("Lunatik: matches and targets of iptables in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
