// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaring.c - the ring library: records that hooks write, and others read
 *
 * Each CPU has a buffer of its own. A writer takes no lock: interrupts are off while it
 * writes, and a writer inside of another one, which only a trap can bring about, drops
 * its record. Readers exclude each other by the lock of the object, and take the
 * oldest record of all buffers.
 *
 * Writer and reader of a buffer meet in two positions: @head is the writer's, @tail the
 * reader's. Each is stored behind what it gives free.
 */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <lunatik_binding.h>

#define LUARING_LEAST	SZ_4K	/* bytes of a buffer */
#define LUARING_DEFAULT	SZ_64K
#define LUARING_MOST	SZ_16M
#define LUARING_RECORD	SZ_16K	/* most bytes of a record; a quarter of a smaller buffer */
#define LUARING_VALUES	64	/* most values of a record */
#define LUARING_SMALL	192	/* bytes of a record that the stack holds */
#define LUARING_UNIT	16	/* bytes copied for one unit of budget */
#define LUARING_TRIES	16	/* while other readers take the records */
#define LUARING_NAP_MS	10	/* between two looks of a reader that waits */

/**
 * struct luaring_record - the head of a record, in front of its values
 * @size: with the head; records begin at multiples of 8 bytes
 * @values: how many
 * @time: nanoseconds, monotonic
 *
 * A value is a byte that says its type, and then its bytes: none, a number, or a
 * length of four bytes and a string.
 */
struct luaring_record {
	u32 size;
	u32 values;
	u64 time;
};

enum luaring_value {
	LUARING_NIL,
	LUARING_FALSE,
	LUARING_TRUE,
	LUARING_INTEGER,
	LUARING_STRING,
};

/**
 * struct luaring_cpu - the buffer of a CPU
 * @head: bytes ever written
 * @tail: bytes ever read
 * @busy: writers inside
 * @dropped: records without room, or that came inside of another one
 */
struct luaring_cpu {
	u8 *bytes;
	unsigned long head;
	int busy;
	u64 dropped;
	unsigned long tail ____cacheline_aligned_in_smp;
};

/**
 * struct luaring - private area of a ring
 * @self: the object
 * @cpus: constant, but for the positions
 * @size: bytes of each buffer, a power of two
 */
struct luaring {
	lunatik_object_t *self;
	struct luaring_cpu __percpu *cpus;
	unsigned long size;
};

/**
 * struct luaring_cursor - where the bytes of a record go to, or come from
 */
struct luaring_cursor {
	u8 *bytes;
	unsigned long size;
	unsigned long at;
};

static const lunatik_class_t luaring_class;

static struct luaring *luaring_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luaring_class)->private;
}

/* ---- bytes -------------------------------------------------------------------- */

static void luaring_put(struct luaring_cursor *to, const void *from, size_t size)
{
	unsigned long at = to->at & (to->size - 1);
	size_t first = min(size, to->size - at);

	memcpy(to->bytes + at, from, first);
	memcpy(to->bytes, from + first, size - first);
	to->at += size;
}

static void luaring_get(struct luaring_cursor *from, void *to, size_t size)
{
	unsigned long at = from->at & (from->size - 1);
	size_t first = min(size, from->size - at);

	memcpy(to, from->bytes + at, first);
	memcpy(to + first, from->bytes, size - first);
	from->at += size;
}

static void luaring_putstring(struct luaring_cursor *to, const char *s, u32 size)
{
	luaring_put(to, &size, sizeof(size));
	luaring_put(to, s, size);
}

