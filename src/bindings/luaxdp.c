// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaxdp.c - the xdp library: an eBPF program asks Lua about a packet
 *
 * <linux/bpf.h>, <net/xdp.h>. The program calls the kfunc bpf_luaxdp_run() with
 * the name of a script that has called xdp.attach(). The name is looked up in a
 * hash table under RCU; no lock but the runtime's is taken.
 *
 * Without the module's BTF the kfunc cannot be called; everything else works.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/atomic.h>
#include <linux/filter.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/stringhash.h>
#include <net/xdp.h>

#include <luadata.h>
#include <lunatik_binding.h>
#include <lunatik_btf.h>
#include <lunatik_event.h>
#include <unaligned.h>

#define LUAXDP_FAILED	(-1)	/* documented: the program decides */

/* Slots of the hook's Lua thread. */
#define LUAXDP_FUNCTION	1
#define LUAXDP_BUFFER	2
#define LUAXDP_ARGUMENT	3

/**
 * struct luaxdp - private area of an attached function's object
 * @node: in luaxdp_scripts, by name
 * @buffer: the data object that is lent for the packet
 * @argument: the same for what the program passes
 * @name: of the runtime
 */
struct luaxdp {
	struct lunatik_hook hook;
	struct hlist_node node;
	lunatik_object_t *buffer;
	lunatik_object_t *argument;
	char name[LUNATIK_NAMELEN];
};

/**
 * struct luaxdp_memory - what a CPU has looked up last
 * @key: where the program keeps the name: in its read-only data
 * @size: of the array there
 * @changes: luaxdp_changes before the look-up
 * @lx: the function; valid until the next change
 */
struct luaxdp_memory {
	const char *key;
	size_t size;
	unsigned long changes;
	struct luaxdp *lx;
};

static DEFINE_MUTEX(luaxdp_mutex);
static DEFINE_HASHTABLE(luaxdp_scripts, 6);
static DEFINE_PER_CPU(struct luaxdp_memory, luaxdp_last);
static unsigned long luaxdp_changes = 1;	/* attached and detached functions */
static atomic_long_t luaxdp_unknown;

static u32 luaxdp_hash(const char *name, size_t length)
{
	return full_name_hash(NULL, name, length);
}

/* ---- packets ------------------------------------------------------------------ */

/* Raises: to be called inside lunatik_protect(). */
static int luaxdp_report(lua_State *L)
{
	return luaL_error(L, "the function returned %s: a value of xdp.action or nil expected",
			  (const char *)lua_touserdata(L, 1));
}

static int luaxdp_result(struct lunatik_entry *entry)
{
	lua_State *L = entry->L;
	const char *wrong;
	lua_Integer action;

	if (lua_isnil(L, -1))
		return XDP_PASS;
	action = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
	if (likely(action >= XDP_ABORTED && action <= XDP_REDIRECT))
		return action;
	wrong = lua_isinteger(L, -1) ? "an unknown action" : luaL_typename(L, -1);
	lunatik_protect(entry, luaxdp_report, (void *)wrong);
	return LUAXDP_FAILED;
}

static int luaxdp_call(struct luaxdp *lx, struct xdp_buff *xdp, void *argument,
		       size_t size)
{
	struct lunatik_entry entry;
	int result = LUAXDP_FAILED;

	if (unlikely(lunatik_enter(&lx->hook, &entry)))
		return LUAXDP_FAILED;
	luadata_setxdp(lx->buffer, xdp);
	luadata_reset(lx->argument, argument, size, LUADATA_OPT_NONE);
	lua_pushvalue(entry.L, LUAXDP_FUNCTION);
	lua_pushvalue(entry.L, LUAXDP_BUFFER);
	lua_pushvalue(entry.L, LUAXDP_ARGUMENT);
	if (likely(lunatik_call(&entry, 2, 1) == LUA_OK))
		result = luaxdp_result(&entry);
	luadata_clear(lx->buffer);
	luadata_clear(lx->argument);
	lua_settop(entry.L, LUAXDP_ARGUMENT);
	lunatik_leave(&entry);
	return result;
}

