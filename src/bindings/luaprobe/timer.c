// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * timer.c - Lua functions at intervals: once for the machine, or on every CPU
 *
 * The functions run in the interrupt of the timer. On each CPU all of them together
 * have half of the time, apart from a short while: a script cannot stop a CPU with
 * them. The CPU misses the events that come due meanwhile.
 *
 * Timers of every CPU come and go with it.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <asm/irq_regs.h>

#include "probe.h"
#include "hrtimer.h"

#define TIMER_LONGEST	86400000	/* milliseconds */
#define TIMER_FASTEST	1000	/* hertz */
#define TIMER_MOST	64	/* of all scripts */
#define TIMER_SHARE	(20 * NSEC_PER_MSEC)	/* most that functions may take at once */

struct timer_probe;

/**
 * struct timer_one - the timer of one CPU
 * @timer: the kernel's
 * @probe: whose it is
 */
struct timer_one {
	struct hrtimer timer;
	struct timer_probe *probe;
};

/**
 * struct timer_probe - private area of a probe object of timers
 * @site: of all probes
 * @node: of the kernel's list of those that have a timer on every CPU
 * @all: one for each CPU, or NULL
 * @one: otherwise
 * @interval: nanoseconds
 * @lock: enabling excludes unregistering
 * @registered: unregistering is still due
 * @on: timers run
 * @counted: in timer_count
 * @self: the object
 */
struct timer_probe {
	struct luaprobe_site site;
	struct hlist_node node;
	struct timer_one __percpu *all;
	struct timer_one one;
	u64 interval;
	struct mutex lock;
	bool registered;
	bool on;
	bool counted;
	lunatik_object_t *self;
};

/**
 * struct timer_share - time of one CPU that functions may take
 * @filled: when @left was brought up to date
 * @left: nanoseconds
 */
struct timer_share {
	u64 filled;
	s64 left;
};

static int timer_state;
static atomic_t timer_count;
static DEFINE_PER_CPU(struct timer_share, timer_shares);

static struct timer_probe *timer_of(struct luaprobe_site *site)
{
	return container_of(site, struct timer_probe, site);
}

/* ---- hits ------------------------------------------------------------------------ */

static bool timer_mayfire(struct timer_share *share, u64 now)
{
	s64 more = min_t(u64, now - share->filled, 2 * TIMER_SHARE) / 2;

	share->left = min_t(s64, share->left + more, TIMER_SHARE);
	share->filled = now;
	return share->left > 0;
}

static void timer_fire(struct timer_probe *probe)
{
	struct luaprobe_sample sample = { .regs = get_irq_regs() };
	struct luaprobe_site *site = luaprobe_begin(&probe->site);

	if (!site)
		return;
	luaprobe_fire(site, LUAPROBE_FUNCTION, &sample, NULL, NULL);
	luaprobe_end();
}

static enum hrtimer_restart timer_ontime(struct hrtimer *timer)
{
	struct timer_probe *probe = container_of(timer, struct timer_one, timer)->probe;
	struct lunatik_hook *hook = lunatik_hook_here(&probe->site.hook);
	struct timer_share *share = this_cpu_ptr(&timer_shares);
	u64 now = ktime_get_mono_fast_ns(), times;

	if (timer_mayfire(share, now)) {
		timer_fire(probe);
		share->left -= ktime_get_mono_fast_ns() - now;
	} else {
		lunatik_hook_miss(hook, 1);
	}
	times = hrtimer_forward_now(timer, ns_to_ktime(probe->interval));
	if (times > 1)
		lunatik_hook_miss(hook, times - 1);
	return HRTIMER_RESTART;
}

/* ---- begin and end ---------------------------------------------------------------- */

