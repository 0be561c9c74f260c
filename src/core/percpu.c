// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * percpu.c - scripts that have a state for each CPU.
 *
 * The states of a script are runtimes: a leader, and members, which are its children. The body runs in the leader first,
 * whose hooks the kernel calls. Then it runs in each member, where the hooks take the place of the leader's, in order, for
 * events on the member's CPU. Such an event enters the member as any event enters its runtime: the state, its lock and
 * its statistics are nobody else's, so that nothing is shared while nothing goes wrong.
 *
 * References: the leader holds its hooks' objects until its members have stopped, and each of its hooks holds those of
 * the members' until its own object is freed, a grace period after the kernel's last call.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "percpu.h"
#include "context.h"
#include "object.h"
#include "runtime.h"

#define PERCPU_SAME	"in a percpu script, the states of all CPUs register the same"

/* ---- runtimes ----------------------------------------------------------------- */

/**
 * lunatik_percpu_init() - prepare an ordinary runtime
 */
void lunatik_percpu_init(struct lunatik_percpu *percpu)
{
	percpu->cpu = -1;
	INIT_LIST_HEAD(&percpu->hooks);
}

/**
 * lunatik_percpu_lead() - make a new runtime the leader of a percpu script
 *
 * Context: process, may sleep
 * Return: 0 or -ENOMEM
 */
int lunatik_percpu_lead(struct lunatik_percpu *percpu)
{
	percpu->members = kcalloc(nr_cpu_ids, sizeof(*percpu->members), LUNATIK_GFP);
	if (!percpu->members)
		return -ENOMEM;
	percpu->cpu = cpumask_first(cpu_online_mask);
	percpu->states = num_online_cpus();
	return 0;
}

/**
 * lunatik_percpu_follow() - make a new runtime a member of a percpu script
 * @cpu: whose events it gets
 */
void lunatik_percpu_follow(struct lunatik_percpu *percpu,
			   struct lunatik_percpu *leader, int cpu)
{
	percpu->cpu = cpu;
	percpu->member = true;
	percpu->turn = &leader->hooks;
}

/**
 * lunatik_percpu_check() - whether a member's body has registered all that the leader's has
 * @rt: the member
 * @message: why not
 * @size: of @message
 *
 * Context: process, the body's task
 * Return: 0 or -EINVAL
 */
int lunatik_percpu_check(struct lunatik_runtime *rt, char *message, size_t size)
{
	struct lunatik_percpu *leader = &rt->links.parent->percpu;

	if (!rt->percpu.differs && rt->percpu.nhooks == leader->nhooks)
		return 0;
	if (rt->percpu.differs)
		snprintf(message, size, "it registers something else than CPU %d: %s",
			 leader->cpu, PERCPU_SAME);
	else
		snprintf(message, size, "it registers %u hooks, and CPU %d has %u: %s",
			 rt->percpu.nhooks, leader->cpu, leader->nhooks, PERCPU_SAME);
	return -EINVAL;
}

/* A member's hook does not find the leader's any more. Scripts of others may have handles of both. */
static void percpu_part(struct lunatik_hook *hook)
{
	int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		WRITE_ONCE(hook->members[cpu]->leader, NULL);
}

/**
 * lunatik_percpu_release() - give back what a leader holds, when its members have stopped
 * @rt: any runtime that is being stopped, outside of its lock
 *
 * Context: process
 */
void lunatik_percpu_release(struct lunatik_runtime *rt)
{
	struct lunatik_hook *hook, *next;
	int cpu;

	if (!rt->percpu.members)
		return;
	list_for_each_entry_safe(hook, next, &rt->percpu.hooks, turn) {
		list_del_init(&hook->turn);
		percpu_part(hook);
		lunatik_putobject(hook->object);
	}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (rt->percpu.members[cpu])
			lunatik_putobject(rt->percpu.members[cpu]);
	}
	kfree(rt->percpu.members);
	rt->percpu.members = NULL;
}

/* ---- hooks --------------------------------------------------------------------- */

/* Whole cache lines: a neighbour that is written to would be shared by all CPUs. */
static size_t percpu_size(void)
{
	return ALIGN(nr_cpu_ids * sizeof(struct lunatik_hook *), SMP_CACHE_BYTES);
}

/* Every CPU gets the leader, until it has a member. */
static void percpu_record(lua_State *L, struct lunatik_hook *hook)
{
	struct lunatik_percpu *percpu = &hook->runtime->percpu;
	struct lunatik_hook **members = NULL;
	int cpu;

	if (lunatik_charge(hook->object, percpu_size())) {
		members = kmalloc(percpu_size(), LUNATIK_GFP);
		if (!members)
			lunatik_uncharge(hook->object, percpu_size());
	}
	if (!members)
		luaL_error(L, "not enough memory");
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		members[cpu] = hook;
	/* The hook is in the lists already. Pairs with lunatik_percpu_isoff(). */
	smp_store_release(&hook->members, members);
	lunatik_getobject(hook->object);
	list_add_tail(&hook->turn, &percpu->hooks);
	percpu->nhooks++;
}

