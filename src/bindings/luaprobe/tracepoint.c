// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * tracepoint.c - Lua functions at tracepoints
 *
 * The kernel calls a function with the arguments that the tracepoint's prototype
 * has. Our one function for all of them takes arguments as the calling convention
 * passes them: words, whatever their types are. The kernel knows for eBPF how many
 * there are. Without that, only those in registers are looked at.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "probe.h"
#include "registers.h"

#define TRACEPOINT_NAME		128	/* bytes of a name */
#define TRACEPOINT_MOST		64	/* probes of all scripts at one tracepoint */
#define TRACEPOINT_ARGUMENTS	12

static const char tracepoint_what[] = "probe.tracepoint";

#if !defined(CONFIG_TRACEPOINTS)
/* probe.tracepoint(name, function) - raises here */
int luaprobe_tracepoint(lua_State *L)
{
	return luaL_error(L, "%s: this kernel has no tracepoints (CONFIG_TRACEPOINTS)",
			  tracepoint_what);
}
#elif defined(CONFIG_CFI_CLANG) || defined(CONFIG_CFI)
/* The kernel compares the prototype of each function that it calls. */
/* probe.tracepoint(name, function) - raises here */
int luaprobe_tracepoint(lua_State *L)
{
	return luaL_error(L, "%s: not on a kernel that checks its indirect calls (CONFIG_CFI)",
			  tracepoint_what);
}
#else

/**
 * struct tracepoint_probe - private area of a probe object of a tracepoint
 * @site: of all probes
 * @tp: the kernel's
 * @owner: the module that has it, with a reference; or NULL
 * @callback: of ours
 * @lock: enabling excludes unregistering
 * @registered: unregistering is still due
 * @on: the kernel calls
 * @node: in tracepoint_all
 */
struct tracepoint_probe {
	struct luaprobe_site site;
	struct tracepoint *tp;
	struct module *owner;
	void *callback;
	struct mutex lock;
	bool registered;
	bool on;
	struct list_head node;
};

static DEFINE_MUTEX(tracepoint_mutex);
static LIST_HEAD(tracepoint_all);

static struct tracepoint_probe *tracepoint_of(struct luaprobe_site *site)
{
	return container_of(site, struct tracepoint_probe, site);
}

/* ---- hits --------------------------------------------------------------------- */

static void tracepoint_hit(void *data, unsigned long *arguments)
{
	struct tracepoint_probe *probe = data;
	struct luaprobe_site *site = luaprobe_begin(&probe->site);

	if (!site)
		return;
	luaprobe_fire(site, LUAPROBE_FUNCTION, arguments, NULL, NULL);
	luaprobe_end();
}

/* As many as have registers beside @data, of 6 or 8. */
static void tracepoint_onfew(void *data, unsigned long a0, unsigned long a1, unsigned long a2,
			     unsigned long a3, unsigned long a4
#if LUNATIK_REGISTERARGUMENTS > 6
			     , unsigned long a5, unsigned long a6
#endif
			     )
{
	unsigned long arguments[] = {
		a0, a1, a2, a3, a4,
#if LUNATIK_REGISTERARGUMENTS > 6
		a5, a6,
#endif
	};

	tracepoint_hit(data, arguments);
}

#define TRACEPOINT_FEW	(LUNATIK_REGISTERARGUMENTS - 1)

/* All that a tracepoint may have. Of one that has fewer, the last ones are something else on the caller's stack. */
static void tracepoint_onmany(void *data, unsigned long a0, unsigned long a1, unsigned long a2,
			      unsigned long a3, unsigned long a4, unsigned long a5,
			      unsigned long a6, unsigned long a7, unsigned long a8,
			      unsigned long a9, unsigned long a10, unsigned long a11)
{
	unsigned long arguments[TRACEPOINT_ARGUMENTS] = {
		a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11,
	};

	tracepoint_hit(data, arguments);
}

/* ---- looking for it ------------------------------------------------------------- */

/**
 * struct tracepoint_search - a tracepoint of a name
 * @nb: to be called for each module
 * @name: its name
 * @tp: found
 * @owner: the module that has it, with a reference; or NULL
 * @arguments: how many its prototype has, as far as they can be looked at
 */
struct tracepoint_search {
	struct notifier_block nb;
	const char *name;
	struct tracepoint *tp;
	struct module *owner;
	unsigned int arguments;
};

static void tracepoint_compare(struct tracepoint *tp, void *argument)
{
	struct tracepoint_search *search = argument;

	if (!strcmp(tp->name, search->name))
		search->tp = tp;
}

