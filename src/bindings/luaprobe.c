// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaprobe.c - the probe library: Lua functions at instructions of the kernel, and
 * at the begin and end of its functions, by kprobes
 *
 * A probe may fire anywhere: inside the allocator, the scheduler, printk, or the
 * functions that the core calls. So its entries only try the runtime's lock, and
 * nothing is printed, woken, queued or freed directly (LUNATIK_PROBE). Hits that
 * cannot be delivered are missed and counted. Hits that the kernel itself skips,
 * because another handler runs on the CPU, count too. Results of handlers are
 * ignored: a handler cannot make the kernel skip the instruction.
 *
 * At a function's entry, a kprobe is a call of ftrace's. The kernel keeps those with
 * a post_handler in another list than those without, and looks into the wrong one
 * when one that has none got company by one that has: it cannot unregister the
 * last of them then. So kprobes of ours have no post_handler there. No instruction
 * lies between the two handlers, so ``post`` follows at once. Elsewhere, ``post``
 * has a kprobe of its own at the same address.
 */
#include <linux/ftrace.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "luaprobe/probe.h"
#include "exception_stack.h"
#include "kretprobe.h"
#include "registers.h"

#define LUAPROBE_LINE	160	/* bytes of a line of a dump */
#define LUAPROBE_MOST	64	/* probes of all scripts in one function */
#define LUAPROBE_NAMESAKES	8	/* addresses that a message lists */
#define LUAPROBE_ACTIVE	128	/* calls that are under way at once, unless a script wants more or fewer */
#define LUAPROBE_ACTIVEMOST	4096
#define LUAPROBE_ACTIVESIZE	64	/* bytes that the kernel adds to each */

/**
 * struct luaprobe - private area of a probe object of kprobes
 * @site: the hook's thread keeps luaprobe_dispatch() with all that it needs, and the same once more for prepared entries;
 *	or the functions of a call, and the event
 * @rp: as registered; without a handler, its @rp alone is
 * @after: the same for ``post``, unless @rp.kp is one of ftrace's
 * @target: the address that was given, or NULL
 * @pre: there was a function ``pre``, or ``entry``
 * @post: there was a function ``post``
 * @lock: enabling excludes unregistering, which may come from other runtimes
 * @registered: @rp is, and @after if it has to be; under @lock
 * @function: where the function begins that it is in
 * @node: in luaprobe_functions, by @function
 * @charged: bytes of the kernel's for calls that are under way
 * @self: the object
 * @symbol: the name that was given; empty for an address
 */
struct luaprobe {
	struct luaprobe_site site;
	struct kretprobe rp;
	struct kprobe after;
	void *target;
	bool pre;
	bool post;
	struct mutex lock;
	bool registered;
	unsigned long function;
	struct hlist_node node;
	size_t charged;
	lunatik_object_t *self;
	char symbol[];
};

/**
 * struct luaprobe_passed - what is known of a call that is under way
 * @started: when the function was entered
 * @value: result of the script's function ``entry``
 */
struct luaprobe_passed {
	u64 started;
	struct luaprobe_value value;
};

/* Upvalues of luaprobe_dispatch(); the keys are also what it is called with. */
enum luaprobe_upvalue {
	LUAPROBE_HANDLERS = 1,
	LUAPROBE_TARGET,
	LUAPROBE_DUMP,
	LUAPROBE_ARGUMENT,
	LUAPROBE_EVENT,
	LUAPROBE_PRE,
	LUAPROBE_POST,
};

/* Slots of the hook's Lua thread: the closure, and behind it its upvalues. */
#define LUAPROBE_DISPATCH	1
#define LUAPROBE_SLOT(upvalue)	(LUAPROBE_DISPATCH + (upvalue))

static struct luaprobe *luaprobe_ofsite(struct luaprobe_site *site)
{
	return container_of(site, struct luaprobe, site);
}

static struct luaprobe *luaprobe_of(struct lunatik_hook *hook)
{
	return luaprobe_ofsite(luaprobe_siteof(hook));
}

static DEFINE_MUTEX(luaprobe_mutex);
static DEFINE_HASHTABLE(luaprobe_functions, 8);

/* ---- hits ------------------------------------------------------------------ */

/* The function for this key: handlers[key](target, dump, argument, event), if there is one. */
static int luaprobe_dispatch(lua_State *L)
{
	int slot, key = lua_tointeger(L, 1);

	lua_pushvalue(L, lua_upvalueindex(key));
	if (lua_gettable(L, lua_upvalueindex(LUAPROBE_HANDLERS)) == LUA_TNIL)
		return 0;
	for (slot = LUAPROBE_TARGET; slot <= LUAPROBE_EVENT; slot++)
		lua_pushvalue(L, lua_upvalueindex(slot));
	lua_call(L, LUAPROBE_EVENT - LUAPROBE_HANDLERS, 0);
	return 0;
}

/*
 * Not on the small stack of an NMI; in_nmi() does not help, as the trap of a
 * probe counts as one. Not where RCU does not look: stopping waits for a grace
 * period. Not on a CPU that goes: nothing runs there that is queued from then on.
 */
