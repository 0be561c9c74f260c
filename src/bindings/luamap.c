// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luamap.c - the map library: maps of numbers and strings that runtimes, eBPF
 * programs and bpftool share
 *
 * The store is the kernel's own: a map of eBPF. Looking up takes no lock, and a
 * number that is there is changed in place. Entries come and go under raw locks
 * of the kernel, which it does not protect from all that a probe may interrupt:
 *
 * - bpf_prog_active counts meanwhile, as it does in system calls of eBPF: programs
 *   of kprobes, tracepoints and perf events do not run. A probe of a script that
 *   interrupts one of us raises, and takes no lock.
 * - Nobody but scripts changes a map that is not shared: it is frozen for system
 *   calls, and eBPF programs may only read it.
 * - Probes add no keys to a shared map, and remove none: they might have
 *   interrupted an eBPF program.
 *
 * The kernel reuses an entry as soon as it is removed. Somebody who has looked it
 * up may still change it, as eBPF programs do, although it may belong to another
 * key by then. Interrupts are off between the two, so only another CPU is quick
 * enough. A second look finds out about it. The entry never leaves the memory of
 * the map.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/atomic.h>
#include <linux/bpf.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <lunatik_binding.h>

#include "bpf_map.h"
#include "kthread_fs.h"

#define LUAMAP_ENTRIES		(1 << 20)	/* most of a map */
#define LUAMAP_SIZE		255	/* most bytes of a key or a string */
#define LUAMAP_ROOM		256
#define LUAMAP_TRIES		16	/* while others add and remove the same key */
#define LUAMAP_OVERHEAD		4096	/* bytes of a map without its entries */
#define LUAMAP_PATH		255
#define LUAMAP_FOLDER		"/sys/fs/bpf/"
#define LUAMAP_LOOKUP		(LOOKUP_FOLLOW | LOOKUP_NO_SYMLINKS)	/* a link is an error */
#define LUAMAP_UNITS		64	/* of budget: a map is made, a path looked up */
#define LUAMAP_NAME		1024	/* bytes of a file that names a map */

#define LUAMAP_LOG2SLOTS	65	/* below 0, 0, and one for each power of two */
#define LUAMAP_STEPS		1000
#define LUAMAP_SLOTS		(LUAMAP_STEPS + 2)
#define LUAMAP_KEYED		128	/* histograms of a map of histograms */
#define LUAMAP_BAR		52	/* columns */
#define LUAMAP_LINE		128

enum luamap_kind {
	LUAMAP_SIGNED,
	LUAMAP_UNSIGNED,
	LUAMAP_TEXT,	/* filled up with zero bytes */
	LUAMAP_BYTES,
};

struct luamap_type {
	enum luamap_kind kind;
	unsigned int size;
};

/**
 * struct luamap - private area of a map object; constant once it is made
 * @map: the kernel's, with a reference, and counted as a writer of it
 * @self: the object
 * @type: BPF_MAP_TYPE_*
 * @entries: at most
 * @key: type of the keys
 * @value: type of the values; the slots of a histogram are its value
 * @array: keys are 0 .. @entries - 1, and are all there
 * @percpu: each CPU has a value of its own
 * @shared: others may write
 * @keyed: a map of histograms
 * @slots: of a histogram, otherwise 0
 * @step: of a linear histogram, otherwise 0
 * @least: where its second slot begins
 * @most: where its last slot begins
 * @charged: bytes
 */
struct luamap {
	struct bpf_map *map;
	lunatik_object_t *self;
	enum bpf_map_type type;
	u32 entries;
	struct luamap_type key;
	struct luamap_type value;
	bool array;
	bool percpu;
	bool shared;
	bool keyed;
	u32 slots;
	u64 step;
	lua_Integer least;
	lua_Integer most;
	size_t charged;
};

static const lunatik_class_t luamap_class;
static struct workqueue_struct *luamap_workqueue;

/* Changes in progress: bpf_prog_active, or our own where the kernel hides it. */
static DEFINE_PER_CPU(int, luamap_inside);
static int __percpu *luamap_active = &luamap_inside;

static u64 luamap_zeros[LUAMAP_SLOTS];

/* Not exported; NULL where the kernel hides them. */
static const struct inode_operations *luamap_iops;
static int (*luamap_mkmap)(struct dentry *dentry, umode_t mode, void *map);

static struct luamap *luamap_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luamap_class)->private;
}

/* Raises. */
static void luamap_fail(lua_State *L, long err)
{
	switch (err) {
	case -E2BIG:
	case -ENOSPC:
		luaL_error(L, "map is full");
		break;
	case -ENOMEM:
		luaL_error(L, "not enough memory");
		break;
	case -EBUSY:
	case -EEXIST:
	case -EDEADLK:
	case -ETIMEDOUT:
		luaL_error(L, "object is busy");
		break;
	default:
		luaL_error(L, "failed to change map (refused by the kernel, error %d)",
			   (int)-err);
	}
}

/* ---- numbers and strings ------------------------------------------------------ */

static bool luamap_isinteger(const struct luamap_type *type)
{
	return type->kind <= LUAMAP_UNSIGNED;
}

static lua_Integer luamap_load(const struct luamap_type *type, const void *at)
{
	bool negative = type->kind == LUAMAP_SIGNED;
	u64 n;

	switch (type->size) {
	case 1:
		n = READ_ONCE(*(const u8 *)at);
		return negative ? (s8)n : n;
	case 2:
		n = READ_ONCE(*(const u16 *)at);
		return negative ? (s16)n : n;
	case 4:
		n = READ_ONCE(*(const u32 *)at);
		return negative ? (s32)n : n;
	default:
		return READ_ONCE(*(const u64 *)at);
	}
}

static void luamap_store(const struct luamap_type *type, void *at, lua_Integer n)
{
	switch (type->size) {
	case 1:
		WRITE_ONCE(*(u8 *)at, n);
		break;
	case 2:
		WRITE_ONCE(*(u16 *)at, n);
		break;
	case 4:
		WRITE_ONCE(*(u32 *)at, n);
		break;
	default:
		WRITE_ONCE(*(u64 *)at, n);
	}
}

static void luamap_checkrange(lua_State *L, int ix, lua_Integer n,
			      lua_Integer least, lua_Integer most)
{
	if (n < least || n > most)
		luaL_argerror(L, ix, lua_pushfstring(L, "out of range: %I is not in %I..%I",
						     n, least, most));
}

static lua_Integer luamap_checkinteger(lua_State *L, int ix,
				       const struct luamap_type *type)
{
	lua_Integer n = luaL_checkinteger(L, ix);
	lua_Integer most;

	if (type->size == sizeof(n))
		return n;
	most = (lua_Integer)1 << (8 * type->size);
	if (type->kind == LUAMAP_SIGNED)
		luamap_checkrange(L, ix, n, -most / 2, most / 2 - 1);
	else
		luamap_checkrange(L, ix, n, 0, most - 1);
	return n;
}

static void luamap_checkstring(lua_State *L, int ix,
			       const struct luamap_type *type, void *to)
{
	size_t size;
	const char *s = luaL_checklstring(L, ix, &size);

	if (type->kind == LUAMAP_BYTES && size != type->size)
		luaL_argerror(L, ix, lua_pushfstring(L, "%d bytes expected, got %I",
						     type->size, (lua_Integer)size));
	if (size > type->size)
		luaL_argerror(L, ix, lua_pushfstring(L, "string is too long: %d bytes at most",
						     type->size));
	if (type->kind == LUAMAP_TEXT && memchr(s, 0, size))
		luaL_argerror(L, ix, "zero byte in a text");
	memcpy(to, s, size);
	memset(to + size, 0, type->size - size);
}

/* @to: LUAMAP_ROOM bytes, aligned as a number is */
static void luamap_checkkey(lua_State *L, const struct luamap *map, int ix,
			    void *to)
{
	lua_Integer n;

	if (map->array) {
		n = luaL_checkinteger(L, ix);
		luamap_checkrange(L, ix, n, 0, map->entries - 1);
		*(u32 *)to = n;
	} else if (luamap_isinteger(&map->key)) {
		luamap_store(&map->key, to, luamap_checkinteger(L, ix, &map->key));
	} else {
		luamap_checkstring(L, ix, &map->key, to);
	}
}