#ifdef CONFIG_BPF_EVENTS
static bool tracepoint_count(struct tracepoint_search *search,
			     const struct bpf_raw_event_map *map, unsigned long n)
{
	for (; n; n--, map++) {
		if (map->tp != search->tp)
			continue;
		search->arguments = min_t(unsigned int, map->num_args, TRACEPOINT_ARGUMENTS);
		return true;
	}
	return false;
}

static void tracepoint_countkernel(struct tracepoint_search *search)
{
	const struct bpf_raw_event_map *begin = lunatik_lookup("__start__bpf_raw_tp");
	const struct bpf_raw_event_map *end = lunatik_lookup("__stop__bpf_raw_tp");

	if (begin && begin < end)
		tracepoint_count(search, begin, end - begin);
}

static void tracepoint_countmodule(struct tracepoint_search *search, struct module *module)
{
	tracepoint_count(search, module->bpf_raw_events, module->num_bpf_raw_events);
}
#else
static void tracepoint_countkernel(struct tracepoint_search *search)
{
}

static void tracepoint_countmodule(struct tracepoint_search *search, struct module *module)
{
}
#endif

#ifdef CONFIG_MODULES
/* The kernel calls it for each module that has tracepoints, under a mutex; for those that go, too. */
static int tracepoint_onmodule(struct notifier_block *nb, unsigned long action, void *data)
{
	struct tracepoint_search *search = container_of(nb, struct tracepoint_search, nb);
	struct module *module = ((struct tp_module *)data)->mod;
	unsigned int i;

	/* A module whose init fails goes, whatever references there are. */
	if (action != MODULE_STATE_COMING || module->state != MODULE_STATE_LIVE || search->tp)
		return NOTIFY_OK;
	for (i = 0; i < module->num_tracepoints && !search->tp; i++)
		tracepoint_compare(tracepoint_ptr_deref(&module->tracepoints_ptrs[i]), search);
	if (search->tp && !try_module_get(module))
		search->tp = NULL;
	if (!search->tp)
		return NOTIFY_OK;
	search->owner = module;
	tracepoint_countmodule(search, module);
	return NOTIFY_OK;
}

static void tracepoint_findinmodules(struct tracepoint_search *search)
{
	search->nb.notifier_call = tracepoint_onmodule;
	if (!register_tracepoint_module_notifier(&search->nb))
		unregister_tracepoint_module_notifier(&search->nb);
}
#else
static void tracepoint_findinmodules(struct tracepoint_search *search)
{
}
#endif

/* Tracepoints of modules hold them. */
static void tracepoint_find(struct tracepoint_search *search)
{
	search->arguments = TRACEPOINT_FEW;
	for_each_kernel_tracepoint(tracepoint_compare, search);
	if (search->tp)
		tracepoint_countkernel(search);
	else
		tracepoint_findinmodules(search);
}

/* ---- begin and end ---------------------------------------------------------------- */

static int tracepoint_admit(struct tracepoint_probe *probe)
{
	const struct tracepoint_probe *other;
	int n = 0;

	mutex_lock(&tracepoint_mutex);
	list_for_each_entry(other, &tracepoint_all, node)
		n += other->tp == probe->tp;
	if (n < TRACEPOINT_MOST)
		list_add(&probe->node, &tracepoint_all);
	mutex_unlock(&tracepoint_mutex);
	return n < TRACEPOINT_MOST ? 0 : -ENOSPC;
}

static void tracepoint_dismiss(struct tracepoint_probe *probe)
{
	mutex_lock(&tracepoint_mutex);
	list_del(&probe->node);
	mutex_unlock(&tracepoint_mutex);
}

static int tracepoint_register(struct tracepoint_probe *probe)
{
	int err = tracepoint_admit(probe);

	if (err)
		return err;
	err = tracepoint_probe_register(probe->tp, probe->callback, probe);
	probe->registered = !err;
	probe->on = !err;
	if (err)
		tracepoint_dismiss(probe);
	return err;
}

static int tracepoint_switch(struct tracepoint_probe *probe, bool on)
{
	int err = 0;

	if (on == probe->on)
		return 0;
	if (on)
		err = tracepoint_probe_register(probe->tp, probe->callback, probe);
	else
		err = tracepoint_probe_unregister(probe->tp, probe->callback, probe);
	if (!err)
		probe->on = on;
	return err;
}

static int tracepoint_enable(struct luaprobe_site *site, bool on)
{
	struct tracepoint_probe *probe = tracepoint_of(site);
	int err = -ENXIO;

	mutex_lock(&probe->lock);
	if (probe->registered && !READ_ONCE(site->hook.deferred))
		err = tracepoint_switch(probe, on);
	mutex_unlock(&probe->lock);
	return err;
}