static bool luaprobe_mayenter(void)
{
	return rcu_is_watching() && !lunatik_onexceptionstack() &&
	       cpu_online(raw_smp_processor_id()) &&
	       !(hardirq_count() && lunatik_work_isbusy());
}

/* Neither inside of another such function, nor in the deferred work of callbacks. */
static __always_inline struct luaprobe_site *luaprobe_tobegin(struct luaprobe_site *hit)
{
	struct luaprobe_site *site = luaprobe_siteof(lunatik_hook_here(&hit->hook));

	if (likely(this_cpu_inc_return(lunatik_inside) == 1 && luaprobe_mayenter()))
		return site;
	lunatik_hook_miss(&site->hook, 1);
	this_cpu_dec(lunatik_inside);
	return NULL;
}

/**
 * luaprobe_begin() - begin a hit
 * @hit: that the kernel knows
 *
 * Hits that cannot be delivered are missed and counted: inside of the function of
 * another probe, for example.
 *
 * Context: any
 * Return: that of this CPU's state, without preemption until luaprobe_end(); or NULL
 */
struct luaprobe_site *luaprobe_begin(struct luaprobe_site *hit)
{
	struct luaprobe_site *site;

	preempt_disable_notrace();
	site = luaprobe_tobegin(hit);
	if (!site)
		preempt_enable_notrace();
	return site;
}

/**
 * luaprobe_end() - end a hit for which luaprobe_begin() has returned a site
 *
 * Context: any
 */
void luaprobe_end(void)
{
	this_cpu_dec(lunatik_inside);
	preempt_enable_notrace();
}

/*
 * ``post`` after ``pre`` belongs to the same hit: with the hook's own bit it would
 * begin another event, with budgets of its own.
 */
static u64 luaprobe_event(const struct luaprobe *probe,
			  enum luaprobe_upvalue key)
{
	return key == LUAPROBE_POST && probe->pre ? 0 : probe->site.hook.event;
}

static void luaprobe_call(struct lunatik_entry *entry, enum luaprobe_upvalue key)
{
	lua_pushvalue(entry->L, LUAPROBE_DISPATCH);
	lua_pushinteger(entry->L, key);
	lunatik_call(entry, 1, 0);
}

static noinline void luaprobe_enter(struct luaprobe *probe, struct pt_regs *regs,
				    enum luaprobe_upvalue key)
{
	struct lunatik_entry entry;

	if (lunatik_hook_enter(&probe->site.hook, &entry, luaprobe_event(probe, key)))
		return;
	probe->site.event->now = regs;
	luaprobe_call(&entry, key);
	probe->site.event->now = NULL;
	lunatik_leave(&entry);
}

static void luaprobe_enterby(struct luaprobe *probe, struct pt_regs *regs,
			     enum luaprobe_upvalue key)
{
	struct lunatik_hook *hook = &probe->site.hook;
	int result;

	result = lunatik_event_probe(hook, luaprobe_event(probe, key), LUAPROBE_SLOT(key),
				     &probe->site.event->now, regs);
	if (likely(!result))
		return;
	if (result == LUNATIK_EVENT_ENTER) {
		luaprobe_enter(probe, regs, key);
	} else if (result == LUNATIK_EVENT_CALL) {
		luaprobe_call(&hook->prepared.entry, key);
		probe->site.event->now = NULL;
		lunatik_event_leave(hook);
	}
}

/* Preemption is off. */
static void luaprobe_hit(struct luaprobe *hit, struct pt_regs *regs,
			 enum luaprobe_upvalue key)
{
	struct luaprobe_site *site = luaprobe_tobegin(&hit->site);

	if (unlikely(!site))
		return;
	luaprobe_enterby(luaprobe_ofsite(site), regs, key);
	this_cpu_dec(lunatik_inside);
}

static bool luaprobe_isftrace(const struct kprobe *kp)
{
	return kp->flags & KPROBE_FLAG_FTRACE;
}

#ifdef CONFIG_KPROBES_ON_FTRACE
/* Only the call of ftrace's lies between pre and post. */
static void luaprobe_passed(struct luaprobe *probe, struct pt_regs *regs)
{
	unsigned long ip = instruction_pointer(regs);

	instruction_pointer_set(regs, (unsigned long)probe->rp.kp.addr +
				      MCOUNT_INSN_SIZE);
	luaprobe_hit(probe, regs, LUAPROBE_POST);
	instruction_pointer_set(regs, ip);
}
#else
static void luaprobe_passed(struct luaprobe *probe, struct pt_regs *regs)
{
}
#endif

/* Return: 0 in any case: the kernel executes the instruction */
static int luaprobe_onpre(struct kprobe *kp, struct pt_regs *regs)
{
	struct luaprobe *probe = container_of(kp, struct luaprobe, rp.kp);

	if (probe->pre)
		luaprobe_hit(probe, regs, LUAPROBE_PRE);
	if (probe->post && luaprobe_isftrace(kp))
		luaprobe_passed(probe, regs);
	return 0;
}