static int luaxdp_run(struct luaxdp *found, struct xdp_buff *xdp, void *argument,
		      size_t size)
{
	struct luaxdp *lx = container_of(lunatik_hook_here(&found->hook),
					 struct luaxdp, hook);
	int result = LUNATIK_EVENT_ENTER;

	if (likely(!xdp_buff_has_frags(xdp)))
		result = lunatik_event_xdp(&lx->hook, xdp, argument, size);
	if (likely(result >= 0))
		return result;
	switch (result) {
	case LUNATIK_EVENT_NIL:
		return XDP_PASS;
	case LUNATIK_EVENT_RESULTS:	/* neither an action nor nil */
		result = luaxdp_result(&lx->hook.prepared.entry);
		luadata_clear(lx->buffer);
		luadata_clear(lx->argument);
		lunatik_event_leave(&lx->hook);
		return result;
	case LUNATIK_EVENT_ENTER:
		return luaxdp_call(lx, xdp, argument, size);
	default:
		return LUAXDP_FAILED;
	}
}

static struct luaxdp *luaxdp_find(const char *name, size_t length)
{
	struct luaxdp *lx;

	hash_for_each_possible_rcu(luaxdp_scripts, lx, node,
				   luaxdp_hash(name, length)) {
		if (!strncmp(lx->name, name, length) && !lx->name[length])
			return lx;
	}
	return NULL;
}

/* The array may hold another name by now. That of the script is followed by zero bytes. */
static __always_inline bool luaxdp_holds(const char *key, size_t size,
					 const char *name)
{
	size_t i;

	for (i = 0; i + sizeof(u64) <= size; i += sizeof(u64)) {
		if (get_unaligned((const u64 *)(key + i)) !=
		    get_unaligned((const u64 *)(name + i)))
			return false;
	}
	for (; i < size; i++) {
		if (key[i] != name[i])
			return false;
	}
	return true;
}

static int luaxdp_miss(const char *name, size_t length)
{
	char clean[LUNATIK_NAMELEN + 1];

	atomic_long_inc(&luaxdp_unknown);
	lunatik_text_clean(clean, name, length);
	pr_warn_ratelimited("%s: xdp: no running script '%s' has called xdp.attach()\n",
			    clean, clean);
	return LUAXDP_FAILED;
}

/*
 * Without bottom halves nothing else on this CPU remembers, or reads the half of
 * it. On kernels with CONFIG_PREEMPT_RT tasks would, in spite of that. Where
 * interrupts are off, bottom halves cannot be switched on again: the next event
 * looks the function up.
 */
static void luaxdp_remember(const char *key, size_t size, unsigned long changes,
			    struct luaxdp *lx)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || irqs_disabled())
		return;
	local_bh_disable();
	*this_cpu_ptr(&luaxdp_last) = (struct luaxdp_memory){
		.key = key, .size = size, .changes = changes, .lx = lx,
	};
	local_bh_enable();
}

/*
 * The function that this CPU has looked up last, if the program means the same.
 *
 * A program that runs in a task, as some kernels test programs, may be interrupted
 * between two reads, and the memory be replaced as a whole. The function that is
 * read first and last then differs, or has stayed: in both cases the reads between
 * belong to it.
 *
 * Programs run under RCU: to detach a function takes a grace period, after which no
 * program has seen luaxdp_changes as it was before.
 */
static __always_inline struct luaxdp *luaxdp_recall(const char *key, size_t size)
{
	const struct luaxdp_memory *last;
	struct luaxdp *lx;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return NULL;
	last = raw_cpu_ptr(&luaxdp_last);
	lx = READ_ONCE(last->lx);
	barrier();
	if (unlikely(READ_ONCE(last->key) != key || READ_ONCE(last->size) != size ||
		     READ_ONCE(last->changes) != READ_ONCE(luaxdp_changes)))
		return NULL;
	barrier();
	if (unlikely(READ_ONCE(last->lx) != lx || !luaxdp_holds(key, size, lx->name)))
		return NULL;
	return lx;
}