static void luamap_pushstring(lua_State *L, const struct luamap_type *type,
			      const char *from)
{
	lua_pushlstring(L, from, type->kind == LUAMAP_TEXT ?
				strnlen(from, type->size) : type->size);
}

static void luamap_pushkey(lua_State *L, const struct luamap *map,
			   const void *key)
{
	if (map->array)
		lua_pushinteger(L, *(const u32 *)key);
	else if (luamap_isinteger(&map->key))
		lua_pushinteger(L, luamap_load(&map->key, key));
	else
		luamap_pushstring(L, &map->key, key);
}

/* ---- entries ------------------------------------------------------------------ */

/* Under rcu_read_lock(): a value, of this CPU or any other if each has one. */
static void *luamap_find(const struct luamap *map, void *key)
{
	return map->map->ops->map_lookup_elem(map->map, key);
}

/* Under rcu_read_lock(): the value of a CPU, or the only one. */
static void *luamap_findcopy(const struct luamap *map, void *key,
			     unsigned int cpu)
{
	const struct bpf_map_ops *ops = map->map->ops;

	return map->percpu ? ops->map_lookup_percpu_elem(map->map, key, cpu) :
			     ops->map_lookup_elem(map->map, key);
}

/*
 * Call @visit for the value of each CPU, or for the only one.
 * Return: 1, 0 for an unknown key, or -EAGAIN if the key went or changed its entry
 */
static int luamap_eachcopy(const struct luamap *map, void *key,
			   void (*visit)(const struct luamap *map, u64 *at,
					 void *argument), void *argument)
{
	unsigned int cpu, first = cpumask_first(cpu_possible_mask);
	u64 *at, *was = NULL;
	unsigned long flags;
	int ret;

	rcu_read_lock();
	for_each_possible_cpu(cpu) {
		local_irq_save(flags);
		at = luamap_findcopy(map, key, cpu);
		if (at)
			visit(map, at, argument);
		local_irq_restore(flags);
		if (cpu == first)
			was = at;
		if (!at || !map->percpu)
			break;
	}
	ret = !!was;
	if (ret && !map->array && luamap_findcopy(map, key, first) != was)
		ret = -EAGAIN;
	rcu_read_unlock();
	return ret;
}

/* Charge for a visit of all copies of a value. */
static void luamap_spend(lua_State *L, const struct luamap *map)
{
	size_t copies = map->percpu ? num_possible_cpus() : 1;

	lunatik_spend(L, copies * (1 + (map->key.size + map->value.size) / 16));
}

static void luamap_add1(const struct luamap *map, u64 *at, void *sum)
{
	u32 slot;

	if (!map->slots)
		*(lua_Integer *)sum += luamap_load(&map->value, at);
	for (slot = 0; slot < map->slots; slot++)
		*(lua_Integer *)sum += READ_ONCE(at[slot]);
}

/* Have @visit add all copies to @sum, of @size bytes. Return: false for an unknown key */
static bool luamap_sum(lua_State *L, const struct luamap *map, void *key,
		       void (*visit)(const struct luamap *map, u64 *at, void *sum),
		       void *sum, size_t size)
{
	int tries = LUAMAP_TRIES;
	int found;

	do {
		luamap_spend(L, map);
		memset(sum, 0, size);
		found = luamap_eachcopy(map, key, visit, sum);
	} while (found < 0 && --tries);
	if (found < 0)
		luamap_fail(L, -EBUSY);
	return found;
}

/* The number of a key: a sum over all CPUs, and over the slots of a histogram. */
static bool luamap_read(lua_State *L, const struct luamap *map, void *key,
			lua_Integer *sum)
{
	return luamap_sum(L, map, key, luamap_add1, sum, sizeof(*sum));
}

/* @n: takes the number; the other CPUs get 0 */
static void luamap_replace1(const struct luamap *map, u64 *at, void *n)
{
	luamap_store(&map->value, at, *(lua_Integer *)n);
	*(lua_Integer *)n = 0;
}

/* An array's values end where a whole number of u64 does. */
static void luamap_zero1(const struct luamap *map, u64 *at, void *unused)
{
	u32 i;

	for (i = 0; i < DIV_ROUND_UP(map->value.size, sizeof(*at)); i++)
		WRITE_ONCE(at[i], 0);
}

/*
 * Copy a string. Its entry may be reused meanwhile, so the copy is compared with a
 * second look under the same key.
 * Return: 1, 0 for an unknown key, or -EAGAIN if others change it all the time
 */
static int luamap_copy(const struct luamap *map, void *key, char *to)
{
	int tries = LUAMAP_TRIES;
	int ret = -EAGAIN;
	const void *at, *again;

	rcu_read_lock();
	do {
		at = luamap_find(map, key);
		if (!at) {
			ret = 0;
			break;
		}
		memcpy(to, at, map->value.size);
		smp_rmb();	/* the second look is a later one; pairs with the kernel's update under its lock */
		again = luamap_find(map, key);
		if (again == at && !memcmp(to, at, map->value.size))
			ret = 1;
	} while (ret < 0 && --tries);
	rcu_read_unlock();
	return ret;
}

static noinline bool luamap_pushcopy(lua_State *L, const struct luamap *map,
				     void *key)
{
	char value[LUAMAP_ROOM];
	int found;

	luamap_spend(L, map);
	found = luamap_copy(map, key, value);
	if (found < 0)
		luamap_fail(L, -EBUSY);
	if (found)
		luamap_pushstring(L, &map->value, value);
	return found;
}

/* Push the value of a key. Return: false, without a push, for an unknown key */
static bool luamap_push(lua_State *L, const struct luamap *map, void *key)
{
	lua_Integer sum;

	if (!luamap_isinteger(&map->value))
		return luamap_pushcopy(L, map, key);
	if (!luamap_read(L, map, key, &sum))
		return false;
	lua_pushinteger(L, sum);
	return true;
}

/* With interrupts off. @value: NULL to remove the key */
static long luamap_locked(const struct luamap *map, void *key, void *value,
			  u64 how, bool probe)
{
	const struct bpf_map_ops *ops = map->map->ops;
	long ret = -EBUSY;

	/* A probe has interrupted a change, by a script or a system call. */
	if (__this_cpu_inc_return(*luamap_active) == 1 || !probe)
		ret = value ? ops->map_update_elem(map->map, key, value, how) :
			      ops->map_delete_elem(map->map, key);
	__this_cpu_dec(*luamap_active);
	return ret;
}

static void luamap_checkprobe(lua_State *L, const struct luamap *map)
{
	if (map->array)
		return;
	if (map->shared)
		luaL_error(L, "map: a probe cannot add or remove keys of a shared map");
	if (luamap_active == &luamap_inside)
		luaL_error(L, "map: a probe cannot add or remove keys, as the kernel hides bpf_prog_active");
}

/*
 * Add or remove a key, or replace a string.
 * Return: 0 or a negative errno, -EEXIST and -ENOENT among them
 */
static long luamap_change(lua_State *L, const struct luamap *map, void *key,
			  void *value, u64 how)
{
	bool probe = lunatik_toentry(L)->flags & LUNATIK_PROBE;
	unsigned long flags;
	long ret;

	if (probe)
		luamap_checkprobe(L, map);
	rcu_read_lock();
	local_irq_save(flags);
	if (probe)
		lockdep_pause();
	ret = luamap_locked(map, key, value, how, probe);
	if (probe)
		lockdep_resume();
	local_irq_restore(flags);
	rcu_read_unlock();
	return ret;
}

/* Add a key unless it is there. Other CPUs than this one get the value 0. */
static void luamap_insert(lua_State *L, const struct luamap *map, void *key,
			  void *value)
{
	long ret = luamap_change(L, map, key, value, BPF_NOEXIST);

	if (ret && ret != -EEXIST)
		luamap_fail(L, ret);
}