static void luaprobe_onpost(struct kprobe *kp, struct pt_regs *regs,
			    unsigned long flags)
{
	luaprobe_hit(container_of(kp, struct luaprobe, after), regs,
		     LUAPROBE_POST);
}

/* ---- calls ------------------------------------------------------------------- */

/* Return: 0 in any case: the kernel executes the instruction */
static int luaprobe_onenter(struct kprobe *kp, struct pt_regs *regs)
{
	struct luaprobe *probe = container_of(kp, struct luaprobe, rp.kp);
	struct luaprobe_site *site = luaprobe_begin(&probe->site);

	if (!site)
		return 0;
	luaprobe_fire(site, LUAPROBE_FUNCTION, regs, NULL, NULL);
	luaprobe_end();
	return 0;
}

/* Return: 0 if the kernel is to call luaprobe_onreturn() */
static int luaprobe_oncall(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = lunatik_get_kretprobe(ri);
	struct luaprobe_passed *passed = (struct luaprobe_passed *)ri->data;
	struct luaprobe_call call = { .regs = regs };
	struct luaprobe_site *site;
	struct luaprobe *probe;

	if (!rp)
		return 1;
	passed->started = ktime_get_mono_fast_ns();
	passed->value.length = LUAPROBE_NOTHING;
	probe = container_of(rp, struct luaprobe, rp);
	site = probe->pre ? luaprobe_begin(&probe->site) : NULL;
	if (!site)
		return 0;
	luaprobe_fire(site, LUAPROBE_FUNCTION, &call, NULL, &passed->value);
	luaprobe_end();
	return 0;
}

/* Return: 0 in any case */
static int luaprobe_onreturn(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = lunatik_get_kretprobe(ri);
	struct luaprobe_call call = {
		.regs = regs,
		.returns = lunatik_get_kretprobe_retaddr(ri),
	};
	const struct luaprobe_passed *passed = NULL;
	struct luaprobe_site *site;

	site = rp ? luaprobe_begin(&container_of(rp, struct luaprobe, rp)->site) : NULL;
	if (!site)
		return 0;
	if (rp->entry_handler) {
		passed = (const struct luaprobe_passed *)ri->data;
		call.started = passed->started;
	}
	luaprobe_fire(site, passed ? LUAPROBE_EXIT : LUAPROBE_FUNCTION, &call,
		      passed ? &passed->value : NULL, NULL);
	luaprobe_end();
	return 0;
}

/* ---- dump ------------------------------------------------------------------- */

static const struct lunatik_register luaprobe_registers[] = {
	LUNATIK_REGISTERS
};

static void luaprobe_line(lua_State *L, char *line, unsigned long address)
{
	lunatik_spend(L, LUAPROBE_UNITS);
	lunatik_log(L, "probe", line, address);
}

static void luaprobe_dumpregisters(lua_State *L, const struct pt_regs *regs)
{
	char line[LUAPROBE_LINE];
	int length = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(luaprobe_registers); i++) {
		const struct lunatik_register *reg = &luaprobe_registers[i];

		if (i % 4 == 0)
			length = scnprintf(line, sizeof(line), " ");
		length += scnprintf(line + length, sizeof(line) - length,
				    " %6s %016lx", reg->name,
				    *(unsigned long *)((char *)regs + reg->offset));
		if (i % 4 == 3 || i == ARRAY_SIZE(luaprobe_registers) - 1)
			luaprobe_line(L, line, 0);
	}
}

static void luaprobe_dumpstack(lua_State *L, struct luaprobe_event *event)
{
	char line[LUAPROBE_LINE] = "  called by ";
	unsigned int i, first, frames = luaprobe_stack_save(event, &first);

	if (first < frames && event->trace[first] - event->address <= LUAPROBE_SITE)
		first++;
	frames = min(frames, first + LUAPROBE_CALLERS);
	for (i = first; i < frames; i++)
		luaprobe_line(L, line, event->trace[i]);
}

/* dump(): registers and callers to the log, by the ring of probes */
static int luaprobe_dump(lua_State *L)
{
	lunatik_object_t *object = lunatik_checkobject(L, lua_upvalueindex(1));
	struct luaprobe_event *event = object->private;
	char line[LUAPROBE_LINE];

	if (!event->now)
		return luaL_error(L, "%s (dump works only while its handler runs)",
				  LUNATIK_ERR_NULLPTR);
	snprintf(line, sizeof(line), "CPU %u, task %d (%s), at ",
		 smp_processor_id(), current->pid, current->comm);
	luaprobe_line(L, line, event->address);
	luaprobe_dumpregisters(L, event->now);
	luaprobe_dumpstack(L, event);
	return 0;
}

/* ---- the end of a probe -------------------------------------------------------- */

/* Whether there is a kprobe for ``post`` alone. */
static bool luaprobe_hasafter(const struct luaprobe *probe)
{
	return probe->after.post_handler;
}

