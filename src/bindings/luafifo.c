// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luafifo.c - the fifo library: byte queues that runtimes share
 *
 * A kfifo under the object's raw spinlock. The bytes belong to the object and
 * are allocated with it. Under the lock there is only copying, at most
 * LUAFIFO_ATOMIC bytes at a time. Bytes are first copied, then made a Lua string
 * without the lock, and only then removed, so that running out of memory loses
 * nothing.
 */
#include <linux/kfifo.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <lunatik.h>

#define LUAFIFO_MINSIZE	2
#define LUAFIFO_MAXSIZE	SZ_512M
#define LUAFIFO_ATOMIC	SZ_64K
#define LUAFIFO_SMALL	64
#define LUAFIFO_UNIT	16	/* bytes copied for one unit of budget */

/**
 * struct luafifo - private area of a fifo object
 * @fifo: over @bytes
 * @taken: bytes that ever left; it changes if somebody else takes some
 * @bytes: as many as the fifo is large
 */
struct luafifo {
	struct kfifo fifo;
	u64 taken;
	u8 bytes[];
};

/**
 * struct luafifo_look - what was copied out of a fifo and is still in there
 * @taken: the state of the fifo at that time
 * @length: bytes copied
 */
struct luafifo_look {
	u64 taken;
	size_t length;
};

static const lunatik_class_t luafifo_class;

/*
 * Lock the fifo at index 1. Look at the handle each time: making a Lua string
 * may run a finalizer that closes it.
 */
static struct luafifo *luafifo_lock(lua_State *L)
{
	lunatik_object_t *object = lunatik_checkclassobject(L, 1, &luafifo_class);

	lunatik_lockobject(L, object);
	return object->private;
}

static void luafifo_unlock(lua_State *L)
{
	lunatik_unlock(lunatik_toobject(L, 1));
}

/* ---- in ------------------------------------------------------------------ */

/* Append the first @headsize bytes of the length, and the string: both or nothing. */
static int luafifo_put(lua_State *L, size_t headsize)
{
	struct luafifo *fifo;
	bool fits;
	size_t size;
	const char *s = luaL_checklstring(L, 2, &size);

	lunatik_checkclassobject(L, 1, &luafifo_class);
	luaL_argcheck(L, size <= LUAFIFO_ATOMIC - headsize, 2,
		      "not enough space: at most 65536 bytes at once");
	lunatik_spend(L, size / LUAFIFO_UNIT);
	fifo = luafifo_lock(L);
	fits = kfifo_avail(&fifo->fifo) >= headsize + size;
	if (fits) {
		kfifo_in(&fifo->fifo, (const u8 *)&size, headsize);
		kfifo_in(&fifo->fifo, (const u8 *)s, size);
	}
	luafifo_unlock(L);
	if (!fits)
		luaL_argerror(L, 2, "not enough space");
	return 0;
}

/*
 * q:push(s) - appends a string, whole or not at all; returns nothing
 *
 * Raises "not enough space" if it does not fit, or is longer than 64 KiB.
 * Context: any; in a probe it may raise "object is busy".
 */
static int luafifo_push(lua_State *L)
{
	return luafifo_put(L, 0);
}

/* q:pushmessage(s) - the same behind its length, a native size_t, as one */
static int luafifo_pushmessage(lua_State *L)
{
	return luafifo_put(L, sizeof(size_t));
}

/* ---- out ------------------------------------------------------------------- */

static size_t luafifo_length(lua_State *L)
{
	struct luafifo *fifo = luafifo_lock(L);
	size_t length = kfifo_len(&fifo->fifo);

	luafifo_unlock(L);
	return length;
}

/* Copy at most @size bytes from the front, and leave them there. */
static void luafifo_peek(lua_State *L, struct luafifo_look *look, void *to,
			 size_t size)
{
	struct luafifo *fifo;

	lunatik_spend(L, 1 + size / LUAFIFO_UNIT);
	fifo = luafifo_lock(L);
	look->taken = fifo->taken;
	look->length = kfifo_out_peek(&fifo->fifo, (u8 *)to, size);
	luafifo_unlock(L);
}

/* Remove bytes from the front, unless somebody took some since the look. */
static bool luafifo_take(lua_State *L, const struct luafifo_look *look,
			 size_t size)
{
	struct luafifo *fifo = luafifo_lock(L);
	bool same = fifo->taken == look->taken;

	if (same) {
		kfifo_dma_out_finish(&fifo->fifo, size);
		fifo->taken += size;
	}
	luafifo_unlock(L);
	return same;
}

/* Push a string of at most @size bytes from the front, without the first @skip. */
static void luafifo_pushfront(lua_State *L, struct luafifo_look *look,
			      size_t skip, size_t size)
{
	u8 small[LUAFIFO_SMALL];
	u8 *buffer = small;

	if (size > sizeof(small))
		buffer = lua_newuserdatauv(L, size, 0);
	luafifo_peek(L, look, buffer, size);
	skip = min(skip, look->length);
	lua_pushlstring(L, (const char *)buffer + skip, look->length - skip);
	if (buffer != small)
		lua_remove(L, -2);
}