static void luamap_replace(lua_State *L, const struct luamap *map, void *key,
			   lua_Integer n)
{
	int found, tries = LUAMAP_TRIES;
	lua_Integer left;
	u64 value = 0;

	luamap_store(&map->value, &value, n);
	for (;;) {
		luamap_spend(L, map);
		left = n;
		found = luamap_eachcopy(map, key, luamap_replace1, &left);
		if (found > 0)
			return;
		if (!tries--)
			luamap_fail(L, -EBUSY);
		if (!found)
			luamap_insert(L, map, key, &value);
	}
}

static noinline void luamap_replacestring(lua_State *L,
					  const struct luamap *map, void *key)
{
	u64 value[LUAMAP_ROOM / sizeof(u64)];
	long ret;

	luamap_checkstring(L, 3, &map->value, value);
	luamap_spend(L, map);
	ret = luamap_change(L, map, key, value, BPF_ANY);
	if (ret)
		luamap_fail(L, ret);
}

static void luamap_remove(lua_State *L, const struct luamap *map, void *key)
{
	long ret;

	luamap_spend(L, map);
	if (map->array) {
		luamap_eachcopy(map, key, luamap_zero1, NULL);
		return;
	}
	ret = luamap_change(L, map, key, NULL, 0);
	if (ret && ret != -ENOENT)
		luamap_fail(L, ret);
}

/* ---- maps in Lua -------------------------------------------------------------- */

/*
 * m:get(key) - the value of a key, or nil
 *
 * Of a map with a value for each CPU it is their sum, of a histogram the number
 * of its events.
 * Raises: "object is busy" while others add and remove the key all the time.
 * Context: any.
 */
static int luamap_get(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)];

	luamap_checkkey(L, map, 2, key);
	if (!luamap_push(L, map, key))
		lua_pushnil(L);
	return 1;
}

/* Push the method that the key at index 2 names, if it names one. */
static bool luamap_pushmethod(lua_State *L)
{
	if (lua_type(L, 2) != LUA_TSTRING ||
	    !strncmp(lua_tostring(L, 2), "__", 2) || !lua_getmetatable(L, 1))
		return false;
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) == LUA_TFUNCTION)
		return true;
	lua_settop(L, 2);
	return false;
}

/* m[key] - a method, or as m:get(key) */
static int luamap_index(lua_State *L)
{
	luamap_check(L);
	return luamap_pushmethod(L) ? 1 : luamap_get(L);
}

/*
 * m:set(key, value) - also m[key] = value: set the value of a key; nil removes it
 *
 * Raises: "map is full"; "object is busy" as m:get(), and in a probe that
 *	interrupts a change of a map.
 * Context: any; in a probe, no new keys of a shared map.
 */
static int luamap_set(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)];

	luaL_checkany(L, 3);
	luamap_checkkey(L, map, 2, key);
	if (lua_isnil(L, 3))
		luamap_remove(L, map, key);
	else if (map->slots)
		luaL_argerror(L, 3, "a histogram takes no value: use add");
	else if (luamap_isinteger(&map->value))
		luamap_replace(L, map, key, luamap_checkinteger(L, 3, &map->value));
	else
		luamap_replacestring(L, map, key);
	return 0;
}

/* Return: the sum, as it is read */
static lua_Integer luamap_addvalue(const struct luamap_type *type,
				   atomic64_t *at, lua_Integer n)
{
	int sum;

	if (type->size != sizeof(sum))
		return atomic64_add_return(n, at);
	sum = atomic_add_return(n, (atomic_t *)at);
	if (type->kind == LUAMAP_UNSIGNED)
		return (u32)sum;
	return sum;
}

/* Return: false if there is no such key */
static bool luamap_bump(const struct luamap *map, void *key, u32 slot,
			lua_Integer *n)
{
	unsigned long flags;
	atomic64_t *at;

	rcu_read_lock();
	local_irq_save(flags);
	at = luamap_find(map, key);
	if (at)
		*n = luamap_addvalue(&map->value, at + slot, *n);
	local_irq_restore(flags);
	rcu_read_unlock();
	return at;
}

static lua_Integer luamap_addto(lua_State *L, const struct luamap *map,
				void *key, u32 slot, lua_Integer n)
{
	int tries = LUAMAP_TRIES;

	lunatik_spend(L, 1 + map->key.size / 16);
	while (!luamap_bump(map, key, slot, &n)) {
		if (!tries--)
			luamap_fail(L, -EBUSY);
		luamap_insert(L, map, key, luamap_zeros);
	}
	return n;
}

static u32 luamap_slot(const struct luamap *map, lua_Integer n)
{
	if (!map->step)
		return n < 0 ? 0 : fls64(n) + 1;
	if (n < map->least)
		return 0;
	if (n >= map->most)
		return map->slots - 1;
	return 1 + ((u64)n - (u64)map->least) / map->step;
}

/* h:add(n [, count = 1]), h:add(key, n [, count = 1]) - count a number */
static int luamap_count(lua_State *L, const struct luamap *map)
{
	u64 key[LUAMAP_ROOM / sizeof(u64)] = { 0 };
	int ix = map->keyed ? 3 : 2;
	lua_Integer n = luaL_checkinteger(L, ix);
	lua_Integer count = luaL_optinteger(L, ix + 1, 1);

	if (map->keyed)
		luamap_checkkey(L, map, 2, key);
	luamap_addto(L, map, key, luamap_slot(map, n), count);
	return 0;
}

/*
 * m:add(key [, n = 1]) - add to the number of a key, which is 0 if it is new
 *
 * Returns: the new value; of a map with a value for each CPU, that of this CPU.
 * Raises: as m:set().
 * Context: as m:set(); atomic.
 */
static int luamap_add(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)];
	lua_Integer n;

	if (map->slots)
		return luamap_count(L, map);
	luaL_argcheck(L, luamap_isinteger(&map->value) &&
		      map->value.size >= sizeof(u32), 1,
		      "its values are not numbers of 32 or 64 bits");
	luamap_checkkey(L, map, 2, key);
	n = luaL_optinteger(L, 3, 1);
	lua_pushinteger(L, luamap_addto(L, map, key, 0, n));
	return 1;
}

/* ---- all keys ----------------------------------------------------------------- */

/**
 * struct luamap_walk - the keys of a map, copied; none of an array, which has all
 * @at: the next one
 * @count: how many
 * @room: for how many
 */
struct luamap_walk {
	u32 at;
	u32 count;
	u32 room;
	u8 keys[] __aligned(8);
};

static u64 luamap_skipkey(u64 map, u64 key, u64 value, u64 walk, u64 unused)
{
	return 0;
}

static u64 luamap_keepkey(u64 map, u64 key, u64 value, u64 argument, u64 unused)
{
	u32 size = ((struct bpf_map *)(unsigned long)map)->key_size;
	struct luamap_walk *walk = (void *)(unsigned long)argument;

	if (walk->count == walk->room)
		return 1;
	memcpy(walk->keys + (size_t)walk->count++ * size,
	       (void *)(unsigned long)key, size);
	return 0;
}

/* Return: how many keys were seen; a map without keys costs time, too */
static u32 luamap_eachkey(lua_State *L, const struct luamap *map,
			  bpf_callback_t visit, struct luamap_walk *walk)
{
	bool movable = preemptible();
	u32 count;

	lunatik_spend(L, (size_t)map->entries * (1 + map->key.size / 16) +
			 roundup_pow_of_two(map->entries) / 4);
	if (movable)
		migrate_disable();
	count = map->map->ops->map_for_each_callback(map->map, visit, walk, 0);
	if (movable)
		migrate_enable();
	return count;
}

static u32 luamap_countkeys(lua_State *L, const struct luamap *map)
{
	if (map->array)
		return map->entries;
	return luamap_eachkey(L, map, luamap_skipkey, NULL);
}

/* Push a copy of the keys. Of those that come meanwhile, some fit. */
static struct luamap_walk *luamap_pushwalk(lua_State *L, const struct luamap *map)
{
	u32 count = luamap_countkeys(L, map);
	u32 room = map->array ? 0 : count + count / 8 + 16;
	struct luamap_walk *walk;