/* After this, nobody enables it any more. */
static void luaprobe_shut(struct luaprobe *probe)
{
	mutex_lock(&probe->lock);
	probe->registered = false;
	mutex_unlock(&probe->lock);
}

static u64 luaprobe_missed(struct lunatik_hook *hook)
{
	struct luaprobe *probe = luaprobe_of(hook);

	return READ_ONCE(probe->rp.kp.nmissed) + READ_ONCE(probe->after.nmissed) +
	       READ_ONCE(probe->rp.nmissed);
}

/*
 * All that the kernel says of an unregistration that failed is that it has cleared
 * the address.
 */
static void luaprobe_flush(struct luaprobe *probe)
{
	char place[KSYM_SYMBOL_LEN / 4];

	if (!probe->rp.kp.addr || (luaprobe_hasafter(probe) && !probe->after.addr)) {
		snprintf(place, sizeof(place), "the probe of %ps",
			 (void *)probe->function);
		lunatik_hook_keep(&probe->site.hook, place);
		return;
	}
	mutex_lock(&luaprobe_mutex);
	hash_del(&probe->node);
	mutex_unlock(&luaprobe_mutex);
}

/**
 * struct luaprobe_batch - probes that go together
 * @kps: those without a function at the return
 * @rps: those with one
 */
struct luaprobe_batch {
	struct kprobe **kps;
	struct kretprobe **rps;
	int nkps;
	int nrps;
};

static void luaprobe_gather(struct luaprobe *probe, struct luaprobe_batch *batch)
{
	if (probe->rp.handler)
		batch->rps[batch->nrps++] = &probe->rp;
	else
		batch->kps[batch->nkps++] = &probe->rp.kp;
	if (luaprobe_hasafter(probe))
		batch->kps[batch->nkps++] = &probe->after;
}

static void luaprobe_unregisterbatch(struct luaprobe_batch *batch)
{
	unregister_kprobes(batch->kps, batch->nkps);
	unregister_kretprobes(batch->rps, batch->nrps);
}

static void luaprobe_remove(struct luaprobe *probe)
{
	struct kretprobe *rps[1];
	struct kprobe *kps[2];
	struct luaprobe_batch batch = { .kps = kps, .rps = rps };

	luaprobe_gather(probe, &batch);
	luaprobe_unregisterbatch(&batch);
	luaprobe_flush(probe);
}

static void luaprobe_unregister(struct lunatik_hook *hook)
{
	struct luaprobe *probe = luaprobe_of(hook);

	luaprobe_shut(probe);
	luaprobe_remove(probe);
}

/* One grace period for all of a kind, if there is memory for lists of them. */
static void luaprobe_unregisterall(struct list_head *hooks)
{
	struct luaprobe_batch batch = {};
	struct lunatik_hook *hook;
	int most = 0;
	void **room;

	list_for_each_entry(hook, hooks, batch)
		most++;
	room = kvmalloc_array(3 * most, sizeof(*room), GFP_KERNEL | __GFP_NOWARN);
	if (!room) {
		list_for_each_entry(hook, hooks, batch)
			luaprobe_unregister(hook);
		return;
	}
	batch.kps = (struct kprobe **)room;
	batch.rps = (struct kretprobe **)(room + 2 * most);
	list_for_each_entry(hook, hooks, batch) {
		luaprobe_shut(luaprobe_of(hook));
		luaprobe_gather(luaprobe_of(hook), &batch);
	}
	luaprobe_unregisterbatch(&batch);
	list_for_each_entry(hook, hooks, batch)
		luaprobe_flush(luaprobe_of(hook));
	kvfree(room);
}

static bool luaprobe_iskind(const struct luaprobe *a, const struct luaprobe *b)
{
	return a->pre == b->pre && a->post == b->post && a->rp.handler == b->rp.handler &&
	       a->rp.entry_handler == b->rp.entry_handler &&
	       a->rp.maxactive == b->rp.maxactive;
}

static bool luaprobe_matches(const struct lunatik_hook *leader,
			     const struct lunatik_hook *member)
{
	const struct luaprobe *a = container_of(leader, struct luaprobe, site.hook);
	const struct luaprobe *b = container_of(member, struct luaprobe, site.hook);

	return a->target == b->target && a->rp.kp.offset == b->rp.kp.offset &&
	       luaprobe_iskind(a, b) && !strcmp(a->symbol, b->symbol);
}

static const struct lunatik_hooktype luaprobe_hooktype = {
	.name = "probe",
	.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
	.flags = LUNATIK_TRY | LUNATIK_PROBE,
	.unregister = luaprobe_unregister,
	.unregister_batch = luaprobe_unregisterall,
	.missed = luaprobe_missed,
	.matches = luaprobe_matches,
};

/* ---- new ------------------------------------------------------------------------- */