/* The leader's hook whose turn it is, or NULL. */
static struct lunatik_hook *percpu_next(struct lunatik_runtime *rt)
{
	struct list_head *next = rt->percpu.turn->next;

	return next == &rt->links.parent->percpu.hooks ? NULL :
	       list_entry(next, struct lunatik_hook, turn);
}

static bool percpu_matches(const struct lunatik_hook *leader,
			   const struct lunatik_hook *member)
{
	return leader->type == member->type &&
	       member->type->matches(leader, member);
}

static void percpu_take(lua_State *L, struct lunatik_hook *hook)
{
	struct lunatik_percpu *percpu = &hook->runtime->percpu;
	int first = hook->runtime->links.parent->percpu.cpu;
	struct lunatik_hook *leader = percpu_next(hook->runtime);
	const char *name = hook->type->name;

	if (!leader) {
		percpu->differs = true;
		luaL_error(L, "%s: registration %d, and CPU %d has %d only: %s",
			   name, percpu->nhooks + 1, first, percpu->nhooks, PERCPU_SAME);
	}
	if (!percpu_matches(leader, hook)) {
		percpu->differs = true;
		luaL_error(L, "%s: registration %d differs from that of CPU %d: %s",
			   name, percpu->nhooks + 1, first, PERCPU_SAME);
	}
	percpu->turn = &leader->turn;
	percpu->nhooks++;
	if (!leader->accepted)
		luaL_error(L, "%s: registration %d has failed for CPU %d, and so for all",
			   name, percpu->nhooks, first);
	lunatik_getobject(hook->object);
	hook->leader = leader;
	/* Events may come: the kernel calls the leader's hook already. Pairs with lunatik_hook_here(). */
	smp_store_release(&leader->members[percpu->cpu], hook);
	/* Pairs with lunatik_hook_retire(): it finds the member, or the member finds the mark. */
	smp_mb();
	if (READ_ONCE(leader->deferred))
		xchg(&hook->deferred, true);
}

bool lunatik_joinhook(lua_State *L, struct lunatik_hook *hook)
{
	struct lunatik_percpu *percpu = &hook->runtime->percpu;

	if (!lunatik_percpu_is(percpu))
		return false;
	if (percpu->member)
		percpu_take(L, hook);
	else
		percpu_record(L, hook);
	return percpu->member;
}
EXPORT_SYMBOL(lunatik_joinhook);

/**
 * lunatik_percpu_getleader() - the leader's hook that stands for a member's
 * @hook: any hook, whose object the caller holds
 *
 * Context: any
 * Return: the hook, with a reference to its object, or NULL
 */
struct lunatik_hook *lunatik_percpu_getleader(struct lunatik_hook *hook)
{
	struct lunatik_hook *leader;

	/* percpu_part() comes before the last put, and that before a grace period. */
	rcu_read_lock();
	leader = READ_ONCE(hook->leader);
	if (leader && !lunatik_getobject_unless_zero(leader->object))
		leader = NULL;
	rcu_read_unlock();
	return leader;
}
EXPORT_SYMBOL(lunatik_percpu_getleader);

/**
 * lunatik_percpu_disarm() - let no entries in by the hooks that a leader's hook stands for
 * @hook: any hook; itself is not disarmed
 *
 * Context: any
 */
void lunatik_percpu_disarm(struct lunatik_hook *hook)
{
	struct lunatik_hook *member;
	int cpu;

	for (cpu = 0; hook->members && cpu < nr_cpu_ids; cpu++) {
		member = READ_ONCE(hook->members[cpu]);
		if (member == hook)
			continue;
		/* Pairs with hook_arm(). */
		xchg(&member->deferred, true);
		WRITE_ONCE(member->armed, false);
	}
}

/**
 * lunatik_percpu_isoff() - whether a hook is switched off, on one CPU at least
 *
 * Context: any
 */
bool lunatik_percpu_isoff(const struct lunatik_hook *hook)
{
	/* Pairs with percpu_record(): the array is filled. */
	struct lunatik_hook **members = smp_load_acquire(&hook->members);
	int cpu;

	if (!members)
		return hook->switched_off;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (READ_ONCE(members[cpu])->switched_off)
			return true;
	}
	return false;
}

/**
 * lunatik_percpu_forget() - give back what a leader's hook holds
 * @hook: any hook, which the kernel does not call any more
 *
 * Context: process
 */
void lunatik_percpu_forget(struct lunatik_hook *hook)
{
	int cpu;

	if (!hook->members)
		return;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (hook->members[cpu] != hook)
			lunatik_putobject(hook->members[cpu]->object);
	}
	kfree(hook->members);
	hook->members = NULL;
	lunatik_uncharge(hook->object, percpu_size());
}

/**
 * lunatik_cpu() - the CPU whose events a state gets
 * @L: any of its threads
 *
 * Context: any; does not raise
 * Return: its number, or -1 unless the script is a percpu one
 */
int lunatik_cpu(lua_State *L)
{
	return lunatik_of(L)->percpu.cpu;
}
EXPORT_SYMBOL(lunatik_cpu);
