// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lualinux.c - the linux library: time, sleep, randomness, byte order, symbols
 *
 * Everything but schedule() and lookup() works in every entry, probes included:
 * clocks and randomness have variants that take no lock.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

#include <lunatik_binding.h>

#define LUALINUX_SLICE	4096	/* units after which the core has a look */
#define LUALINUX_FOREVER	S64_MAX
#define LUALINUX_NAMESAKES	64	/* symbols of one name that lookup returns */

/* ---- randomness ---------------------------------------------------------- */

static siphash_key_t lualinux_seed __read_mostly;
static atomic64_t lualinux_counter;

/*
 * The kernel's generator takes locks that a probe may have fired in, and that
 * sleep on PREEMPT_RT: entries that may not sleep get a keyed hash of a counter.
 */
static u64 lualinux_random64(lua_State *L)
{
	if (lunatik_maysleep(L))
		return get_random_u64();
	return siphash_1u64(atomic64_inc_return(&lualinux_counter),
			    &lualinux_seed);
}

/* Uniform in [0, limit]: values above are rejected, each try succeeds in 1 of 2. */
static u64 lualinux_upto(lua_State *L, u64 limit)
{
	u64 mask = limit ? GENMASK_ULL(fls64(limit) - 1, 0) : 0;
	u64 value;

	do {
		value = lualinux_random64(L) & mask;
	} while (value > limit);
	return value;
}

/* linux.random([m [, n]]) - a random integer, of all or of m .. n */
static int lualinux_random(lua_State *L)
{
	lua_Integer low = 1, high = 0;

	switch (lua_gettop(L)) {
	case 0:
		break;
	case 1:
		high = luaL_checkinteger(L, 1);
		break;
	case 2:
		low = luaL_checkinteger(L, 1);
		high = luaL_checkinteger(L, 2);
		break;
	default:
		return luaL_error(L, "wrong number of arguments");
	}
	/* As in math.random(), 0 means all bits. */
	if (lua_gettop(L) < 2 && high == 0) {
		lua_pushinteger(L, (lua_Integer)lualinux_random64(L));
		return 1;
	}
	luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
	lua_pushinteger(L, (lua_Integer)((u64)low +
			lualinux_upto(L, (u64)high - (u64)low)));
	return 1;
}

/* ---- time ------------------------------------------------------------------ */

/* The usual clock spins on a lock that a probe may have fired in. */
static int lualinux_time_leaf(void *payload, lua_Integer argument,
			      lua_Integer *now)
{
	*now = (lua_Integer)ktime_get_real_fast_ns();
	return 1;
}

/* linux.time() - nanoseconds since the epoch */
static int lualinux_time(lua_State *L)
{
	/* One clock in every context, so that readings can be compared. */
	lua_pushinteger(L, (lua_Integer)ktime_get_real_fast_ns());
	return 1;
}

/*
 * linux.clock() - nanoseconds since the machine was started, without the time
 * that it was suspended. Setting the time of day does not change it.
 */
static int lualinux_clock(lua_State *L)
{
	/* As above; one clock in every context, so that their readings can be compared. */
	lua_pushinteger(L, (lua_Integer)ktime_get_mono_fast_ns());
	return 1;
}

/* linux.difftime(t2, t1) - the difference of two times */
static int lualinux_difftime(lua_State *L)
{
	lua_Unsigned t2 = (lua_Unsigned)luaL_checkinteger(L, 1);
	lua_Unsigned t1 = (lua_Unsigned)luaL_checkinteger(L, 2);

	lua_pushinteger(L, (lua_Integer)(t2 - t1));
	return 1;
}

/* Milliseconds; a time that neither clock nor jiffies can hold is for ever. */
static s64 lualinux_checktimeout(lua_State *L, int ix)
{
	lua_Integer ms;

	if (lua_isnoneornil(L, ix))
		return LUALINUX_FOREVER;
	ms = luaL_checkinteger(L, ix);
	if (ms <= 0)
		return 0;
	if (ms >= MAX_SCHEDULE_TIMEOUT / HZ || ms >= KTIME_MAX / NSEC_PER_MSEC / 2)
		return LUALINUX_FOREVER;
	return ms;
}