/* Raises. */
static void luaprobe_failname(lua_State *L, const char *name,
			      const unsigned long *addresses, int n)
{
	char place[LUAPROBE_LINE];
	int i;

	lua_pushfstring(L, "failed to register probe (%d): %s: %d functions bear this name: ",
			-ENOTUNIQ, name, n);
	for (i = 0; i < min(n, LUAPROBE_NAMESAKES); i++) {
		lunatik_symbol_place(addresses[i], place, sizeof(place));
		lua_pushfstring(L, "%s%s", i ? ", " : "", place);
		lua_concat(L, 2);
	}
	lua_pushfstring(L, "%s (give one of those, or one of the addresses that linux.lookup returns)",
			n > LUAPROBE_NAMESAKES ? ", ..." : "");
	lua_concat(L, 2);
	lua_error(L);
}

/* Refuse a name that several functions bear. The kernel reports a name that none bears. */
static void luaprobe_resolve(lua_State *L, struct luaprobe *probe)
{
	unsigned long *addresses =
		lua_newuserdatauv(L, LUAPROBE_MOST * sizeof(*addresses), 0);
	unsigned int n = lunatik_symbol_functions(probe->symbol, addresses,
						  LUAPROBE_MOST);

	if (n > 1)
		luaprobe_failname(L, probe->symbol, addresses, n);
	if (n == 1)
		probe->rp.kp.addr = (kprobe_opcode_t *)addresses[0];
	else
		probe->rp.kp.symbol_name = probe->symbol;
	lua_pop(L, 1);
}

/* "symbol" or "symbol+offset"; fills in the place for the kernel. */
static void luaprobe_setsymbol(lua_State *L, struct luaprobe *probe,
			       const char *symbol, size_t length)
{
	char *plus;

	memcpy(probe->symbol, symbol, length + 1);
	plus = strchr(probe->symbol, '+');
	if (plus) {
		*plus = '\0';
		luaL_argcheck(L, !kstrtouint(plus + 1, 0, &probe->rp.kp.offset), 1,
			      "the offset after '+' is not a number");
	}
	luaprobe_resolve(L, probe);
}

static const char *luaprobe_checktarget(lua_State *L, size_t *length)
{
	const char *symbol;

	*length = 0;
	if (lua_islightuserdata(L, 1))
		return NULL;
	if (lua_type(L, 1) != LUA_TSTRING)
		luaL_typeerror(L, 1, "symbol or address");
	symbol = lua_tolstring(L, 1, length);
	luaL_argcheck(L, *length && *length < KSYM_NAME_LEN &&
			 strlen(symbol) == *length, 1,
		      "not the name of a symbol");
	return symbol;
}

static const struct luaprobe_ops luaprobe_kprobeops;

static lunatik_object_t *luaprobe_create(lua_State *L)
{
	lunatik_object_t *object;
	struct luaprobe *probe;
	const char *symbol;
	size_t length;

	symbol = luaprobe_checktarget(L, &length);
	object = lunatik_newobject(L, &luaprobe_class,
				   struct_size(probe, symbol, length + 1));
	probe = object->private;
	mutex_init(&probe->lock);
	probe->site.ops = &luaprobe_kprobeops;
	if (symbol) {
		luaprobe_setsymbol(L, probe, symbol, length);
	} else {
		probe->target = lua_touserdata(L, 1);
		probe->rp.kp.addr = probe->target;
		/* register_kprobe() reads from there before it looks whether it is text. */
		luaL_argcheck(L, lunatik_symbol_istext((unsigned long)probe->rp.kp.addr),
			      1, "not an address in the kernel's text");
	}
	return object;
}

static const char *const luaprobe_handlers[] = { "pre", "post", NULL };

static bool luaprobe_hashandler(lua_State *L, const char *field)
{
	int type = lua_getfield(L, 2, field);

	if (type != LUA_TNIL && type != LUA_TFUNCTION)
		luaL_error(L, "bad field '%s' (function expected, got %s)",
			   field, lua_typename(L, type));
	lua_pop(L, 1);
	return type == LUA_TFUNCTION;
}

/* Only the presence of these handlers matters here. */
static void luaprobe_sethandlers(lua_State *L, struct luaprobe *probe)
{
	probe->pre = luaprobe_hashandler(L, "pre");
	probe->post = luaprobe_hashandler(L, "post");
	luaL_argcheck(L, probe->pre || probe->post, 2,
		      "neither a function 'pre' nor a function 'post'");
	probe->rp.kp.pre_handler = luaprobe_onpre;
}

/**
 * luaprobe_lend() - give a probe an event, and push its handle
 * @L: state of the running entry, with the target at index 1
 * @site: of the probe
 * @kind: of the event
 *
 * Raises without memory.
 *
 * Context: process, may sleep
 */
void luaprobe_lend(lua_State *L, struct luaprobe_site *site, enum luaprobe_kind kind)
{
	site->lent = luaprobe_event_create(L, kind, 1);
	lunatik_getobject(site->lent);
	site->event = site->lent->private;
}