static void luaring_putvalue(struct luaring_cursor *to, lua_State *L, int ix)
{
	int type = lua_type(L, ix);
	lua_Integer n;
	size_t size;
	u8 kind = LUARING_NIL;

	if (type == LUA_TBOOLEAN)
		kind = lua_toboolean(L, ix) ? LUARING_TRUE : LUARING_FALSE;
	else if (type == LUA_TNUMBER)
		kind = LUARING_INTEGER;
	else if (type == LUA_TSTRING)
		kind = LUARING_STRING;
	luaring_put(to, &kind, sizeof(kind));
	if (kind == LUARING_INTEGER) {
		n = lua_tointeger(L, ix);
		luaring_put(to, &n, sizeof(n));
	} else if (kind == LUARING_STRING) {
		const char *s = lua_tolstring(L, ix, &size);

		luaring_putstring(to, s, size);
	}
}

/* Bytes of a value in a record; raises for one that does not fit into any. */
static size_t luaring_checkvalue(lua_State *L, int ix)
{
	switch (lua_type(L, ix)) {
	case LUA_TNIL:
	case LUA_TBOOLEAN:
		return 1;
	case LUA_TNUMBER:
		return 1 + sizeof(lua_Integer);
	case LUA_TSTRING:
		return 1 + sizeof(u32) + min_t(size_t, lua_rawlen(L, ix), LUARING_RECORD);
	default:
		return luaL_argerror(L, ix, lua_pushfstring(L, "integer, string, boolean or nil expected, got %s",
							    luaL_typename(L, ix)));
	}
}

/* ---- writing ------------------------------------------------------------------ */

/* All texts with tabs between them, as one string. Nothing here raises. */
static void luaring_puttext(struct luaring_cursor *to, lua_State *L, u32 size)
{
	const u8 kind = LUARING_STRING;
	size_t length;
	int ix;

	luaring_put(to, &kind, sizeof(kind));
	luaring_put(to, &size, sizeof(size));
	for (ix = 2; ix <= lua_gettop(L); ix++) {
		const char *s = lua_tolstring(L, ix, &length);

		if (ix > 2)
			luaring_put(to, "\t", 1);
		luaring_put(to, s, length);
	}
}

/* With interrupts off, and nobody else inside. Return: false without room */
static bool luaring_write(lua_State *L, const struct luaring *ring,
			  struct luaring_cpu *cpu, const struct luaring_record *record,
			  const u32 *text)
{
	struct luaring_cursor to = { cpu->bytes, ring->size, cpu->head };
	unsigned long size = round_up(record->size, 8);
	int ix;

	/* Pairs with luaring_take(): the reader has copied all bytes up to there. */
	if (ring->size - (cpu->head - smp_load_acquire(&cpu->tail)) < size)
		return false;
	luaring_put(&to, record, sizeof(*record));
	if (text)
		luaring_puttext(&to, L, *text);
	for (ix = 2; !text && ix <= lua_gettop(L); ix++)
		luaring_putvalue(&to, L, ix);
	/* Pairs with luaring_oldest(): the record is there before its end is seen. */
	smp_store_release(&cpu->head, cpu->head + size);
	return true;
}

/*
 * Write a record of the values from index 2 on, and push whether it was written.
 * @text: bytes of all of them as one string, or NULL
 */
static int luaring_record(lua_State *L, const struct luaring *ring, size_t size,
			  const u32 *text)
{
	struct luaring_record record = { .values = text ? 1 : lua_gettop(L) - 1 };
	size_t most = min_t(size_t, LUARING_RECORD, ring->size / 4);
	struct luaring_cpu *cpu;
	unsigned long flags;
	bool done = false;

	size += sizeof(record);
	if (size > most)
		return luaL_error(L, "a record of %I bytes is too long: this ring has %I at most",
				  (lua_Integer)size, (lua_Integer)most);
	lunatik_spend(L, 1 + size / LUARING_UNIT);
	record.size = size;
	local_irq_save(flags);
	cpu = this_cpu_ptr(ring->cpus);
	WRITE_ONCE(cpu->busy, cpu->busy + 1);
	barrier();
	record.time = ktime_get_mono_fast_ns();
	if (cpu->busy == 1)
		done = luaring_write(L, ring, cpu, &record, text);
	if (!done)
		WRITE_ONCE(cpu->dropped, cpu->dropped + 1);
	barrier();
	WRITE_ONCE(cpu->busy, cpu->busy - 1);
	local_irq_restore(flags);
	lua_pushboolean(L, done);
	return 1;
}