	lunatik_spend(L, room / 4);
	walk = lua_newuserdatauv(L, sizeof(*walk) + (size_t)room * map->key.size, 0);
	walk->at = 0;
	walk->room = room;
	walk->count = map->array ? count : 0;
	if (!map->array)
		luamap_eachkey(L, map, luamap_keepkey, walk);
	return walk;
}

/* Copy the next key; false at the end. */
static bool luamap_nextkey(const struct luamap *map, struct luamap_walk *walk,
			   void *key)
{
	if (walk->at >= walk->count)
		return false;
	if (map->array)
		*(u32 *)key = walk->at;
	else
		memcpy(key, walk->keys + (size_t)walk->at * map->key.size,
		       map->key.size);
	walk->at++;
	return true;
}

/* Upvalues: the map, and its walk. */
static int luamap_next(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_checkclassobject(L, lua_upvalueindex(1), &luamap_class);
	struct luamap_walk *walk = lua_touserdata(L, lua_upvalueindex(2));
	const struct luamap *map = object->private;
	u64 key[LUAMAP_ROOM / sizeof(u64)];

	lua_settop(L, 0);
	while (luamap_nextkey(map, walk, key)) {
		luamap_pushkey(L, map, key);
		if (luamap_push(L, map, key))
			return 2;
		lua_pop(L, 1);
	}
	return 0;
}

/*
 * m:pairs() - also pairs(m): for key, value in m:pairs() do
 *
 * Keys are copied first: the loop may change the map, and sleep.
 * Context: any; its budget pays for the size of the map.
 */
static int luamap_pairs(lua_State *L)
{
	const struct luamap *map = luamap_check(L);

	lua_settop(L, 1);
	luamap_pushwalk(L, map);
	lua_pushcclosure(L, luamap_next, 2);
	return 1;
}

/* #m - the number of keys; all keys of an array count */
static int luamap_len(lua_State *L)
{
	lua_pushinteger(L, luamap_countkeys(L, luamap_check(L)));
	return 1;
}

/*
 * m:clear() - remove all keys; set all values of an array to 0
 *
 * Context: as m:set() and m:pairs().
 */
static int luamap_clear(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)];
	struct luamap_walk *walk;

	lua_settop(L, 1);
	walk = luamap_pushwalk(L, map);
	while (luamap_nextkey(map, walk, key))
		luamap_remove(L, map, key);
	return 0;
}

/* ---- histograms --------------------------------------------------------------- */

static void luamap_collect1(const struct luamap *map, u64 *at, void *counts)
{
	u32 slot;

	for (slot = 0; slot < map->slots; slot++)
		((u64 *)counts)[slot] += READ_ONCE(at[slot]);
}

/* The slots of a key, summed over all CPUs; all 0 for an unknown key. */
static bool luamap_collect(lua_State *L, const struct luamap *map, void *key,
			   u64 *counts)
{
	return luamap_sum(L, map, key, luamap_collect1, counts, map->value.size);
}

/* The least number of a slot. @slot: not the first one */
static lua_Integer luamap_low(const struct luamap *map, u32 slot)
{
	if (!map->step)
		return slot < 2 ? 0 : 1ULL << (slot - 2);
	if (slot == map->slots - 1)
		return map->most;
	return (u64)map->least + (slot - 1) * map->step;
}

/* The greatest number of a slot. */
static lua_Integer luamap_high(const struct luamap *map, u32 slot)
{
	if (slot == map->slots - 1)
		return LUA_MAXINTEGER;
	return (u64)luamap_low(map, slot + 1) - 1;
}

/* A power of two, as 512, 1K, 2K. */
static int luamap_writepower(char *to, size_t size, unsigned int power)
{
	static const char units[] = "\0KMGTPE";

	return scnprintf(to, size, "%u%.1s", 1U << power % 10, units + power / 10);
}

static void luamap_writelabel(char *to, size_t size, const struct luamap *map,
			      u32 slot)
{
	int at;

	if (!slot) {
		snprintf(to, size, "(..., %lld)", map->step ? map->least : 0);
	} else if (map->step && slot == map->slots - 1) {
		snprintf(to, size, "[%lld, ...)", map->most);
	} else if (map->step) {
		snprintf(to, size, "[%lld, %lld)", luamap_low(map, slot),
			 luamap_low(map, slot + 1));
	} else if (slot <= 2) {
		snprintf(to, size, "[%u]", slot - 1);
	} else {
		at = scnprintf(to, size, "[");
		at += luamap_writepower(to + at, size - at, slot - 2);
		at += scnprintf(to + at, size - at, ", ");
		at += luamap_writepower(to + at, size - at, slot - 1);
		scnprintf(to + at, size - at, ")");
	}
}

static noinline void luamap_addline(luaL_Buffer *buffer,
				    const struct luamap *map, u32 slot,
				    u64 count, u64 most)
{
	static const char bar[] =
		"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";
	/* Counts that a multiplication would not fit. */
	int shift = most >> 56 ? 8 : 0;
	char label[LUAMAP_LINE / 2];
	char line[LUAMAP_LINE];
	int width;

	BUILD_BUG_ON(sizeof(bar) != LUAMAP_BAR + 1);
	width = (count >> shift) * LUAMAP_BAR / (most >> shift);
	luamap_writelabel(label, sizeof(label), map, slot);
	snprintf(line, sizeof(line), "%-16s%8llu |%-*.*s|\n", label, count,
		 LUAMAP_BAR, width, bar);
	luaL_addstring(buffer, line);
}

/* From the first to the last slot that is not empty. */
static void luamap_addbars(lua_State *L, luaL_Buffer *buffer,
			   const struct luamap *map, const u64 *counts)
{
	u32 first = map->slots, last = 0, slot;
	u64 most = 0;

	for (slot = 0; slot < map->slots; slot++) {
		if (!counts[slot])
			continue;
		first = min(first, slot);
		last = slot;
		most = max(most, counts[slot]);
	}
	for (slot = first; slot <= last; slot++) {
		lunatik_spend(L, LUAMAP_LINE / 16);
		luamap_addline(buffer, map, slot, counts[slot], most);
	}
}

/* tostring(h) - bars, those of each key below it */
static int luamap_bars(lua_State *L, const struct luamap *map)
{
	u64 *counts = lua_newuserdatauv(L, map->value.size, 0);
	struct luamap_walk *walk = luamap_pushwalk(L, map);
	u64 key[LUAMAP_ROOM / sizeof(u64)];
	luaL_Buffer *buffer = lua_newuserdatauv(L, sizeof(*buffer), 0);

	luaL_buffinit(L, buffer);
	while (luamap_nextkey(map, walk, key)) {
		if (!luamap_collect(L, map, key, counts))
			continue;
		if (map->keyed) {
			luaL_addchar(buffer, '[');
			luamap_pushkey(L, map, key);
			luaL_addvalue(buffer);
			luaL_addstring(buffer, "]:\n");
		}
		luamap_addbars(L, buffer, map, counts);
	}
	luaL_pushresult(buffer);
	return 1;
}

/* tostring(m) - the bars of a histogram, else a line that describes the map */
static int luamap_tostring(lua_State *L)
{
	const struct luamap *map = luamap_check(L);

	lua_settop(L, 1);
	if (map->slots)
		return luamap_bars(L, map);
	lua_pushfstring(L, "map (%d entries at most)", (int)map->entries);
	return 1;
}

static void luamap_setfield(lua_State *L, const char *name, lua_Integer n)
{
	lua_pushinteger(L, n);
	lua_setfield(L, -2, name);
}

/*
 * h:rows([key]) - what the bars show, in a list of tables
 *
 * Returns: list of {low, high, count}, of the slots that are not empty.
 * Context: any.
 */