/* Push a function with all that a hit needs, and all that itself; the probe's handle is on top of the stack. */
static void luaprobe_pushdispatch(lua_State *L, struct luaprobe *probe)
{
	int handle = lua_gettop(L), event = handle + LUAPROBE_EVENT, slot;

	luaL_checkstack(L, 2 * LUAPROBE_POST + 1, NULL);
	lua_settop(L, event);
	luaprobe_lend(L, &probe->site, LUAPROBE_KPROBE);
	lua_replace(L, event);
	lua_pushvalue(L, 2);
	lua_replace(L, handle + LUAPROBE_HANDLERS);
	lua_pushvalue(L, 1);
	lua_replace(L, handle + LUAPROBE_TARGET);
	lua_pushvalue(L, event);
	lua_pushcclosure(L, luaprobe_dump, 1);
	lua_replace(L, handle + LUAPROBE_DUMP);
	luaprobe_event_pushargument(L, event);
	lua_replace(L, handle + LUAPROBE_ARGUMENT);
	lua_pushliteral(L, "pre");
	lua_pushliteral(L, "post");
	for (slot = LUAPROBE_HANDLERS; slot <= LUAPROBE_POST; slot++)
		lua_pushvalue(L, handle + slot);
	lua_pushcclosure(L, luaprobe_dispatch, LUAPROBE_POST);
	lua_insert(L, handle + 1);
}

static const char *luaprobe_explain(int err)
{
	switch (err) {
	case -ENOENT:
		return "the kernel has no such symbol";
	case -EILSEQ:
		return "no instruction begins there";
	case -EINVAL:
		return "it is on the kernel's blacklist, not in its text, outside of the function, or in the middle of an instruction";
	case -ENOMEM:
		return "out of memory";
	case -ENOSPC:
		return "there are 64 probes in that function already, the most that all scripts together may have";
	default:
		return "the kernel refuses it";
	}
}

static void luaprobe_raise(lua_State *L, int err)
{
	const char *target = lua_type(L, 1) == LUA_TSTRING ?
			     lua_tostring(L, 1) : "the address";

	luaL_error(L, "failed to register probe (%d): %s: %s", err, target,
		   luaprobe_explain(err));
}

/* Each hit calls all probes of a place, and each may use up its budget. */
static int luaprobe_admit(struct luaprobe *probe)
{
	const struct luaprobe *other;
	int n = 0;

	probe->function = lunatik_symbol_function((unsigned long)probe->rp.kp.addr);
	mutex_lock(&luaprobe_mutex);
	hash_for_each_possible(luaprobe_functions, other, node, probe->function)
		n += other->function == probe->function;
	if (n < LUAPROBE_MOST)
		hash_add(luaprobe_functions, &probe->node, probe->function);
	mutex_unlock(&luaprobe_mutex);
	return n < LUAPROBE_MOST ? 0 : -ENOSPC;
}

/* See the top: only where a kprobe with a post_handler does no harm. */
static int luaprobe_registerafter(struct luaprobe *probe)
{
	int err;

	if (!probe->post || luaprobe_isftrace(&probe->rp.kp))
		return 0;
	probe->after.addr = probe->rp.kp.addr;
	probe->after.post_handler = luaprobe_onpost;
	err = register_kprobe(&probe->after);
	if (err)
		probe->after.post_handler = NULL;
	return err;
}

static int luaprobe_register(struct luaprobe *probe)
{
	int err;

	if (probe->rp.kp.symbol_name && lunatik_symbol_isgone(probe->rp.kp.symbol_name))
		return -EINVAL;
	mutex_lock(&probe->lock);
	err = probe->rp.handler ? register_kretprobe(&probe->rp) :
				  register_kprobe(&probe->rp.kp);
	if (!err) {
		err = luaprobe_admit(probe);
		if (!err)
			err = luaprobe_registerafter(probe);
		if (err)
			luaprobe_remove(probe);
	}
	probe->registered = !err;
	mutex_unlock(&probe->lock);
	return err;
}

/* In a member of a percpu script, the leader's kprobe hits for it, too. */
static int luaprobe_start(lua_State *L, struct luaprobe *probe)
{
	const struct luaprobe *leader;

	if (!lunatik_joinhook(L, &probe->site.hook))
		return luaprobe_register(probe);
	leader = luaprobe_of(probe->site.hook.leader);
	probe->rp.kp.addr = leader->rp.kp.addr;
	probe->function = leader->function;
	return 0;
}

/*
 * Register, and arm the hook. The functions are in place before the kernel may call,
 * and nothing gets in before the hook is armed.
 *
 * @slots: values above the handle, for the hook's thread
 */
static int luaprobe_finish(lua_State *L, lunatik_object_t *object, int slots)
{
	struct luaprobe *probe = object->private;
	struct lunatik_hook *hook = &probe->site.hook;
	int err;

	lunatik_inithook(L, object, hook, &luaprobe_hooktype);
	lua_xmove(L, hook->L, slots);
	lunatik_event_preparemethods(hook);
	err = luaprobe_start(L, probe);
	probe->site.event->address = (unsigned long)probe->rp.kp.addr;
	if (err) {
		lunatik_drophook(L, hook);
		luaprobe_raise(L, err);
	}
	lunatik_armhook(hook);
	return 1;
}