/*
 * r:emit(value, ...) - write a record
 *
 * value: integer, string, boolean or nil, the first one not nil; 64 at most.
 * Returns: whether there was room.
 * Context: any.
 */
static int luaring_emit(lua_State *L)
{
	const struct luaring *ring = luaring_check(L);
	int ix, top = lua_gettop(L);
	size_t size = 0;

	luaL_argcheck(L, !lua_isnoneornil(L, 2), 2, "a record begins with a value that is not nil");
	luaL_argcheck(L, top <= 1 + LUARING_VALUES, LUARING_VALUES + 2,
		      "a record has 64 values at most");
	for (ix = 2; ix <= top; ix++)
		size += luaring_checkvalue(L, ix);
	return luaring_record(L, ring, size, NULL);
}

/*
 * r:print(...) - write a record of one string, the text that print() would write
 *
 * Returns: whether there was room.
 * Context: any.
 */
static int luaring_print(lua_State *L)
{
	int ix, top = lua_gettop(L);
	size_t length;
	u32 size = 0;

	luaring_check(L);
	luaL_argcheck(L, top <= 1 + LUARING_VALUES, LUARING_VALUES + 2,
		      "a record has 64 values at most");
	for (ix = 2; ix <= top; ix++) {
		luaL_tolstring(L, ix, &length);
		lua_replace(L, ix);
		size += min_t(u32, length, LUARING_RECORD) + (ix > 2);
	}
	/* __tostring may be a function that leaves nothing as it was. */
	return luaring_record(L, luaring_check(L), 1 + sizeof(u32) + size, &size);
}

/* ---- reading ------------------------------------------------------------------ */

/**
 * struct luaring_look - a record that was found, and is still there
 * @cpu: whose; NULL for none
 * @tail: where it begins
 */
struct luaring_look {
	struct luaring_cpu *cpu;
	unsigned long tail;
	struct luaring_record record;
};

static bool luaring_hasrecord(const struct luaring_cpu *cpu)
{
	/* Pairs with luaring_write(). */
	return smp_load_acquire(&cpu->head) != READ_ONCE(cpu->tail);
}

/* With the lock held. */
static void luaring_oldest(const struct luaring *ring, struct luaring_look *look)
{
	struct luaring_record record;
	struct luaring_cpu *buffer;
	unsigned int cpu;

	look->cpu = NULL;
	for_each_possible_cpu(cpu) {
		struct luaring_cursor from;

		buffer = per_cpu_ptr(ring->cpus, cpu);
		if (!luaring_hasrecord(buffer))
			continue;
		from = (struct luaring_cursor){ buffer->bytes, ring->size, buffer->tail };
		luaring_get(&from, &record, sizeof(record));
		if (look->cpu && look->record.time <= record.time)
			continue;
		look->cpu = buffer;
		look->tail = buffer->tail;
		look->record = record;
	}
}

/* With the lock held: copy the values of the record, and remove it. */
static void luaring_take(const struct luaring *ring, const struct luaring_look *look, u8 *to)
{
	struct luaring_cursor from = { look->cpu->bytes, ring->size,
				       look->tail + sizeof(look->record) };

	luaring_get(&from, to, look->record.size - sizeof(look->record));
	/* Pairs with luaring_write(). */
	smp_store_release(&look->cpu->tail, look->tail + round_up(look->record.size, 8));
}