static unsigned int lualinux_checkstate(lua_State *L, int ix)
{
	lua_Integer state = luaL_optinteger(L, ix, TASK_INTERRUPTIBLE);

	luaL_argcheck(L, state == TASK_INTERRUPTIBLE ||
			 state == TASK_UNINTERRUPTIBLE ||
			 state == TASK_KILLABLE || state == TASK_IDLE,
		      ix, "invalid task state: INTERRUPTIBLE, UNINTERRUPTIBLE, KILLABLE or IDLE of linux.task");
	return state;
}

/* The tick that runs already is not a whole one. */
static long lualinux_ticks(s64 ms)
{
	if (!ms)
		return 0;
	if (ms == LUALINUX_FOREVER)
		return MAX_SCHEDULE_TIMEOUT;
	return div_u64((u64)ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC) + 1;
}

/* Milliseconds until then, rounded up. */
static s64 lualinux_left(s64 end)
{
	s64 left = end - ktime_get_ns();

	return left > 0 ? div_u64(left + NSEC_PER_MSEC - 1, NSEC_PER_MSEC) : 0;
}

/*
 * linux.schedule([timeout [, state]]) - milliseconds that remain, which are more
 * than none if a signal or a stop ended the sleep. A signal or a stop that ends
 * the whole entry does so here.
 *
 * Where ticks come late, jiffies lag behind the clock, and would end it early.
 */
static int lualinux_schedule(lua_State *L)
{
	s64 left = lualinux_checktimeout(L, 1);
	unsigned int state = lualinux_checkstate(L, 2);
	bool forever = left == LUALINUX_FOREVER;
	s64 end = forever ? 0 : ktime_get_ns() + left * NSEC_PER_MSEC;
	int ret;

	lunatik_checksleep(L, "linux.schedule");
	do {
		ret = lunatik_wait(L, NULL, NULL, NULL, lualinux_ticks(left),
				   state);
		if (!forever)
			left = lualinux_left(end);
	} while (!ret && left);
	if (ret < 0)
		lunatik_spend(L, LUALINUX_SLICE);
	lua_pushinteger(L, left);
	return 1;
}

/* ---- tracing, symbols, interfaces ------------------------------------------- */

/* In process context somebody is responsible, and must be allowed to. */
static void lualinux_checkaccess(lua_State *L)
{
	if (lunatik_maysleep(L) && lunatik_access_check())
		luaL_error(L, "operation not permitted");
}

/*
 * linux.tracing([on]) - whether the kernel traces; switch it on or off before
 */
static int lualinux_tracing(lua_State *L)
{
	if (lua_gettop(L) > 0) {
		lualinux_checkaccess(L);
		if (lua_toboolean(L, 1))
			tracing_on();
		else
			tracing_off();
	}
	lua_pushboolean(L, tracing_is_on());
	return 1;
}

/* Push the addresses of the symbols of a name, but for that of one; returns how many. */
static int lualinux_pushnamesakes(lua_State *L, const char *symbol, void *except)
{
	unsigned long *addresses =
		lua_newuserdatauv(L, LUALINUX_NAMESAKES * sizeof(*addresses), 0);
	int i, pushed = 0;
	int n = lunatik_symbol_namesakes(symbol, addresses, LUALINUX_NAMESAKES);

	luaL_checkstack(L, n, "too many symbols");
	for (i = 0; i < n; i++) {
		if (addresses[i] == (unsigned long)except)
			continue;
		lua_pushlightuserdata(L, (void *)addresses[i]);
		pushed++;
	}
	return pushed;
}

/*
 * linux.lookup(symbol) - light userdata, nil if there is no such symbol; several
 * if more than one bears the name
 */
static int lualinux_lookup(lua_State *L)
{
	const char *symbol = luaL_checkstring(L, 1);
	void *address;
	int n;

	lunatik_checksleep(L, "linux.lookup");
	lualinux_checkaccess(L);
	address = lunatik_lookup(symbol);
	if (!address) {
		lua_pushnil(L);
		return 1;
	}
	n = lualinux_pushnamesakes(L, symbol, address);
	lua_pushlightuserdata(L, address);
	lua_insert(L, -1 - n);
	return 1 + n;
}