/* probe.new(target, handlers) - register a probe, until the script stops */
static int luaprobe_new(lua_State *L)
{
	lunatik_object_t *object;
	struct luaprobe *probe;

	lunatik_checkcontext(L, "probe", luaprobe_hooktype.contexts);
	luaL_checktype(L, 2, LUA_TTABLE);
	lunatik_checkfields(L, 2, luaprobe_handlers);
	lua_settop(L, 2);
	object = luaprobe_create(L);
	probe = object->private;
	luaprobe_sethandlers(L, probe);
	luaprobe_pushdispatch(L, probe);
	return luaprobe_finish(L, object, LUAPROBE_SLOT(LUAPROBE_POST));
}

/* ---- entry, exit, call ----------------------------------------------------------- */

/* A probe of a function whose handle is left on the stack, for a target at index 1. */
static lunatik_object_t *luaprobe_createcall(lua_State *L)
{
	lunatik_object_t *object = luaprobe_create(L);
	struct luaprobe *probe = object->private;

	luaL_argcheck(L, !probe->rp.kp.offset, 1,
		      "not a function, but an instruction of it (see probe.new)");
	return object;
}

/* Calls that are under way at once, of the table at an index, or as many as usual. */
static int luaprobe_getactive(lua_State *L, int ix)
{
	int usual = max_t(int, LUAPROBE_ACTIVE, 4 * num_possible_cpus());
	int type;

	if (lua_isnoneornil(L, ix))
		return usual;
	type = lua_getfield(L, ix, "maxactive");
	lua_pop(L, 1);
	return type == LUA_TNIL ? usual :
				  lunatik_checkinteger(L, ix, "maxactive", 1,
						       LUAPROBE_ACTIVEMOST);
}

/* The kernel allocates for calls when it registers; the script pays before that. */
static void luaprobe_setactive(lua_State *L, lunatik_object_t *object, int active)
{
	struct luaprobe *probe = object->private;
	size_t size = sizeof(struct kretprobe_instance) + probe->rp.data_size +
		      LUAPROBE_ACTIVESIZE;
	/* Newer kernels have a list for each CPU that would hold all. */
	size_t lists = num_possible_cpus() *
		       PAGE_ALIGN(roundup_pow_of_two(active) * sizeof(void *));

	probe->rp.maxactive = active;
	if (!lunatik_charge_reclaim(L, object, active * size + lists))
		luaL_error(L, "not enough memory");
	probe->charged = active * size + lists;
	probe->self = object;
}

/* probe.entry(target, function) - call it when a function of the kernel is entered */
static int luaprobe_newentry(lua_State *L)
{
	lunatik_object_t *object;
	struct luaprobe *probe;

	lunatik_checkcontext(L, "probe", luaprobe_hooktype.contexts);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	object = luaprobe_createcall(L);
	probe = object->private;
	probe->rp.kp.pre_handler = luaprobe_onenter;
	lua_pushvalue(L, 2);
	luaprobe_lend(L, &probe->site, LUAPROBE_KPROBE);
	return luaprobe_finish(L, object, LUAPROBE_HANDLE);
}

static const char *const luaprobe_exitoptions[] = { "maxactive", NULL };

/* probe.exit(target, function [, options]) - call it when a function of the kernel returns */
static int luaprobe_newexit(lua_State *L)
{
	lunatik_object_t *object;
	struct luaprobe *probe;
	int active;

	lunatik_checkcontext(L, "probe", luaprobe_hooktype.contexts);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	if (!lua_isnoneornil(L, 3)) {
		luaL_checktype(L, 3, LUA_TTABLE);
		lunatik_checkfields(L, 3, luaprobe_exitoptions);
	}
	lua_settop(L, 3);
	active = luaprobe_getactive(L, 3);
	object = luaprobe_createcall(L);
	probe = object->private;
	probe->rp.handler = luaprobe_onreturn;
	luaprobe_setactive(L, object, active);
	lua_pushvalue(L, 2);
	luaprobe_lend(L, &probe->site, LUAPROBE_CALL);
	return luaprobe_finish(L, object, LUAPROBE_HANDLE);
}

static const char *const luaprobe_callfields[] = { "entry", "exit", "maxactive", NULL };

/*
 * probe.call(target, functions) - call ``entry`` when a function of the kernel is
 * entered, and ``exit`` when the same call returns
 */
static int luaprobe_newcall(lua_State *L)
{
	lunatik_object_t *object;
	struct luaprobe *probe;
	int active;

	lunatik_checkcontext(L, "probe", luaprobe_hooktype.contexts);
	luaL_checktype(L, 2, LUA_TTABLE);
	lunatik_checkfields(L, 2, luaprobe_callfields);
	lua_settop(L, 2);
	lunatik_checkfield(L, 2, "exit", LUA_TFUNCTION);
	lua_settop(L, 2);
	active = luaprobe_getactive(L, 2);
	object = luaprobe_createcall(L);
	probe = object->private;
	probe->pre = luaprobe_hashandler(L, "entry");
	probe->rp.handler = luaprobe_onreturn;
	probe->rp.entry_handler = luaprobe_oncall;
	probe->rp.data_size = sizeof(struct luaprobe_passed);
	luaprobe_setactive(L, object, active);
	lua_getfield(L, 2, "entry");
	luaprobe_lend(L, &probe->site, LUAPROBE_CALL);
	lua_getfield(L, 2, "exit");
	return luaprobe_finish(L, object, LUAPROBE_EXIT);
}

