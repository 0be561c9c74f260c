// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * snapshot.c - lunatik.list() and lunatik.status(): numbers of all runtimes.
 */
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "snapshot.h"
#include "account.h"
#include "context.h"
#include "jit.h"
#include "param.h"
#include "percpu.h"
#include "registry.h"
#include "runtime.h"

static const char *const snapshot_states[] = {
	"new", "body", "ready", "stopped"
};

/**
 * struct snapshot - what a runtime was when the list was taken
 * @rt: to be compared only: it may be gone
 * @parent: likewise
 * @above: where the parent's snapshot is, or -1
 * @registered: it has a name of its own in the registry
 * @states: of a percpu script that it is the leader of, or 0
 * @cpu: of its state, or -1
 * @member: of a percpu script
 */
struct snapshot {
	const void *rt;
	const void *parent;
	int above;
	bool registered;
	char name[LUNATIK_NAMELEN];
	u8 context;
	u8 state;
	bool session;
	bool spawned;
	bool stopping;
	bool member;
	int cpu;
	unsigned int states;
	size_t memory;
	size_t limit;
	long budget;
	u64 entries, errors, missed, exhausted, exits;
	unsigned int hooks;
	unsigned int threads;
	unsigned int off;
	unsigned int native;
};

struct snapshots {
	unsigned int size;
	unsigned int n;
	struct snapshot item[];
};

static void snapshot_stats(struct lunatik_runtime *rt, struct snapshot *item)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct lunatik_stats *stats = per_cpu_ptr(rt->stats, cpu);

		item->entries += READ_ONCE(stats->entries);
		item->errors += READ_ONCE(stats->errors);
		item->missed += READ_ONCE(stats->missed);
		item->exhausted += READ_ONCE(stats->exhausted);
	}
}

static void snapshot_hooks(struct lunatik_runtime *rt, struct snapshot *item)
{
	struct lunatik_hook *hook;
	unsigned long flags;

	raw_spin_lock_irqsave(&rt->hooks.lock, flags);
	list_for_each_entry(hook, &rt->hooks.all, node) {
		item->hooks += !!hook->L;
		item->threads += !hook->L;
		item->off += lunatik_percpu_isoff(hook);
		item->native += !!READ_ONCE(hook->prepared.run);
		item->exits += READ_ONCE(hook->prepared.exits);
		if (hook->type->missed && hook->registered)
			item->missed += hook->type->missed(hook);
	}
	raw_spin_unlock_irqrestore(&rt->hooks.lock, flags);
}

static bool snapshot_take(struct lunatik_runtime *rt, void *argument)
{
	struct snapshots *list = argument;
	struct snapshot *item;

	if (list->n == list->size)
		return false;
	item = &list->item[list->n++];
	memset(item, 0, sizeof(*item));
	item->rt = rt;
	item->parent = rt->links.parent;
	item->registered = !hlist_unhashed(&rt->links.name);
	strscpy(item->name, rt->name, sizeof(item->name));
	item->context = rt->context;
	item->state = READ_ONCE(rt->state);
	item->spawned = rt->spawned;
	item->stopping = READ_ONCE(rt->stopping);
	item->member = rt->percpu.member;
	item->cpu = rt->percpu.cpu;
	item->states = READ_ONCE(rt->percpu.states);
	item->memory = READ_ONCE(rt->heap.used);
	item->limit = rt->limits.memory;
	item->budget = rt->limits.budget;
	snapshot_stats(rt, item);
	snapshot_hooks(rt, item);
	return true;
}

/* Parents are listed before their children. */
static int snapshot_above(const struct snapshots *list, int i)
{
	const void *parent = list->item[i].parent;

	if (!parent)
		return -1;
	while (i--)
		if (list->item[i].rt == parent)
			break;
	return i;
}

/*
 * A parent ends its children, arms their hooks, and counts their numbers as its own. The members of a percpu script are
 * children whose hooks are the leader's.
 */
static void snapshot_sum(struct snapshots *list)
{
	int i = list->n;

	while (i--) {
		struct snapshot *item = &list->item[i];
		struct snapshot *parent;

		item->above = snapshot_above(list, i);
		if (item->above < 0)
			continue;
		parent = &list->item[item->above];
		parent->entries += item->entries;
		parent->errors += item->errors;
		parent->missed += item->missed;
		parent->exhausted += item->exhausted;
		parent->exits += item->exits;
		if (item->member) {
			parent->memory += item->memory;
			parent->limit += item->limit;
			continue;
		}
		parent->hooks += item->hooks;
		parent->threads += item->threads;
		parent->off += item->off;
		parent->native += item->native;
	}
}