/* A kernel without memory may fail. */
static void tracepoint_shut(struct tracepoint_probe *probe)
{
	char place[TRACEPOINT_NAME + 32];

	mutex_lock(&probe->lock);
	probe->registered = false;
	if (!tracepoint_switch(probe, false)) {
		tracepoint_dismiss(probe);
	} else {
		snprintf(place, sizeof(place), "the tracepoint %s", probe->site.event->target);
		lunatik_hook_keep(&probe->site.hook, place);
	}
	mutex_unlock(&probe->lock);
}

static void tracepoint_unregister(struct lunatik_hook *hook)
{
	tracepoint_shut(tracepoint_of(luaprobe_siteof(hook)));
	tracepoint_synchronize_unregister();
}

static void tracepoint_unregisterall(struct list_head *hooks)
{
	struct lunatik_hook *hook;

	list_for_each_entry(hook, hooks, batch)
		tracepoint_shut(tracepoint_of(luaprobe_siteof(hook)));
	tracepoint_synchronize_unregister();
}

static bool tracepoint_matches(const struct lunatik_hook *leader,
			       const struct lunatik_hook *member)
{
	return container_of(leader, struct tracepoint_probe, site.hook)->tp ==
	       container_of(member, struct tracepoint_probe, site.hook)->tp;
}

static const struct lunatik_hooktype tracepoint_hooktype = {
	.name = "probe",
	.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
	.flags = LUNATIK_TRY | LUNATIK_PROBE,
	.unregister = tracepoint_unregister,
	.unregister_batch = tracepoint_unregisterall,
	.matches = tracepoint_matches,
};

/* The kernel does not call any more; if it did not let go, nobody gets here. */
static void tracepoint_release(struct luaprobe_site *site)
{
	struct tracepoint_probe *probe = tracepoint_of(site);

	if (probe->owner)
		module_put(probe->owner);
	mutex_destroy(&probe->lock);
}

static const struct luaprobe_ops tracepoint_ops = {
	.enable = tracepoint_enable,
	.release = tracepoint_release,
};

/* ---- tracepoint --------------------------------------------------------------------- */

/* "group:name" or "name"; the kernel's names are unique without their groups. */
static const char *tracepoint_checkname(lua_State *L)
{
	size_t length;
	const char *name = luaL_checklstring(L, 1, &length);
	const char *colon = strchr(name, ':');

	luaL_argcheck(L, length && length < TRACEPOINT_NAME && strlen(name) == length, 1,
		      "not the name of a tracepoint");
	return colon ? colon + 1 : name;
}

static void tracepoint_lookfor(lua_State *L, struct tracepoint_probe *probe)
{
	struct tracepoint_search search = { .name = tracepoint_checkname(L) };
	bool many;

	tracepoint_find(&search);
	if (!search.tp)
		luaL_error(L, "failed to register probe (%d): %s: the kernel has no such tracepoint%s",
			   -ENOENT, lua_tostring(L, 1),
			   strstarts(search.name, "sys_") ?
			   " (those of all system calls are sys_enter and sys_exit)" : "");
	many = search.arguments > TRACEPOINT_FEW;
	probe->tp = search.tp;
	probe->owner = search.owner;
	probe->callback = many ? (void *)tracepoint_onmany : (void *)tracepoint_onfew;
	probe->site.event->arguments = search.arguments;
}

static int tracepoint_start(lua_State *L, struct tracepoint_probe *probe)
{
	return lunatik_joinhook(L, &probe->site.hook) ? 0 : tracepoint_register(probe);
}

/* probe.tracepoint(name, function) - call it when the kernel comes by a tracepoint */
int luaprobe_tracepoint(lua_State *L)
{
	struct tracepoint_probe *probe;
	lunatik_object_t *object;
	struct lunatik_hook *hook;
	int err;

	lunatik_checkcontext(L, "probe", tracepoint_hooktype.contexts);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	tracepoint_checkname(L);
	lua_settop(L, 2);
	object = lunatik_newobject(L, &luaprobe_class, sizeof(*probe));
	probe = object->private;
	hook = &probe->site.hook;
	mutex_init(&probe->lock);
	probe->site.ops = &tracepoint_ops;
	lua_pushvalue(L, 2);
	luaprobe_lend(L, &probe->site, LUAPROBE_TRACEPOINT);
	tracepoint_lookfor(L, probe);
	lunatik_inithook(L, object, hook, &tracepoint_hooktype);
	lua_xmove(L, hook->L, LUAPROBE_HANDLE);
	lunatik_event_preparemethods(hook);
	err = tracepoint_start(L, probe);
	if (err) {
		lunatik_drophook(L, hook);
		return luaL_error(L, "failed to register probe (%d): %s: %s", err,
				  lua_tostring(L, 1), err == -ENOSPC ?
				  "there are 64 probes at that tracepoint already, the most that all scripts together may have" :
				  "the kernel refuses it");
	}
	lunatik_armhook(hook);
	return 1;
}
#endif