static int luamap_rows(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)] = { 0 };
	u64 *counts;
	int n = 0;
	u32 slot;

	luaL_argcheck(L, map->slots, 1, "not a histogram");
	if (map->keyed)
		luamap_checkkey(L, map, 2, key);
	counts = lua_newuserdatauv(L, map->value.size, 0);
	luamap_collect(L, map, key, counts);
	lua_newtable(L);
	for (slot = 0; slot < map->slots; slot++) {
		if (!counts[slot])
			continue;
		lua_createtable(L, 0, 3);
		luamap_setfield(L, "low", slot ? luamap_low(map, slot) :
					  LUA_MININTEGER);
		luamap_setfield(L, "high", luamap_high(map, slot));
		luamap_setfield(L, "count", counts[slot]);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* ---- making maps -------------------------------------------------------------- */

/**
 * struct luamap_request - a map to be made by a worker
 *
 * A worker has all rights, belongs to no control group that would pay, and no
 * program has its file descriptors.
 */
struct luamap_request {
	struct work_struct work;
	union bpf_attr attr;
	bool shared;
	struct bpf_map *map;
};

/* Once nobody writes by system calls any more, only a script does. */
static int luamap_freeze(int fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	return kern_sys_bpf(BPF_MAP_FREEZE, &attr, sizeof(attr));
}

static void luamap_work(struct work_struct *work)
{
	struct luamap_request *request =
		container_of(work, struct luamap_request, work);
	int fd = kern_sys_bpf(BPF_MAP_CREATE, &request->attr,
			      sizeof(request->attr));
	int err = 0;

	if (fd < 0) {
		request->map = ERR_PTR(fd);
		return;
	}
	request->map = bpf_map_get(fd);
	if (!request->shared)
		err = luamap_freeze(fd);
	close_fd(fd);
	if (err && !IS_ERR(request->map)) {
		bpf_map_put(request->map);
		request->map = ERR_PTR(err);
	}
}

/* The kernel knows a map by 15 characters. */
static void luamap_name(lua_State *L, char *to, size_t size)
{
	strscpy(to, kbasename(lunatik_name(L)), size);
	for (; *to; to++) {
		if (!isalnum(*to) && *to != '_' && *to != '.')
			*to = '_';
	}
}

static void luamap_create(lua_State *L, struct luamap *map)
{
	struct luamap_request request = { .shared = map->shared };
	union bpf_attr *attr = &request.attr;

	memset(attr, 0, sizeof(*attr));
	attr->map_type = map->type;
	attr->key_size = map->key.size;
	attr->value_size = map->value.size;
	attr->max_entries = map->entries;
	attr->map_flags = map->shared ? 0 : BPF_F_RDONLY_PROG;
	luamap_name(L, attr->map_name, sizeof(attr->map_name));
	INIT_WORK_ONSTACK(&request.work, luamap_work);
	queue_work(luamap_workqueue, &request.work);
	flush_work(&request.work);
	destroy_work_on_stack(&request.work);
	if (PTR_ERR_OR_ZERO(request.map) == -ENOMEM)
		luaL_error(L, "not enough memory");
	if (IS_ERR(request.map))
		luaL_error(L, "failed to create map (refused by the kernel, error %d)",
			   (int)-PTR_ERR(request.map));
	map->map = request.map;
	/* Neither frozen by others, nor taken for constant because it is. */
	atomic64_inc(&map->map->writecnt);
}

/* Bytes that the kernel takes, with its own administration. */
static u64 luamap_memory(const struct luamap *map)
{
	u64 copies = map->percpu ? num_possible_cpus() : 1;
	u64 value = round_up((u64)map->value.size, 8) * copies;

	if (map->percpu)
		value += sizeof(void *);
	if (map->array)
		return LUAMAP_OVERHEAD + map->entries * value;
	return LUAMAP_OVERHEAD +
	       ((u64)map->entries + num_possible_cpus()) *
		       (64 + round_up(map->key.size, 8) + value) +
	       16 * (u64)roundup_pow_of_two(map->entries);
}

/* Push an object for a map that is not there yet. */
static struct luamap *luamap_pushnew(lua_State *L, const struct luamap *config)
{
	lunatik_object_t *object =
		lunatik_newobject(L, &luamap_class, sizeof(*config));
	struct luamap *map = object->private;

	lunatik_spend(L, LUAMAP_UNITS);
	*map = *config;
	map->self = object;
	return map;
}

/*
 * Whether a program of a kprobe or of perf must not interrupt a change: the kernel
 * holds a lock that such a program could wait for, or exchanges entries.
 */
static bool luamap_isrisky(const struct luamap *map)
{
	return map->type == BPF_MAP_TYPE_LRU_HASH ||
	       map->type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       (map->type == BPF_MAP_TYPE_HASH && !map->slots &&
		!luamap_isinteger(&map->value));
}

static struct luamap *luamap_new(lua_State *L, const struct luamap *config)
{
	struct luamap *map = luamap_pushnew(L, config);
	u64 memory = luamap_memory(map);

	if (map->shared && luamap_isrisky(map) && luamap_active == &luamap_inside)
		luaL_error(L, "failed to create map (the kernel has hidden how, error %d)",
			   EOPNOTSUPP);
	if (!lunatik_charge_reclaim(L, map->self, memory))
		luaL_error(L, "not enough memory");
	map->charged = memory;
	luamap_create(L, map);
	return map;
}

static void luamap_release(void *private)
{
	struct luamap *map = private;

	if (map->map) {
		atomic64_dec(&map->map->writecnt);
		bpf_map_put(map->map);
	}
	if (map->charged)
		lunatik_uncharge(map->self, map->charged);
}

/* ---- options ------------------------------------------------------------------ */

static const struct {
	const char *name;
	struct luamap_type type;
} luamap_types[] = {
	{"int8", {LUAMAP_SIGNED, 1}},
	{"int16", {LUAMAP_SIGNED, 2}},
	{"int32", {LUAMAP_SIGNED, 4}},
	{"int64", {LUAMAP_SIGNED, 8}},
	{"uint8", {LUAMAP_UNSIGNED, 1}},
	{"uint16", {LUAMAP_UNSIGNED, 2}},
	{"uint32", {LUAMAP_UNSIGNED, 4}},
	{"uint64", {LUAMAP_UNSIGNED, 8}},
};

/* "uint32", or "c12" as of string.pack() */
static bool luamap_parsetype(const char *name, struct luamap_type *type)
{
	u8 size;
	int i;

	for (i = 0; i < ARRAY_SIZE(luamap_types); i++) {
		if (!strcmp(name, luamap_types[i].name)) {
			*type = luamap_types[i].type;
			return true;
		}
	}
	if (name[0] != 'c' || kstrtou8(name + 1, 10, &size) || !size)
		return false;
	*type = (struct luamap_type){LUAMAP_BYTES, size};
	return true;
}

static void luamap_opttype(lua_State *L, int ix, const char *field,
			   struct luamap_type *type)
{
	int kind = lua_getfield(L, ix, field);
	lua_Integer size;

	if (kind == LUA_TNUMBER) {
		size = lua_tointeger(L, -1);
		if (size < 1 || size > LUAMAP_SIZE)
			luaL_error(L, "bad field '%s' (out of range: %I is not in 1..%d)",
				   field, size, LUAMAP_SIZE);
		*type = (struct luamap_type){LUAMAP_TEXT, size};
	} else if (kind != LUA_TNIL &&
		   (kind != LUA_TSTRING ||
		    !luamap_parsetype(lua_tostring(L, -1), type))) {
		luaL_error(L, "bad field '%s' (neither a number of bytes nor a type such as uint32 or c12)",
			   field);
	}
	lua_pop(L, 1);
}

static bool luamap_optboolean(lua_State *L, int ix, const char *field,
			      bool value)
{
	int kind = lua_getfield(L, ix, field);

	if (kind != LUA_TNIL && kind != LUA_TBOOLEAN)
		luaL_error(L, "bad field '%s' (boolean expected, got %s)", field,
			   luaL_typename(L, -1));
	if (kind == LUA_TBOOLEAN)
		value = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return value;
}

/* The number of entries at index 1, and the options behind it. */
static void luamap_options(lua_State *L, struct luamap *config)
{
	static const char *const hash[] = {"key", "value", "percpu", "shared", NULL};
	static const char *const array[] = {"value", "percpu", "shared", NULL};
	lua_Integer entries = luaL_checkinteger(L, 1);

	luamap_checkrange(L, 1, entries, 1, LUAMAP_ENTRIES);
	config->entries = entries;
	config->value = (struct luamap_type){LUAMAP_SIGNED, sizeof(lua_Integer)};
	if (lua_isnoneornil(L, 2))
		return;
	luaL_checktype(L, 2, LUA_TTABLE);
	lunatik_checkfields(L, 2, config->array ? array : hash);
	if (!config->array)
		luamap_opttype(L, 2, "key", &config->key);
	luamap_opttype(L, 2, "value", &config->value);
	config->percpu = luamap_optboolean(L, 2, "percpu", false);
	config->shared = luamap_optboolean(L, 2, "shared", false);
	if (config->percpu && !luamap_isinteger(&config->value))
		luaL_error(L, "bad field 'percpu' (only integers are summed)");
}

static int luamap_make(lua_State *L, struct luamap *config,
		       enum bpf_map_type percpu)
{
	luamap_options(L, config);
	if (config->percpu)
		config->type = percpu;
	luamap_new(L, config);
	return 1;
}

/*
 * map.hash(entries [, options]) - make a map that is full with so many keys
 *
 * options: key, value ("int64" by default), percpu, shared.
 * Raises: "not enough memory"; "failed to create map (REASON, error N)".
 * Context: any runtime, entries that may sleep.
 */
static int luamap_hash(lua_State *L)
{
	struct luamap config = {
		.type = BPF_MAP_TYPE_HASH,
		.key = {LUAMAP_SIGNED, sizeof(lua_Integer)},
	};

	return luamap_make(L, &config, BPF_MAP_TYPE_PERCPU_HASH);
}

/* map.lru(entries [, options]) - the same, but it drops keys that are not used */
static int luamap_lru(lua_State *L)
{
	struct luamap config = {
		.type = BPF_MAP_TYPE_LRU_HASH,
		.key = {LUAMAP_SIGNED, sizeof(lua_Integer)},
	};

	return luamap_make(L, &config, BPF_MAP_TYPE_LRU_PERCPU_HASH);
}

/* map.array(entries [, options]) - the same with the keys 0 .. entries - 1 */
static int luamap_array(lua_State *L)
{
	struct luamap config = {
		.type = BPF_MAP_TYPE_ARRAY,
		.key = {LUAMAP_UNSIGNED, sizeof(u32)},
		.array = true,
	};

	return luamap_make(L, &config, BPF_MAP_TYPE_PERCPU_ARRAY);
}

static bool luamap_hasfield(lua_State *L, int ix, const char *field)
{
	bool has = lua_getfield(L, ix, field) != LUA_TNIL;

	lua_pop(L, 1);
	return has;
}

/* The fields min, max and step of a linear histogram, all or none. */
static void luamap_optlinear(lua_State *L, int ix, struct luamap *config)
{
	u64 steps;

	if (!luamap_hasfield(L, ix, "step") && !luamap_hasfield(L, ix, "min") &&
	    !luamap_hasfield(L, ix, "max"))
		return;
	config->least = lunatik_checkinteger(L, ix, "min", LUA_MININTEGER + 1,
					     LUA_MAXINTEGER - 1);
	config->most = lunatik_checkinteger(L, ix, "max", config->least + 1,
					    LUA_MAXINTEGER);
	config->step = lunatik_checkinteger(L, ix, "step", 1, LUA_MAXINTEGER);
	steps = ((u64)config->most - (u64)config->least - 1) / config->step + 1;
	if (steps > LUAMAP_STEPS)
		luaL_error(L, "bad field 'step' (too small: more than %d steps)",
			   LUAMAP_STEPS);
	config->slots = steps + 2;
}

/* The options at an index, if there are any. */
static void luamap_histogramoptions(lua_State *L, int ix, struct luamap *config)
{
	static const char *const fields[] = {"key", "entries", "min", "max", "step",
					     "percpu", "shared", NULL};

	luaL_checktype(L, ix, LUA_TTABLE);
	lunatik_checkfields(L, ix, fields);
	luamap_optlinear(L, ix, config);
	luamap_opttype(L, ix, "key", &config->key);
	config->keyed = config->key.size;
	config->entries = config->keyed ? LUAMAP_KEYED : 1;
	if (luamap_hasfield(L, ix, "entries"))
		config->entries = lunatik_checkinteger(L, ix, "entries", 1,
						       config->keyed ?
						       LUAMAP_ENTRIES : 1);
	config->percpu = luamap_optboolean(L, ix, "percpu", !config->keyed);
	config->shared = luamap_optboolean(L, ix, "shared", false);
}

/* Push a new histogram. */
static struct luamap *luamap_newhistogram(lua_State *L, int ix)
{
	struct luamap config = {
		.entries = 1,
		.percpu = true,
		.slots = LUAMAP_LOG2SLOTS,
	};

	if (!lua_isnoneornil(L, ix))
		luamap_histogramoptions(L, ix, &config);
	config.array = !config.keyed;
	config.value = (struct luamap_type){LUAMAP_UNSIGNED,
					    config.slots * sizeof(u64)};
	if (config.keyed) {
		config.type = config.percpu ? BPF_MAP_TYPE_PERCPU_HASH :
					      BPF_MAP_TYPE_HASH;
	} else {
		config.type = config.percpu ? BPF_MAP_TYPE_PERCPU_ARRAY :
					      BPF_MAP_TYPE_ARRAY;
		config.key = (struct luamap_type){LUAMAP_UNSIGNED, sizeof(u32)};
	}
	return luamap_new(L, &config);
}

/*
 * map.histogram([options]) - make a histogram, or a map of histograms
 *
 * options: min, max and step, powers of two without them; key and entries, for a
 *	map of histograms. Others are percpu and shared.
 * Raises: as map.hash().
 * Context: any runtime, entries that may sleep.
 */
static int luamap_histogram(lua_State *L)
{
	luamap_newhistogram(L, 1);
	return 1;
}

/*
 * m:histogram([options]) - the histogram of the keys, which are integers, each
 *	counted as often as its value says
 *
 * options: min, max, step.
 * Context: any runtime, entries that may sleep.
 */
static int luamap_distribution(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	u64 key[LUAMAP_ROOM / sizeof(u64)];
	struct luamap *histogram;
	struct luamap_walk *walk;
	lua_Integer n;

	luaL_argcheck(L, !map->slots && luamap_isinteger(&map->key) &&
		      luamap_isinteger(&map->value), 1,
		      "its keys or values are not integers");
	lua_settop(L, 2);
	walk = luamap_pushwalk(L, map);
	histogram = luamap_newhistogram(L, 2);
	luaL_argcheck(L, !histogram->keyed, 2, "a key makes no sense here");
	while (luamap_nextkey(map, walk, key)) {
		u64 zero = 0;

		if (luamap_read(L, map, key, &n))
			luamap_addto(L, histogram, &zero,
				     luamap_slot(histogram, luamap_load(&map->key, key)), n);
	}
	return 1;
}

/* ---- memory of pinned maps ---------------------------------------------------- */

/**
 * struct luamap_pinned - a map that a script has pinned
 * @node: in the list of all
 * @id: the kernel's number of the map, which it gives to no other one
 * @pending: scripts that are about to pin it
 * @memory: bytes of the map
 * @bytes: the same with its files
 *
 * A file holds its map when no runtime pays for it any more. Nobody reports that
 * the file is gone, but then the kernel knows no such number.
 */
struct luamap_pinned {
	struct list_head node;
	u32 id;
	u32 pending;
	u64 memory;
	u64 bytes;
};

static DEFINE_MUTEX(luamap_pinmutex);	/* of the list, and its sum */
static LIST_HEAD(luamap_pins);
static u64 luamap_pinsum;

/* Bytes of a map and its files; 0 once it has none. */
static u64 luamap_pinbytes(const struct luamap_pinned *pinned)
{
	struct bpf_map *map;
	union bpf_attr attr;
	s64 names;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_id = pinned->id;
	fd = kern_sys_bpf(BPF_MAP_GET_FD_BY_ID, &attr, sizeof(attr));
	if (fd < 0)
		return fd == -ENOENT ? 0 : pinned->bytes;
	map = bpf_map_get(fd);
	names = IS_ERR(map) ? 0 : atomic64_read(&map->usercnt) - 1;
	if (!IS_ERR(map))
		bpf_map_put(map);
	close_fd(fd);
	return names > 0 ? pinned->memory + names * LUAMAP_NAME : 0;
}

/* In a worker, for a caller that holds the mutex: see struct luamap_request. */
static void luamap_sweep(struct work_struct *unused)
{
	struct luamap_pinned *pinned, *next;

	luamap_pinsum = 0;
	list_for_each_entry_safe(pinned, next, &luamap_pins, node) {
		if (!pinned->pending)
			pinned->bytes = luamap_pinbytes(pinned);
		luamap_pinsum += pinned->bytes;
		if (!pinned->bytes) {
			list_del(&pinned->node);
			kfree(pinned);
		}
		cond_resched();
	}
}

static DECLARE_WORK(luamap_sweepwork, luamap_sweep);

/* Bytes that all pinned maps together may take: half as much as all runtimes. */
static bool luamap_pinfits(u64 size)
{
	return luamap_pinsum + size <= (u64)totalram_pages() * PAGE_SIZE / 16;
}

static struct luamap_pinned *luamap_pinnew(u32 id, u64 memory)
{
	struct luamap_pinned *pinned = kzalloc(sizeof(*pinned), LUNATIK_GFP);

	if (!pinned)
		return ERR_PTR(-ENOMEM);
	pinned->id = id;
	pinned->memory = memory;
	pinned->bytes = memory;
	luamap_pinsum += memory;
	list_add(&pinned->node, &luamap_pins);
	return pinned;
}

/* With the mutex held. Return: the map's record, or an error */
static struct luamap_pinned *luamap_pinfind(const struct luamap *map)
{
	u64 memory = luamap_memory(map);
	struct luamap_pinned *pinned;

	if (!luamap_pinfits(memory + LUAMAP_NAME)) {
		queue_work(luamap_workqueue, &luamap_sweepwork);
		flush_work(&luamap_sweepwork);
	}
	list_for_each_entry(pinned, &luamap_pins, node) {
		if (pinned->id == map->map->id)
			return luamap_pinfits(LUAMAP_NAME) ? pinned :
							      ERR_PTR(-EDQUOT);
	}
	if (!luamap_pinfits(memory + LUAMAP_NAME))
		return ERR_PTR(-EDQUOT);
	return luamap_pinnew(map->map->id, memory);
}

/* Return: the map's record, for luamap_pinend(), or an error */
static struct luamap_pinned *luamap_pinbegin(const struct luamap *map)
{
	struct luamap_pinned *pinned;

	mutex_lock(&luamap_pinmutex);
	pinned = luamap_pinfind(map);
	if (!IS_ERR(pinned)) {
		pinned->pending++;
		pinned->bytes += LUAMAP_NAME;
		luamap_pinsum += LUAMAP_NAME;
	}
	mutex_unlock(&luamap_pinmutex);
	return pinned;
}

/* The next sweep corrects the sum if the map was not pinned. */
static void luamap_pinend(struct luamap_pinned *pinned)
{
	mutex_lock(&luamap_pinmutex);
	pinned->pending--;
	mutex_unlock(&luamap_pinmutex);
}

/* ---- pinned maps -------------------------------------------------------------- */

/**
 * struct luamap_call - a call on its way through the file system
 */
struct luamap_call {
	const char *path;
	struct bpf_map *map;
};

/* Whether a part of the path is . or .. */
static bool luamap_hasdots(const char *path)
{
	for (; *path == '/'; path += strcspn(path, "/")) {
		size_t size = strcspn(++path, "/");

		if (size && size <= 2 && !strncmp(path, "..", size))
			return true;
	}
	return false;
}

static const char *luamap_checkpath(lua_State *L, int ix)
{
	size_t size;
	const char *path = luaL_checklstring(L, ix, &size);

	luaL_argcheck(L, size <= LUAMAP_PATH && strlen(path) == size &&
		      !strncmp(path, LUAMAP_FOLDER, strlen(LUAMAP_FOLDER)) &&
		      !luamap_hasdots(path), ix,
		      "not a path below " LUAMAP_FOLDER);
	return path;
}

static void luamap_checkplace(lua_State *L, const char *what)
{
	lunatik_checkunlocked(L, what);
	lunatik_checknamespaces(L, what);
	lunatik_spend(L, LUAMAP_UNITS);
}

static const struct {
	int err;
	const char *reason;
} luamap_reasons[] = {
	{ENOENT, "there is no such file"},
	{ENOTDIR, "there is no such file"},
	{EEXIST, "there is such a file"},
	{EINVAL, "not a map"},
	{EROFS, "the map is frozen"},
	{ELOOP, "a symbolic link is on the way"},
	{EDQUOT, "all pinned maps together take too much memory"},
	{EXDEV, "no file system of eBPF is mounted there"},
	{EOPNOTSUPP, "the kernel has hidden how"},
	{EACCES, "not permitted"},
	{EPERM, "not permitted"},
};

/* Raises. */
static int luamap_failpath(lua_State *L, const char *verb, const char *path,
			   int err)
{
	const char *reason = "refused by the kernel";
	int i;

	for (i = 0; i < ARRAY_SIZE(luamap_reasons); i++) {
		if (luamap_reasons[i].err == -err)
			reason = luamap_reasons[i].reason;
	}
	return luaL_error(L, "failed to %s %s (%s, error %d)", verb, path,
			  reason, -err);
}

/* Become a writer of a map, which nobody freezes then. */
static int luamap_hold(struct bpf_map *map)
{
	int err = 0;

	mutex_lock(&map->freeze_mutex);
	if (map->frozen)
		err = -EROFS;
	else
		atomic64_inc(&map->writecnt);
	mutex_unlock(&map->freeze_mutex);
	if (!err)
		bpf_map_inc(map);
	return err;
}

/* Return: 0 or a negative errno */
static int luamap_doopen(void *argument)
{
	struct luamap_call *call = argument;
	struct inode *inode;
	struct path path;
	int err = kern_path(call->path, LUAMAP_LOOKUP, &path);

	if (err)
		return err;
	inode = d_backing_inode(path.dentry);
	err = path_permission(&path, MAY_READ | MAY_WRITE);
	if (!err && inode->i_op != luamap_iops)
		err = -EINVAL;
	if (!err)
		err = luamap_hold(inode->i_private);
	if (!err)
		call->map = inode->i_private;
	path_put(&path);
	return err;
}

/* The folder of a file that may not exist. */
static int luamap_findfolder(const char *file, struct path *folder)
{
	char name[LUAMAP_PATH + 1];

	strscpy(name, file, sizeof(name));
	*strrchr(name, '/') = '\0';
	return kern_path(name, LUAMAP_LOOKUP | LOOKUP_DIRECTORY, folder);
}

/* With the folder locked. */
static int luamap_mknod(struct luamap_call *call, struct dentry *dentry)
{
	int err;

	if (dentry->d_sb->s_magic != BPF_FS_MAGIC)
		return -EXDEV;
	err = vfs_mkobj(dentry, S_IFREG | (0600 & ~current_umask()),
			luamap_mkmap, call->map);
	/* The file's reference: nobody removes it before the folder is unlocked. */
	if (!err)
		bpf_map_inc_with_uref(call->map);
	return err;
}

/* The kernel follows links on the way to a new file, so compare where it came to. */
static int luamap_dopin(void *argument)
{
	struct luamap_call *call = argument;
	struct path path, folder;
	struct dentry *dentry;
	int err = luamap_findfolder(call->path, &folder);

	if (err)
		return err;
	dentry = kern_path_create(AT_FDCWD, call->path, &path, 0);
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err) {
		err = path_equal(&path, &folder) ? luamap_mknod(call, dentry) :
						   -ELOOP;
		done_path_create(&path, dentry);
	}
	path_put(&folder);
	return err;
}