static void timer_setup_one(struct timer_one *one, struct timer_probe *probe)
{
	one->probe = probe;
	hrtimer_setup(&one->timer, timer_ontime, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static void timer_begin(struct timer_one *one)
{
	hrtimer_start(&one->timer, ns_to_ktime(one->probe->interval),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/* The kernel calls it on each CPU that is online, and on each that comes. */
static int timer_oncpu(unsigned int cpu, struct hlist_node *node)
{
	struct timer_probe *probe = hlist_entry(node, struct timer_probe, node);

	timer_begin(this_cpu_ptr(probe->all));
	return 0;
}

/* The same for one that goes, or if the probe does. */
static int timer_offcpu(unsigned int cpu, struct hlist_node *node)
{
	struct timer_probe *probe = hlist_entry(node, struct timer_probe, node);

	hrtimer_cancel(&per_cpu_ptr(probe->all, cpu)->timer);
	return 0;
}

static int timer_switch(struct timer_probe *probe, bool on)
{
	int err = 0;

	if (probe->on == on)
		return 0;
	if (!probe->all && on)
		timer_begin(&probe->one);
	else if (!probe->all)
		hrtimer_cancel(&probe->one.timer);
	else if (on)
		err = cpuhp_state_add_instance(timer_state, &probe->node);
	else
		cpuhp_state_remove_instance(timer_state, &probe->node);
	if (!err)
		probe->on = on;
	return err;
}

static int timer_enable(struct luaprobe_site *site, bool on)
{
	struct timer_probe *probe = timer_of(site);
	int err = -ENXIO;

	mutex_lock(&probe->lock);
	if (probe->registered && !READ_ONCE(site->hook.deferred))
		err = timer_switch(probe, on);
	mutex_unlock(&probe->lock);
	return err;
}

static void timer_uncount(struct timer_probe *probe)
{
	if (probe->counted)
		atomic_dec(&timer_count);
	probe->counted = false;
}

static void timer_unregister(struct lunatik_hook *hook)
{
	struct timer_probe *probe = timer_of(luaprobe_siteof(hook));

	mutex_lock(&probe->lock);
	probe->registered = false;
	timer_switch(probe, false);
	timer_uncount(probe);
	mutex_unlock(&probe->lock);
}

static bool timer_matches(const struct lunatik_hook *leader,
			  const struct lunatik_hook *member)
{
	const struct timer_probe *a = container_of(leader, struct timer_probe, site.hook);
	const struct timer_probe *b = container_of(member, struct timer_probe, site.hook);

	return a->interval == b->interval && !a->all == !b->all;
}

static const struct lunatik_hooktype timer_hooktype = {
	.name = "probe",
	.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
	.flags = LUNATIK_TRY | LUNATIK_PROBE,
	.unregister = timer_unregister,
	.matches = timer_matches,
};

static size_t timer_size(void)
{
	return sizeof(struct timer_one) * num_possible_cpus();
}

static void timer_release(struct luaprobe_site *site)
{
	struct timer_probe *probe = timer_of(site);

	if (probe->all) {
		free_percpu(probe->all);
		lunatik_uncharge(probe->self, timer_size());
	}
	timer_uncount(probe);
	mutex_destroy(&probe->lock);
}

static const struct luaprobe_ops timer_ops = {
	.enable = timer_enable,
	.release = timer_release,
};

/* ---- every, profile ------------------------------------------------------------------ */

/* Raises. */
static void timer_allocate(lua_State *L, struct timer_probe *probe)
{
	int cpu;

	if (!lunatik_charge_reclaim(L, probe->self, timer_size()))
		luaL_error(L, "not enough memory");
	probe->all = alloc_percpu_gfp(struct timer_one, LUNATIK_GFP);
	if (!probe->all) {
		lunatik_uncharge(probe->self, timer_size());
		luaL_error(L, "not enough memory");
	}
	for_each_possible_cpu(cpu)
		timer_setup_one(per_cpu_ptr(probe->all, cpu), probe);
}

static int timer_start(lua_State *L, struct timer_probe *probe)
{
	int err;

	if (lunatik_joinhook(L, &probe->site.hook))
		return 0;
	if (!atomic_add_unless(&timer_count, 1, TIMER_MOST))
		return -ENOSPC;
	probe->counted = true;
	mutex_lock(&probe->lock);
	err = timer_switch(probe, true);
	probe->registered = !err;
	mutex_unlock(&probe->lock);
	return err;
}

static struct timer_probe *timer_create(lua_State *L, u64 interval, bool all)
{
	lunatik_object_t *object;
	struct timer_probe *probe;

	object = lunatik_newobject(L, &luaprobe_class, sizeof(*probe));
	probe = object->private;
	mutex_init(&probe->lock);
	probe->site.ops = &timer_ops;
	probe->self = object;
	probe->interval = interval;
	timer_setup_one(&probe->one, probe);
	if (all)
		timer_allocate(L, probe);
	return probe;
}

/* A number and a function are on the stack. */
static int timer_new(lua_State *L, u64 interval, bool all)
{
	struct timer_probe *probe;
	struct lunatik_hook *hook;
	int err;

	probe = timer_create(L, interval, all);
	hook = &probe->site.hook;
	lua_pushvalue(L, 2);
	luaprobe_lend(L, &probe->site, LUAPROBE_TIMER);
	lunatik_inithook(L, probe->self, hook, &timer_hooktype);
	lua_xmove(L, hook->L, LUAPROBE_HANDLE);
	lunatik_event_preparemethods(hook);
	err = timer_start(L, probe);
	if (err) {
		lunatik_drophook(L, hook);
		return luaL_error(L, "failed to register probe (%d): %s", err, err == -ENOSPC ?
				  "there are 64 timers already, the most that all scripts together may have" :
				  "the kernel refuses it");
	}
	lunatik_armhook(hook);
	return 1;
}

static lua_Integer timer_check(lua_State *L, int most)
{
	lua_Integer value;

	lunatik_checkcontext(L, "probe", timer_hooktype.contexts);
	value = luaL_checkinteger(L, 1);
	if (value < 1 || value > most)
		luaL_argerror(L, 1, lua_pushfstring(L, "%I is not in 1..%d", value, most));
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	return value;
}

/* probe.every(milliseconds, function) - call it again and again, on one of the CPUs */
int luaprobe_every(lua_State *L)
{
	return timer_new(L, timer_check(L, TIMER_LONGEST) * NSEC_PER_MSEC, false);
}

/* probe.profile(hertz, function) - call it so many times in a second on every CPU */
int luaprobe_profile(lua_State *L)
{
	return timer_new(L, NSEC_PER_SEC / (u32)timer_check(L, TIMER_FASTEST), true);
}

/* ---- the module ----------------------------------------------------------------------- */

/**
 * luaprobe_timer_init() - let the kernel report CPUs that come and go
 *
 * Context: process, may sleep
 * Return: 0, or what the kernel answers
 */
int __init luaprobe_timer_init(void)
{
	timer_state = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "lunatik/probe:online",
					      timer_oncpu, timer_offcpu);
	return min(timer_state, 0);
}

/**
 * luaprobe_timer_exit() - undo luaprobe_timer_init()
 *
 * Context: process, may sleep
 */
void luaprobe_timer_exit(void)
{
	cpuhp_remove_multi_state(timer_state);
}