/* Return: bytes behind a value */
static const u8 *luaring_pushvalue(lua_State *L, const u8 *at)
{
	lua_Integer n;
	u32 size;

	switch (*at++) {
	case LUARING_INTEGER:
		memcpy(&n, at, sizeof(n));
		lua_pushinteger(L, n);
		return at + sizeof(n);
	case LUARING_STRING:
		memcpy(&size, at, sizeof(size));
		lua_pushlstring(L, at + sizeof(size), size);
		return at + sizeof(size) + size;
	case LUARING_TRUE:
		lua_pushboolean(L, true);
		return at;
	case LUARING_FALSE:
		lua_pushboolean(L, false);
		return at;
	default:
		lua_pushnil(L);
		return at;
	}
}

static int luaring_pushvalues(lua_State *L, const struct luaring_look *look, const u8 *at)
{
	u32 i, values = look->record.values;

	luaL_checkstack(L, values + 2, NULL);
	for (i = 0; i < values; i++)
		at = luaring_pushvalue(L, at);
	return values;
}

/* A record that does not fit on the stack: memory first, then look whether it is still there. */
static bool luaring_takelong(lua_State *L, struct luaring_look *look)
{
	struct luaring_look again;
	struct luaring *ring;
	bool same;
	u8 *to;

	to = lua_newuserdatauv(L, look->record.size, 0);
	ring = luaring_check(L);
	lunatik_lockobject(L, ring->self);
	luaring_oldest(ring, &again);
	same = again.cpu == look->cpu && again.tail == look->tail;
	if (same)
		luaring_take(ring, look, to);
	lunatik_unlock(ring->self);
	return same;
}

/*
 * r:read() - take the oldest record
 *
 * Returns: its values; nothing if there is no record.
 * Raises: "object is busy" in a probe, or while others take the records all the time.
 * Context: any.
 */
static int luaring_read(lua_State *L)
{
	struct luaring *ring = luaring_check(L);
	struct luaring_look look;
	u8 small[LUARING_SMALL];
	int tries = LUARING_TRIES;

	lua_settop(L, 1);
	while (tries--) {
		lunatik_spend(L, 1 + num_possible_cpus() / 4);
		lunatik_lockobject(L, ring->self);
		luaring_oldest(ring, &look);
		if (look.cpu && look.record.size <= sizeof(small) + sizeof(look.record))
			luaring_take(ring, &look, small);
		lunatik_unlock(ring->self);
		if (!look.cpu)
			return 0;
		lunatik_spend(L, look.record.size / LUARING_UNIT);
		if (look.record.size <= sizeof(small) + sizeof(look.record))
			return luaring_pushvalues(L, &look, small);
		if (luaring_takelong(L, &look))
			return luaring_pushvalues(L, &look, lua_touserdata(L, -1));
		lua_settop(L, 1);
	}
	return luaL_error(L, "object is busy");
}

static bool luaring_isready(const struct luaring *ring)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (luaring_hasrecord(per_cpu_ptr(ring->cpus, cpu)))
			return true;
	}
	return false;
}

/*
 * r:wait([timeout]) - wait for a record
 *
 * timeout: milliseconds; nil waits for ever.
 * Returns: true; or nil and "timeout" or "interrupt".
 * Context: process runtimes, entries that may sleep. Looks every 10 ms: a writer wakes
 *	nobody, as it may have interrupted the scheduler.
 */
static int luaring_wait(lua_State *L)
{
	const struct luaring *ring = luaring_check(L);
	lua_Integer timeout = luaL_optinteger(L, 2, LUA_MAXINTEGER);
	unsigned long nap = msecs_to_jiffies(LUARING_NAP_MS);
	u64 begin = ktime_get_mono_fast_ns();
	bool again = true;

	luaL_argcheck(L, timeout >= 0, 2,
		      "timeout is negative; milliseconds, or nil to wait for ever");
	lunatik_checkcontext(L, "ring.wait", LUNATIK_IN_PROCESS);
	lunatik_checksleep(L, "ring.wait");
	while (!luaring_isready(ring)) {
		lua_pushnil(L);
		if (!again || div_u64(ktime_get_mono_fast_ns() - begin, NSEC_PER_MSEC) >= timeout) {
			lua_pushstring(L, again ? "timeout" : "interrupt");
			return 2;
		}
		lua_pop(L, 1);
		lunatik_spend(L, 1);
		again = lunatik_wait(L, NULL, NULL, NULL, nap, TASK_INTERRUPTIBLE) >= 0;
	}
	lua_pushboolean(L, true);
	return 1;
}