static noinline int luaxdp_lookup(const char *key, size_t size,
				  struct xdp_buff *xdp, void *argument,
				  size_t bytes)
{
	size_t length = strnlen(key, size);
	int result = LUAXDP_FAILED;
	struct luaxdp *lx = NULL;
	unsigned long changes;

	rcu_read_lock();
	/* Pairs with the releases below: a later change ends the validity of the memory. */
	changes = smp_load_acquire(&luaxdp_changes);
	if (length < LUNATIK_NAMELEN)
		lx = luaxdp_find(key, length);
	if (likely(lx)) {
		if (size <= LUNATIK_NAMELEN)
			luaxdp_remember(key, size, changes, lx);
		result = luaxdp_run(lx, xdp, argument, bytes);
	}
	rcu_read_unlock();
	return likely(lx) ? result :
			    luaxdp_miss(key, min_t(size_t, length, LUNATIK_NAMELEN));
}

__bpf_kfunc_start_defs();

/* For sparse, which does not know that eBPF programs are the callers. */
int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg,
		   size_t arg__sz);

/**
 * bpf_luaxdp_run() - let the function of a script decide about a packet (kfunc)
 * @key: name of the script, as in ``lunatik list``, or of a child; not changed
 * @key__sz: size of the array that holds it, with or without its zero byte
 * @xdp_ctx: the program's context
 * @arg: memory of the program, which the function may change
 * @arg__sz: its size in bytes
 *
 * Context: XDP programs: soft interrupts, bottom halves off
 * Return: an XDP action, or -1: no such script has a function attached, it
 * failed or exhausted its budget, or the runtime was busy on this CPU
 */
__bpf_kfunc int bpf_luaxdp_run(char *key, size_t key__sz,
			       struct xdp_md *xdp_ctx, void *arg,
			       size_t arg__sz)
{
	struct luaxdp *lx = luaxdp_recall(key, key__sz);

	if (likely(lx))
		return luaxdp_run(lx, (struct xdp_buff *)xdp_ctx, arg, arg__sz);
	return luaxdp_lookup(key, key__sz, (struct xdp_buff *)xdp_ctx, arg,
			     arg__sz);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(luaxdp_kfuncs)
BTF_ID_FLAGS(func, bpf_luaxdp_run)
BTF_KFUNCS_END(luaxdp_kfuncs)

static const struct btf_kfunc_id_set luaxdp_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &luaxdp_kfuncs,
};

/* ---- attaching ---------------------------------------------------------------------- */

/* The core waits for a grace period before it frees what is not found any more. */
static void luaxdp_unregister(struct lunatik_hook *hook)
{
	struct luaxdp *lx = container_of(hook, struct luaxdp, hook);

	mutex_lock(&luaxdp_mutex);
	if (!hlist_unhashed(&lx->node))
		hash_del_rcu(&lx->node);
	/* Pairs with the acquire in luaxdp_lookup(). */
	smp_store_release(&luaxdp_changes, luaxdp_changes + 1);
	mutex_unlock(&luaxdp_mutex);
}

/* The name is the script's, and all states have the same. */
static bool luaxdp_matches(const struct lunatik_hook *leader,
			   const struct lunatik_hook *member)
{
	return true;
}

static const struct lunatik_hooktype luaxdp_hooktype = {
	.name = "xdp",
	.contexts = LUNATIK_IN_SOFTIRQ,
	.unregister = luaxdp_unregister,
	.matches = luaxdp_matches,
};

static void luaxdp_release(void *private)
{
	struct luaxdp *lx = private;

	if (lx->buffer)
		lunatik_putobject(lx->buffer);
	if (lx->argument)
		lunatik_putobject(lx->argument);
	lunatik_releasehook(&lx->hook);
}

static const luaL_Reg luaxdp_methods[] = {
	{"__gc", lunatik_deleteobject},
	{NULL, NULL}
};

static const lunatik_class_t luaxdp_class = {
	.name = "xdp",
	.methods = luaxdp_methods,
	.release = luaxdp_release,
	.owner = THIS_MODULE,
};

static char luaxdp_attached;	/* its address is the key of the attached object */

/*
 * xdp.detach() - take the function back, if one is attached
 *
 * Context: softirq runtime, everywhere
 */
static int luaxdp_detach(lua_State *L)
{
	struct luaxdp *lx;

	lua_settop(L, 0);
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &luaxdp_attached) == LUA_TNIL)
		return 0;
	lx = lunatik_checkclassobject(L, 1, &luaxdp_class)->private;
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &luaxdp_attached);
	lunatik_stophook(L, &lx->hook);
	return 0;
}