/* Go into the file system, with a root folder also in a thread of the kernel. */
static int luamap_deep(int (*function)(void *argument), void *argument)
{
	struct fs_struct *fs = kthread_override_fs();
	int ret = lunatik_calldeep(function, argument);

	kthread_revert_fs(fs);
	return ret;
}

/*
 * m:pin(path) - give a shared map a name in the file system of eBPF
 *
 * path: a new file below /sys/fs/bpf/; to be removed by unlink.
 * Raises: "failed to pin PATH (REASON, error N)".
 * Context: any runtime, entries that may sleep and hold no lock of the kernel;
 *	rights and namespaces of the running task.
 */
static int luamap_pin(lua_State *L)
{
	const struct luamap *map = luamap_check(L);
	struct luamap_call call = { .path = luamap_checkpath(L, 2), .map = map->map };
	struct luamap_pinned *pinned;
	int err;

	luamap_checkplace(L, "map.pin");
	luaL_argcheck(L, map->shared, 1,
		      "not a shared map: make it with {shared = true}");
	if (!luamap_mkmap)
		return luamap_failpath(L, "pin", call.path, -EOPNOTSUPP);
	pinned = luamap_pinbegin(map);
	if (IS_ERR(pinned))
		return luamap_failpath(L, "pin", call.path, PTR_ERR(pinned));
	err = luamap_deep(luamap_dopin, &call);
	luamap_pinend(pinned);
	if (err)
		luamap_failpath(L, "pin", call.path, err);
	return 0;
}