/*
 * r:dropped() - the number of records that were not written
 *
 * Context: any.
 */
static int luaring_dropped(lua_State *L)
{
	const struct luaring *ring = luaring_check(L);
	u64 sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ring->cpus, cpu)->dropped);
	lua_pushinteger(L, sum);
	return 1;
}

/* ---- library ------------------------------------------------------------------ */

static void luaring_release(void *private)
{
	struct luaring *ring = private;
	struct luaring_cpu *buffer;
	unsigned int cpu;

	if (!ring->cpus)
		return;
	for_each_possible_cpu(cpu) {
		buffer = per_cpu_ptr(ring->cpus, cpu);
		if (!buffer->bytes)
			continue;
		kvfree(buffer->bytes);
		lunatik_uncharge(ring->self, ring->size);
	}
	free_percpu(ring->cpus);
}

/* Return: false without memory for all buffers; luaring_release() frees the others */
static bool luaring_allocate(lua_State *L, struct luaring *ring)
{
	unsigned int cpu;
	u8 *bytes;

	ring->cpus = alloc_percpu_gfp(struct luaring_cpu, LUNATIK_GFP);
	if (!ring->cpus)
		return false;
	for_each_possible_cpu(cpu) {
		if (!lunatik_charge_reclaim(L, ring->self, ring->size))
			return false;
		bytes = kvmalloc_node(ring->size, LUNATIK_GFP | __GFP_ZERO, cpu_to_node(cpu));
		if (!bytes) {
			lunatik_uncharge(ring->self, ring->size);
			return false;
		}
		per_cpu_ptr(ring->cpus, cpu)->bytes = bytes;
	}
	return true;
}

static const luaL_Reg luaring_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"emit", luaring_emit},
	{"print", luaring_print},
	{"read", luaring_read},
	{"wait", luaring_wait},
	{"dropped", luaring_dropped},
	{NULL, NULL}
};

static const lunatik_class_t luaring_class = {
	.name = "ring",
	.methods = luaring_methods,
	.release = luaring_release,
	.owner = THIS_MODULE,
};

/*
 * ring.new([options]) - make a ring
 *
 * options: size, bytes for each CPU, 4096 .. 16 MiB, rounded up to a power of two.
 * Raises: "not enough memory".
 * Context: any runtime, entries that may sleep.
 */
static int luaring_new(lua_State *L)
{
	static const char *const fields[] = {"size", NULL};
	unsigned long size = LUARING_DEFAULT;
	lunatik_object_t *object;
	struct luaring *ring;

	lua_settop(L, 1);
	if (!lua_isnil(L, 1)) {
		luaL_checktype(L, 1, LUA_TTABLE);
		lunatik_checkfields(L, 1, fields);
		if (lua_getfield(L, 1, "size") != LUA_TNIL)
			size = lunatik_checkinteger(L, 1, "size", LUARING_LEAST, LUARING_MOST);
	}
	object = lunatik_newobject(L, &luaring_class, sizeof(*ring));
	ring = object->private;
	ring->self = object;
	ring->size = roundup_pow_of_two(size);
	if (!luaring_allocate(L, ring))
		return luaL_error(L, "not enough memory");
	return 1;
}

static const luaL_Reg luaring_lib[] = {
	{"new", luaring_new},
	{NULL, NULL}
};

LUNATIK_NEWLIB(ring, luaring_lib, &luaring_class, NULL);

MODULE_DESCRIPTION("Lunatik: records from any context to readers");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