/* Push the object of the function at index 1, and fill its Lua thread. */
static struct luaxdp *luaxdp_new(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_newobject(L, &luaxdp_class, sizeof(struct luaxdp));
	struct luaxdp *lx = object->private;

	strscpy(lx->name, lunatik_name(L), sizeof(lx->name));
	lx->buffer = luadata_new(NULL, 0, false, LUADATA_OPT_NONE);
	lx->argument = luadata_new(NULL, 0, false, LUADATA_OPT_NONE);
	if (!lx->buffer || !lx->argument)
		luaL_error(L, "not enough memory");
	lua_pushvalue(L, 1);
	lunatik_pushobject(L, lx->buffer);
	lunatik_pushobject(L, lx->argument);
	lunatik_inithook(L, object, &lx->hook, &luaxdp_hooktype);
	lua_xmove(L, lx->hook.L, LUAXDP_ARGUMENT);
	lx->hook.prepared.data[0] = lx->buffer->private;
	lx->hook.prepared.data[1] = lx->argument->private;
	lunatik_event_prepare(&lx->hook, 2);
	return lx;
}

static void luaxdp_publish(struct luaxdp *lx)
{
	mutex_lock(&luaxdp_mutex);
	hash_add_rcu(luaxdp_scripts, &lx->node,
		     luaxdp_hash(lx->name, strlen(lx->name)));
	/* Pairs with the acquire in luaxdp_lookup(). */
	smp_store_release(&luaxdp_changes, luaxdp_changes + 1);
	mutex_unlock(&luaxdp_mutex);
}

/*
 * xdp.attach(function) - let function(buffer, argument) decide about packets
 *
 * Replaces the attached function; further arguments are ignored. It returns a value
 * of xdp.action, or nil for PASS.
 *
 * Context: softirq runtime, the script's body
 */
static int luaxdp_attach(lua_State *L)
{
	struct luaxdp *lx;
	bool joined;

	lunatik_checkcontext(L, "xdp", luaxdp_hooktype.contexts);
	if (!lunatik_maysleep(L))
		luaL_error(L, "xdp: a callback cannot attach functions, only the script's body can");
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lx = luaxdp_new(L);
	joined = lunatik_joinhook(L, &lx->hook);
	lua_pushcfunction(L, luaxdp_detach);
	lua_call(L, 0, 0);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &luaxdp_attached);
	if (!joined)
		luaxdp_publish(lx);
	lunatik_armhook(&lx->hook);
	return 0;
}

static const lunatik_reg_t luaxdp_action[] = {
	{"ABORTED", XDP_ABORTED},
	{"DROP", XDP_DROP},
	{"PASS", XDP_PASS},
	{"TX", XDP_TX},
	{"REDIRECT", XDP_REDIRECT},
	{NULL, 0}
};

static const lunatik_namespace_t luaxdp_namespaces[] = {
	{"action", luaxdp_action},
	{NULL, NULL}
};

static const luaL_Reg luaxdp_lib[] = {
	{"attach", luaxdp_attach},
	{"detach", luaxdp_detach},
	{NULL, NULL}
};

LUNATIK_NEWLIB(xdp, luaxdp_lib, &luaxdp_class, luaxdp_namespaces);

static int luaxdp_getunknown(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(&luaxdp_unknown));
}

/* The kernel calls it for what stands on a command line, whatever the permissions are. */
static int luaxdp_setunknown(const char *value, const struct kernel_param *param)
{
	return -EPERM;
}

static const struct kernel_param_ops luaxdp_unknownops = {
	.set = luaxdp_setunknown,
	.get = luaxdp_getunknown,
};
module_param_cb(unknown, &luaxdp_unknownops, NULL, 0444);
MODULE_PARM_DESC(unknown, "packets for which no script was attached under the program's name");

static int __init luaxdp_init(void)
{
	lunatik_registerkfuncs(BPF_PROG_TYPE_XDP, &luaxdp_kfunc_set,
			       "call bpf_luaxdp_run");
	return 0;
}

static void __exit luaxdp_exit(void)
{
}

module_init(luaxdp_init);
module_exit(luaxdp_exit);
MODULE_DESCRIPTION("Lunatik: XDP programs ask Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