/* Return: false for what this library does not understand */
static bool luamap_understand(const struct bpf_map *from, struct luamap *config)
{
	config->type = from->map_type;
	config->entries = from->max_entries;
	switch (from->map_type) {
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		config->percpu = true;
		break;
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		config->percpu = true;
		config->array = true;
		break;
	case BPF_MAP_TYPE_ARRAY:
		config->array = true;
		break;
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
		break;
	default:
		return false;
	}
	return bpf_map_isplain(from) && from->key_size <= LUAMAP_SIZE &&
	       from->value_size <= LUAMAP_SIZE &&
	       from->max_entries <= LUAMAP_ENTRIES;
}

/* The type for a size, unless the script names one. */
static struct luamap_type luamap_typeof(u32 size)
{
	bool number = size <= sizeof(u64) && is_power_of_2(size);

	return (struct luamap_type){number ? LUAMAP_UNSIGNED : LUAMAP_BYTES, size};
}

static void luamap_opentype(lua_State *L, const char *field, u32 size,
			    struct luamap_type *type)
{
	*type = luamap_typeof(size);
	if (!lua_isnoneornil(L, 2))
		luamap_opttype(L, 2, field, type);
	if (type->size != size)
		luaL_error(L, "bad field '%s' (%d bytes, the map has %d)", field,
			   type->size, size);
}