/* Push and remove up to LUAFIFO_ATOMIC bytes. Others who read make us look again. */
static size_t luafifo_popfront(lua_State *L, size_t size)
{
	struct luafifo_look look;

	for (;;) {
		luafifo_pushfront(L, &look, 0, size);
		if (luafifo_take(L, &look, look.length))
			return look.length;
		lua_pop(L, 1);
	}
}

static size_t luafifo_poplong(lua_State *L, size_t size)
{
	size_t done = 0, n;
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	do {
		n = luafifo_popfront(L, min_t(size_t, size - done,
					      LUAFIFO_ATOMIC));
		luaL_addvalue(&b);
		done += n;
	} while (n && done < size);
	luaL_pushresult(&b);
	return done;
}

/*
 * q:pop(n) - removes up to n bytes from the front
 *
 * n: 0 or more. Returns a string and its length, "" and 0 if there is nothing.
 * More than 64 KiB are taken piece by piece: another reader may get some of
 * those in between, and an error loses the pieces before it. Context: any; in a
 * probe it may raise "object is busy".
 */
static int luafifo_pop(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 2);
	size_t size;

	luaL_argcheck(L, n >= 0, 2, "number of bytes is negative");
	size = min_t(lua_Unsigned, n, luafifo_length(L));
	if (size <= LUAFIFO_ATOMIC)
		size = luafifo_popfront(L, size);
	else
		size = luafifo_poplong(L, size);
	lua_pushinteger(L, size);
	return 2;
}

/*
 * The framing is lost, and with it all that the fifo holds; unless somebody took
 * some since the look.
 */
static void luafifo_drop(lua_State *L, const struct luafifo_look *look)
{
	size_t length = luafifo_length(L);

	if (luafifo_take(L, look, length))
		luaL_error(L, "malformed message (%d bytes dropped)",
			   (int)length);
}

static bool luafifo_iswhole(lua_State *L, const struct luafifo_look *look,
			    size_t size)
{
	return look->length == sizeof(size) &&
	       size <= LUAFIFO_ATOMIC - sizeof(size) &&
	       sizeof(size) + size <= luafifo_length(L);
}

/* Push the message that the look found, and remove it; false: look again. */
static bool luafifo_popwhole(lua_State *L, const struct luafifo_look *look,
			     size_t size)
{
	struct luafifo_look again;

	luafifo_pushfront(L, &again, sizeof(size), sizeof(size) + size);
	if (again.taken == look->taken && luafifo_take(L, &again, again.length))
		return true;
	lua_pop(L, 1);
	return false;
}

/*
 * q:popmessage() - removes what one pushmessage() appended
 *
 * Returns the string and its length, or nil if there is nothing. Raises
 * "malformed message" for anything else; the fifo is empty then. Of several
 * readers, each gets whole messages. Context: as q:pop().
 */
static int luafifo_popmessage(lua_State *L)
{
	struct luafifo_look look;
	size_t size;

	for (;;) {
		luafifo_peek(L, &look, &size, sizeof(size));
		if (!look.length) {
			lua_pushnil(L);
			return 1;
		}
		if (!luafifo_iswhole(L, &look, size)) {
			luafifo_drop(L, &look);
		} else if (luafifo_popwhole(L, &look, size)) {
			lua_pushinteger(L, size);
			return 2;
		}
	}
}

/* ---- library ------------------------------------------------------------------ */

static const luaL_Reg luafifo_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__close", lunatik_closeobject},
	{"close", lunatik_closeobject},
	{"push", luafifo_push},
	{"pop", luafifo_pop},
	{"pushmessage", luafifo_pushmessage},
	{"popmessage", luafifo_popmessage},
	{NULL, NULL}
};

static const lunatik_class_t luafifo_class = {
	.name = "fifo",
	.methods = luafifo_methods,
	.owner = THIS_MODULE,
};

/*
 * fifo.new(size) - make an empty queue
 *
 * size: bytes, 2 .. 512 MiB, rounded up to a power of two.
 * Raises "failed to allocate kfifo (-22)" for any other size, "not enough
 * memory", and in an entry that may not sleep. The bytes count for the
 * runtime's memory limit.
 */
static int luafifo_lnew(lua_State *L)
{
	lua_Integer size = luaL_checkinteger(L, 1);
	struct luafifo *fifo;

	luaL_argcheck(L, size >= LUAFIFO_MINSIZE && size <= LUAFIFO_MAXSIZE, 1,
		      "failed to allocate kfifo (-22): size is 2 .. 536870912 bytes");
	size = roundup_pow_of_two(size);
	fifo = lunatik_newobject(L, &luafifo_class,
				 struct_size(fifo, bytes, size))->private;
	kfifo_init(&fifo->fifo, fifo->bytes, size);
	return 1;
}

static const luaL_Reg luafifo_lib[] = {
	{"new", luafifo_lnew},
	{NULL, NULL}
};

LUNATIK_NEWLIB(fifo, luafifo_lib, &luafifo_class, NULL);

MODULE_DESCRIPTION("Lunatik: byte queues for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