/*
 * linux.ifindex(name) - the index of an interface of the initial network namespace
 */
static int lualinux_ifindex(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	struct net_device *dev = NULL;
	int index = 0;

	if (strnlen(name, IFNAMSIZ) < IFNAMSIZ) {
		rcu_read_lock();
		dev = dev_get_by_name_rcu(&init_net, name);
		if (dev)
			index = dev->ifindex;
		rcu_read_unlock();
	}
	luaL_argcheck(L, dev != NULL, 1, "device not found");
	lua_pushinteger(L, index);
	return 1;
}

/* ---- byte order ---------------------------------------------------------------- */

#define LUALINUX_SWAP(name, T, swap)				\
static int lualinux_##name(lua_State *L)			\
{								\
	T value = (T)luaL_checkinteger(L, 1);			\
								\
	lua_pushinteger(L, (lua_Integer)(T)swap(value));	\
	return 1;						\
}								\
								\
static int lualinux_##name##_leaf(void *payload, lua_Integer argument,	\
				  lua_Integer *value)		\
{								\
	T swapped = (T)argument;				\
								\
	*value = (lua_Integer)(T)swap(swapped);			\
	return 1;						\
}

/* The kernel's conversions carry endianness in their types; these do not. */
#define LUALINUX_BE16(x)	((__force u16)cpu_to_be16(x))
#define LUALINUX_BE32(x)	((__force u32)cpu_to_be32(x))
#define LUALINUX_BE64(x)	((__force u64)cpu_to_be64(x))
#define LUALINUX_LE16(x)	((__force u16)cpu_to_le16(x))
#define LUALINUX_LE32(x)	((__force u32)cpu_to_le32(x))
#define LUALINUX_LE64(x)	((__force u64)cpu_to_le64(x))

LUALINUX_SWAP(be16, u16, LUALINUX_BE16)
LUALINUX_SWAP(be32, u32, LUALINUX_BE32)
LUALINUX_SWAP(le16, u16, LUALINUX_LE16)
LUALINUX_SWAP(le32, u32, LUALINUX_LE32)
#ifdef CONFIG_64BIT
LUALINUX_SWAP(be64, u64, LUALINUX_BE64)
LUALINUX_SWAP(le64, u64, LUALINUX_LE64)
#endif