/* Fill in an object whose map is there. */
static void luamap_describe(lua_State *L, struct luamap *map)
{
	if (!luamap_understand(map->map, map))
		luaL_error(L, "failed to open %s (not a map of numbers or strings, error %d)",
			   lua_tostring(L, 1), EOPNOTSUPP);
	luamap_opentype(L, "key", map->map->key_size, &map->key);
	luamap_opentype(L, "value", map->map->value_size, &map->value);
	if (map->array)
		map->key = (struct luamap_type){LUAMAP_UNSIGNED, sizeof(u32)};
	if (luamap_isrisky(map) && luamap_active == &luamap_inside)
		luaL_error(L, "failed to open %s (the kernel has hidden how, error %d)",
			   lua_tostring(L, 1), EOPNOTSUPP);
	if (map->percpu && !luamap_isinteger(&map->value))
		luaL_error(L, "failed to open %s (only integers are summed over all CPUs, error %d)",
			   lua_tostring(L, 1), EOPNOTSUPP);
}

/*
 * map.open(path [, options]) - the map that a file below /sys/fs/bpf/ names
 *
 * options: key, value; unsigned numbers or bytes without them.
 * Raises: "failed to open PATH (REASON, error N)".
 * Context: as m:pin().
 */
static int luamap_open(lua_State *L)
{
	static const char *const fields[] = {"key", "value", NULL};
	static const struct luamap config = { .shared = true };
	struct luamap_call call = { .path = luamap_checkpath(L, 1) };
	struct luamap *map;
	int err;

	luamap_checkplace(L, "map.open");
	lua_settop(L, 2);
	if (!lua_isnoneornil(L, 2)) {
		luaL_checktype(L, 2, LUA_TTABLE);
		lunatik_checkfields(L, 2, fields);
	}
	map = luamap_pushnew(L, &config);
	err = luamap_iops ? luamap_deep(luamap_doopen, &call) : -EOPNOTSUPP;
	if (err)
		luamap_failpath(L, "open", call.path, err);
	map->map = call.map;
	luamap_describe(L, map);
	return 1;
}

/* ---- library ------------------------------------------------------------------ */

static const luaL_Reg luamap_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__index", luamap_index},
	{"__newindex", luamap_set},
	{"__len", luamap_len},
	{"__pairs", luamap_pairs},
	{"__tostring", luamap_tostring},
	{"get", luamap_get},
	{"set", luamap_set},
	{"add", luamap_add},
	{"pairs", luamap_pairs},
	{"clear", luamap_clear},
	{"rows", luamap_rows},
	{"histogram", luamap_distribution},
	{"pin", luamap_pin},
	{NULL, NULL}
};

static const lunatik_class_t luamap_class = {
	.name = "map",
	.methods = luamap_methods,
	.release = luamap_release,
	.owner = THIS_MODULE,
};

static const luaL_Reg luamap_lib[] = {
	{"hash", luamap_hash},
	{"lru", luamap_lru},
	{"array", luamap_array},
	{"histogram", luamap_histogram},
	{"open", luamap_open},
	{NULL, NULL}
};

LUNATIK_NEWLIB(map, luamap_lib, &luamap_class, NULL);

static unsigned long luamap_lookup(const char *symbol)
{
	unsigned long addresses[2];

	/* lunatik_lookup() would try a kprobe at the address, where no code lies. */
	return lunatik_symbol_namesakes(symbol, addresses, ARRAY_SIZE(addresses)) == 1 ?
		       addresses[0] : ULONG_MAX;
}

/* The kernel's own variable of each CPU, if it is clear which one it is. */
static void luamap_findactive(void)
{
	unsigned long begin = luamap_lookup("__per_cpu_start");
	unsigned long end = luamap_lookup("__per_cpu_end");
	unsigned long active = luamap_lookup("bpf_prog_active");

	if (end != ULONG_MAX && active >= begin && active < end &&
	    end - active >= sizeof(int) && IS_ALIGNED(active, sizeof(int)))
		luamap_active = (int __percpu __force *)active;
	else
		pr_notice("bpf_prog_active is hidden: some shared maps are refused\n");
}

static int __init luamap_init(void)
{
	luamap_findactive();
	luamap_iops = lunatik_lookup("bpf_map_iops");
	luamap_mkmap = lunatik_lookup("bpf_mkmap");
	luamap_workqueue = alloc_workqueue("lunatik_map", WQ_UNBOUND, 0);
	return luamap_workqueue ? 0 : -ENOMEM;
}

static void __exit luamap_exit(void)
{
	struct luamap_pinned *pinned, *next;

	list_for_each_entry_safe(pinned, next, &luamap_pins, node)
		kfree(pinned);
	destroy_workqueue(luamap_workqueue);
}

module_init(luamap_init);
module_exit(luamap_exit);

MODULE_DESCRIPTION("Lunatik: maps that scripts, eBPF programs and bpftool share");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
/* Since 6.12, functions for the kernel's own eBPF programs are in a namespace. MODULE_IMPORT_NS() has two forms. */
MODULE_INFO(import_ns, "BPF_INTERNAL");