static void snapshot_setinteger(lua_State *L, const char *field,
				lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void snapshot_push(lua_State *L, const struct snapshot *item)
{
	lua_createtable(L, 0, 17);
	lua_pushstring(L, item->name);
	lua_setfield(L, -2, "name");
	lua_pushstring(L, lunatik_contextnames[item->context]);
	lua_setfield(L, -2, "context");
	lua_pushstring(L, item->stopping ? "stopping" :
					   snapshot_states[item->state]);
	lua_setfield(L, -2, "state");
	snapshot_setinteger(L, "memory", item->memory);
	snapshot_setinteger(L, "limit", item->limit);
	snapshot_setinteger(L, "budget", item->budget);
	snapshot_setinteger(L, "entries", item->entries);
	snapshot_setinteger(L, "errors", item->errors);
	snapshot_setinteger(L, "missed", item->missed);
	snapshot_setinteger(L, "exhausted", item->exhausted);
	snapshot_setinteger(L, "hooks", item->hooks);
	snapshot_setinteger(L, "threads", item->threads);
	snapshot_setinteger(L, "off", item->off);
	snapshot_setinteger(L, "native", item->native);
	snapshot_setinteger(L, "exits", item->exits);
	lua_pushboolean(L, item->spawned);
	lua_setfield(L, -2, "spawned");
	if (item->states)
		snapshot_setinteger(L, "percpu", item->states);
}

/* The table at @tables gets each snapshot's; those of children go into their parent's. */
static void snapshot_pushchild(lua_State *L, int tables, unsigned int above)
{
	lua_rawgeti(L, tables, above + 1);
	if (lua_getfield(L, -1, "children") == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, "children");
	}
	lua_pushvalue(L, -3);
	lua_rawseti(L, -2, lua_rawlen(L, -2) + 1);
	lua_pop(L, 2);
}

static void list_pushtree(lua_State *L, const struct snapshots *list)
{
	int tables, i;

	lua_newtable(L);
	lua_createtable(L, list->n, 0);
	tables = lua_gettop(L);
	for (i = 0; i < list->n; i++) {
		const struct snapshot *item = &list->item[i];

		snapshot_push(L, item);
		if (item->above >= 0 && !item->member)
			snapshot_pushchild(L, tables, item->above);
		if (item->registered) {
			lua_pushvalue(L, -1);
			lua_rawseti(L, tables - 1, lua_rawlen(L, tables - 1) + 1);
		}
		lua_rawseti(L, tables, i + 1);
	}
	lua_pop(L, 1);
}

static void list_pushall(lua_State *L, const struct snapshots *list)
{
	int i;

	lua_createtable(L, list->n, 0);
	for (i = 0; i < list->n; i++) {
		snapshot_push(L, &list->item[i]);
		if (list->item[i].cpu >= 0)
			snapshot_setinteger(L, "cpu", list->item[i].cpu);
		lua_rawseti(L, -2, i + 1);
	}
}

/*
 * lunatik.list([all]) - registered runtimes with their children; all of them,
 * each for itself, if `all` is true
 */
int lunatik_lib_list(lua_State *L)
{
	unsigned int size = lunatik_registry_count() + 8;
	bool all = lua_toboolean(L, 1);
	struct snapshots *list;

	lunatik_checksleep(L, "lunatik.list");
	list = lua_newuserdatauv(L, struct_size(list, item, size), 0);
	list->size = size;
	list->n = 0;
	lunatik_registry_each(snapshot_take, list);
	if (all) {
		list_pushall(L, list);
		return 1;
	}
	snapshot_sum(list);
	list_pushtree(L, list);
	return 1;
}

/* For who has no session: how many functions are native, and why the last one is not. */
static int status_getjit(char *buffer, const struct kernel_param *param)
{
	const char *reason = lunatik_jit_reason();

	return scnprintf(buffer, PAGE_SIZE, "%u%s%s\n", lunatik_jit_count(),
			 reason ? ": " : "", reason ?: "");
}

/* The kernel calls it for what stands on a command line, whatever the permissions are. */
static int status_setjit(const char *value, const struct kernel_param *param)
{
	return -EPERM;
}

static const struct kernel_param_ops status_jitops = {
	.set = status_setjit,
	.get = status_getjit,
};

module_param_cb(jit_state, &status_jitops, NULL, 0444);
MODULE_PARM_DESC(jit_state, "Functions that are native now, and why the last one is not");

/* lunatik.status() - version, and what all runtimes together hold */
int lunatik_lib_status(lua_State *L)
{
	const char *reason = lunatik_jit_reason();

	lua_createtable(L, 0, 7);
	lua_pushliteral(L, LUNATIK_RELEASE);
	lua_setfield(L, -2, "version");
	snapshot_setinteger(L, "memory", lunatik_account_total());
	snapshot_setinteger(L, "memory_limit", lunatik_param_totallimit());
	snapshot_setinteger(L, "orphans", lunatik_account_orphaned());
	snapshot_setinteger(L, "runtimes", lunatik_registry_scripts());
	snapshot_setinteger(L, "native", lunatik_jit_count());
	if (reason) {
		lua_pushstring(L, reason);
		lua_setfield(L, -2, "not_native");
	}
	return 1;
}