/* ---- methods ------------------------------------------------------------------------ */

static struct luaprobe_site *luaprobe_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luaprobe_class)->private;
}

/* p:stop() - unregister; may be repeated */
static int luaprobe_stop(lua_State *L)
{
	struct luaprobe_site *site = luaprobe_check(L);

	if (lunatik_maysleep(L))
		lunatik_checksleep(L, "probe.stop");
	lunatik_stophook(L, &site->hook);
	return 0;
}

static int luaprobe_switchkprobe(struct kprobe *kp, bool on)
{
	return on ? enable_kprobe(kp) : disable_kprobe(kp);
}

/* Both of them, or none. */
static int luaprobe_switchboth(struct luaprobe *probe, bool on)
{
	int err = luaprobe_switchkprobe(&probe->rp.kp, on);

	if (err || !luaprobe_hasafter(probe))
		return err;
	err = luaprobe_switchkprobe(&probe->after, on);
	if (err)
		luaprobe_switchkprobe(&probe->rp.kp, !on);
	return err;
}

static int luaprobe_enablekprobe(struct luaprobe_site *site, bool on)
{
	struct luaprobe *probe = luaprobe_ofsite(site);
	int err = -ENXIO;

	mutex_lock(&probe->lock);
	if (probe->registered && !READ_ONCE(site->hook.deferred))
		err = luaprobe_switchboth(probe, on);
	mutex_unlock(&probe->lock);
	return err;
}

static void luaprobe_releasekprobe(struct luaprobe_site *site)
{
	struct luaprobe *probe = luaprobe_ofsite(site);

	if (probe->charged)
		lunatik_uncharge(probe->self, probe->charged);
	mutex_destroy(&probe->lock);
}

static const struct luaprobe_ops luaprobe_kprobeops = {
	.enable = luaprobe_enablekprobe,
	.release = luaprobe_releasekprobe,
};

/* Of a member, the leader's, for all CPUs. */
static int luaprobe_switch(struct luaprobe_site *site, bool on)
{
	struct lunatik_hook *leader = lunatik_percpu_getleader(&site->hook);
	int err;

	if (!leader)
		return site->ops->enable(site, on);
	err = luaprobe_siteof(leader)->ops->enable(luaprobe_siteof(leader), on);
	lunatik_putobject(leader->object);
	return err;
}

/* p:enable(on) - let the probe fire, or not */
static int luaprobe_enable(lua_State *L)
{
	struct luaprobe_site *site = luaprobe_check(L);
	bool on;
	int err;

	luaL_checktype(L, 2, LUA_TBOOLEAN);
	on = lua_toboolean(L, 2);
	lunatik_checksleep(L, "probe.enable");
	err = luaprobe_switch(site, on);
	if (err == -ENXIO)
		return luaL_argerror(L, 1, LUNATIK_ERR_NULLPTR);
	if (err)
		return luaL_error(L, "failed to %s probe (%d): %s",
				  on ? "enable" : "disable", err,
				  err == -EINVAL ? "the module of its function is gone" :
						   "the kernel refuses it");
	return 0;
}

static void luaprobe_release(void *private)
{
	struct luaprobe_site *site = private;

	if (site->ops)
		site->ops->release(site);
	lunatik_releasehook(&site->hook);
	if (site->lent)
		lunatik_putobject(site->lent);
}

static const luaL_Reg luaprobe_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luaprobe_stop},
	{"enable", luaprobe_enable},
	{NULL, NULL}
};

const lunatik_class_t luaprobe_class = {
	.name = "probe",
	.methods = luaprobe_methods,
	.release = luaprobe_release,
	.owner = THIS_MODULE,
};

static const luaL_Reg luaprobe_lib[] = {
	{"call", luaprobe_newcall},
	{"entry", luaprobe_newentry},
	{"every", luaprobe_every},
	{"exit", luaprobe_newexit},
	{"new", luaprobe_new},
	{"profile", luaprobe_profile},
	{"symbols", luaprobe_symbols},
	{"tracepoint", luaprobe_tracepoint},
	{"user", luaprobe_user},
	{"userexit", luaprobe_userexit},
	{NULL, NULL}
};

LUNATIK_NEWLIB(probe, luaprobe_lib, &luaprobe_class, NULL);

static int __init luaprobe_init(void)
{
	return luaprobe_timer_init();
}

static void __exit luaprobe_exit(void)
{
	luaprobe_timer_exit();
}

module_init(luaprobe_init);
module_exit(luaprobe_exit);

MODULE_DESCRIPTION("Lunatik: kprobes in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