/* Both directions swap alike, and network order is big endian. */
#define LUALINUX_ORDERS(bits)				\
	{"hton" #bits, lualinux_be##bits},		\
	{"ntoh" #bits, lualinux_be##bits},		\
	{"htobe" #bits, lualinux_be##bits},		\
	{"be" #bits "toh", lualinux_be##bits},		\
	{"htole" #bits, lualinux_le##bits},		\
	{"le" #bits "toh", lualinux_le##bits}

/* ---- the library ------------------------------------------------------------------ */

static const lunatik_leaf_t lualinux_leaves[] = {
	LUNATIK_LEAF(lualinux_time, LUA_LEAFNOW),
	LUNATIK_LEAF(lualinux_be16, LUA_LEAFMAP),
	LUNATIK_LEAF(lualinux_be32, LUA_LEAFMAP),
	LUNATIK_LEAF(lualinux_le16, LUA_LEAFMAP),
	LUNATIK_LEAF(lualinux_le32, LUA_LEAFMAP),
#ifdef CONFIG_64BIT
	LUNATIK_LEAF(lualinux_be64, LUA_LEAFMAP),
	LUNATIK_LEAF(lualinux_le64, LUA_LEAFMAP),
#endif
	{}
};

static const luaL_Reg lualinux_lib[] = {
	{"random", lualinux_random},
	{"schedule", lualinux_schedule},
	{"time", lualinux_time},
	{"clock", lualinux_clock},
	{"difftime", lualinux_difftime},
	{"tracing", lualinux_tracing},
	{"lookup", lualinux_lookup},
	{"ifindex", lualinux_ifindex},
	LUALINUX_ORDERS(16),
	LUALINUX_ORDERS(32),
#ifdef CONFIG_64BIT
	LUALINUX_ORDERS(64),
#endif
	{NULL, NULL}
};

#define LUALINUX_STAT(name)	{#name, S_##name}
#define LUALINUX_TASK(name)	{#name, TASK_##name}
#define LUALINUX_ERRNO(name)	{#name, E##name}

static const lunatik_reg_t lualinux_stat[] = {
	LUALINUX_STAT(IRWXUGO),
	LUALINUX_STAT(IALLUGO),
	LUALINUX_STAT(IRUGO),
	LUALINUX_STAT(IWUGO),
	LUALINUX_STAT(IXUGO),
	LUALINUX_STAT(IRWXU),
	LUALINUX_STAT(IRUSR),
	LUALINUX_STAT(IWUSR),
	LUALINUX_STAT(IXUSR),
	LUALINUX_STAT(IRWXG),
	LUALINUX_STAT(IRGRP),
	LUALINUX_STAT(IWGRP),
	LUALINUX_STAT(IXGRP),
	LUALINUX_STAT(IRWXO),
	LUALINUX_STAT(IROTH),
	LUALINUX_STAT(IWOTH),
	LUALINUX_STAT(IXOTH),
	{NULL, 0}
};

static const lunatik_reg_t lualinux_task[] = {
	LUALINUX_TASK(RUNNING),
	LUALINUX_TASK(INTERRUPTIBLE),
	LUALINUX_TASK(UNINTERRUPTIBLE),
	LUALINUX_TASK(KILLABLE),
	LUALINUX_TASK(IDLE),
	{NULL, 0}
};

static const lunatik_reg_t lualinux_errno[] = {
	LUALINUX_ERRNO(PERM),
	LUALINUX_ERRNO(NOENT),
	LUALINUX_ERRNO(SRCH),
	LUALINUX_ERRNO(INTR),
	LUALINUX_ERRNO(IO),
	LUALINUX_ERRNO(NXIO),
	LUALINUX_ERRNO(2BIG),
	LUALINUX_ERRNO(NOEXEC),
	LUALINUX_ERRNO(BADF),
	LUALINUX_ERRNO(CHILD),
	LUALINUX_ERRNO(AGAIN),
	LUALINUX_ERRNO(NOMEM),
	LUALINUX_ERRNO(ACCES),
	LUALINUX_ERRNO(FAULT),
	LUALINUX_ERRNO(NOTBLK),
	LUALINUX_ERRNO(BUSY),
	LUALINUX_ERRNO(EXIST),
	LUALINUX_ERRNO(XDEV),
	LUALINUX_ERRNO(NODEV),
	LUALINUX_ERRNO(NOTDIR),
	LUALINUX_ERRNO(ISDIR),
	LUALINUX_ERRNO(INVAL),
	LUALINUX_ERRNO(NFILE),
	LUALINUX_ERRNO(MFILE),
	LUALINUX_ERRNO(NOTTY),
	LUALINUX_ERRNO(TXTBSY),
	LUALINUX_ERRNO(FBIG),
	LUALINUX_ERRNO(NOSPC),
	LUALINUX_ERRNO(SPIPE),
	LUALINUX_ERRNO(ROFS),
	LUALINUX_ERRNO(MLINK),
	LUALINUX_ERRNO(PIPE),
	LUALINUX_ERRNO(DOM),
	LUALINUX_ERRNO(RANGE),
	{NULL, 0}
};

static const lunatik_namespace_t lualinux_namespaces[] = {
	{"stat", lualinux_stat},
	{"task", lualinux_task},
	{"errno", lualinux_errno},
	{NULL, NULL}
};

LUNATIK_NEWLEAFLIB(linux, lualinux_lib, lualinux_leaves, NULL,
		   lualinux_namespaces);

static int __init lualinux_init(void)
{
	get_random_bytes(&lualinux_seed, sizeof(lualinux_seed));
	return 0;
}

static void __exit lualinux_exit(void)
{
}

module_init(lualinux_init);
module_exit(lualinux_exit);

MODULE_DESCRIPTION("Lunatik: time, sleep, randomness and byte order for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
