// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luadata.c - the data library: raw memory, seen from Lua
 *
 * An object either owns zeroed bytes (data.new) or aliases memory of the kernel
 * for as long as a hook's callback runs. Objects that own their bytes may be
 * shared between runtimes: each access copies under the object's lock, at most
 * LUADATA_CHUNK bytes at a time, and builds Lua values afterwards. Objects that
 * alias are local: only their own runtime reaches them, so they need no lock.
 */
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <luadata.h>
#include "unaligned.h"

#define LUADATA_CHUNK	SZ_4K
#define LUADATA_SMALL	64
#define LUADATA_MAX	SZ_1G
#define LUADATA_UNIT	16	/* bytes copied for one unit of budget */

/**
 * struct luadata - private area of an object
 * @ptr: the memory: @bytes or foreign
 * @size: bytes that may be accessed
 * @opt: LUADATA_OPT_*
 * @bytes: the memory of data.new()
 */
struct luadata {
	void *ptr;
	size_t size;
	u8 opt;
	u8 bytes[] __aligned(8);
};

static const lunatik_class_t luadata_class;

static void luadata_lock(lua_State *L, lunatik_object_t *object)
{
	if (!object->local)
		lunatik_lockobject(L, object);
}

static void luadata_unlock(lunatik_object_t *object)
{
	if (!object->local)
		lunatik_unlock(object);
}

static bool luadata_inbounds(const struct luadata *data, lua_Integer offset,
			     size_t length)
{
	return offset >= 0 && length <= data->size &&
	       (lua_Unsigned)offset <= data->size - length;
}

/*
 * Lock the object and find the bytes. Another runtime may change the object
 * until then, so it is checked under the lock; errors are raised without it.
 */
static u8 *luadata_begin(lua_State *L, lunatik_object_t *object,
			 lua_Integer offset, size_t length, bool write)
{
	struct luadata *data = object->private;
	bool inbounds, readonly;

	luadata_lock(L, object);
	inbounds = luadata_inbounds(data, offset, length);
	readonly = write && (data->opt & LUADATA_OPT_READONLY);
	if (inbounds && !readonly)
		return (u8 *)data->ptr + offset;
	luadata_unlock(object);
	luaL_argcheck(L, inbounds, 2, "out of bounds");
	luaL_argerror(L, 1, "read only");
	return NULL;
}

static inline lunatik_object_t *luadata_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luadata_class);
}

#define LUADATA_GETTER(name, T)						\
static int luadata_get##name(lua_State *L)				\
{									\
	lunatik_object_t *object = luadata_check(L);			\
	lua_Integer offset = luaL_checkinteger(L, 2);			\
	const u8 *at = luadata_begin(L, object, offset, sizeof(T), false); \
	T value = get_unaligned((const T *)at);				\
									\
	luadata_unlock(object);						\
	lua_pushinteger(L, (lua_Integer)value);				\
	return 1;							\
}

#define LUADATA_SETTER(name, T)						\
static int luadata_set##name(lua_State *L)				\
{									\
	lunatik_object_t *object = luadata_check(L);			\
	lua_Integer offset = luaL_checkinteger(L, 2);			\
	T value = (T)luaL_checkinteger(L, 3);				\
	u8 *at = luadata_begin(L, object, offset, sizeof(T), true);	\
									\
	put_unaligned(value, (T *)at);					\
	luadata_unlock(object);						\
	return 0;							\
}

#define LUADATA_FIELD(name, T)	\
	LUADATA_GETTER(name, T)	\
	LUADATA_SETTER(name, T)

LUADATA_FIELD(int8, s8)
LUADATA_FIELD(uint8, u8)
LUADATA_FIELD(int16, s16)
LUADATA_FIELD(uint16, u16)
LUADATA_FIELD(int32, s32)
LUADATA_FIELD(uint32, u32)
#ifdef CONFIG_64BIT
LUADATA_FIELD(int64, s64)
#endif
LUADATA_FIELD(number, lua_Integer)

/*
 * Copy out of the object (@to) or into it (@from). The whole rest is checked
 * before each piece, so that nothing is written if it does not fit.
 */
static void luadata_copy(lua_State *L, lunatik_object_t *object,
			 lua_Integer offset, u8 *to, const u8 *from,
			 size_t length)
{
	size_t done = 0;

	do {
		size_t rest = length - done;
		size_t n = min_t(size_t, rest, LUADATA_CHUNK);
		u8 *at = luadata_begin(L, object, offset + done, rest, !!from);

		if (from)
			memcpy(at, from + done, n);
		else
			memcpy(to + done, at, n);
		luadata_unlock(object);
		lunatik_spend(L, n / LUADATA_UNIT);
		done += n;
	} while (done < length);
}

static void luadata_pushlong(lua_State *L, lunatik_object_t *object,
			     lua_Integer offset, size_t length)
{
	u8 *buffer;

	/* The length is the script's: nothing is allocated before it fits. */
	luadata_begin(L, object, offset, length, false);
	luadata_unlock(object);
	buffer = lua_newuserdatauv(L, length, 0);
	luadata_copy(L, object, offset, buffer, NULL, length);
	lua_pushlstring(L, (const char *)buffer, length);
	lua_remove(L, -2);
}

static void luadata_push(lua_State *L, lunatik_object_t *object,
			 lua_Integer offset, size_t length)
{
	u8 buffer[LUADATA_SMALL];

	if (length > sizeof(buffer)) {
		luadata_pushlong(L, object, offset, length);
		return;
	}
	luadata_copy(L, object, offset, buffer, NULL, length);
	lua_pushlstring(L, (const char *)buffer, length);
}

static size_t luadata_size(const lunatik_object_t *object)
{
	const struct luadata *data = object->private;

	return READ_ONCE(data->size);
}

/* d:getstring(offset [, length]) */
static int luadata_getstring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);
	lua_Integer offset = luaL_checkinteger(L, 2);
	lua_Integer size = luadata_size(object);
	lua_Integer length;

	luaL_argcheck(L, offset >= 0 && offset <= size, 2, "out of bounds");
	length = luaL_optinteger(L, 3, size - offset);
	luaL_argcheck(L, length >= 0 && length <= size - offset, 2,
		      "out of bounds");
	luadata_push(L, object, offset, length);
	return 1;
}

/* d:setstring(offset, s) */
static int luadata_setstring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);
	lua_Integer offset = luaL_checkinteger(L, 2);
	size_t length;
	const char *s = luaL_checklstring(L, 3, &length);

	luadata_copy(L, object, offset, NULL, (const u8 *)s, length);
	return 0;
}

static int luadata_length(lua_State *L)
{
	lua_pushinteger(L, luadata_size(luadata_check(L)));
	return 1;
}

static int luadata_tostring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);

	luadata_push(L, object, 0, luadata_size(object));
	return 1;
}

static void luadata_release(void *private)
{
	struct luadata *data = private;

	if ((data->opt & LUADATA_OPT_FREE) && data->ptr != data->bytes)
		lunatik_free(data->ptr);
}

static const luaL_Reg luadata_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__len", luadata_length},
	{"__tostring", luadata_tostring},
	{"getbyte", luadata_getuint8},
	{"setbyte", luadata_setuint8},
	{"getint8", luadata_getint8},
	{"setint8", luadata_setint8},
	{"getuint8", luadata_getuint8},
	{"setuint8", luadata_setuint8},
	{"getint16", luadata_getint16},
	{"setint16", luadata_setint16},
	{"getuint16", luadata_getuint16},
	{"setuint16", luadata_setuint16},
	{"getint32", luadata_getint32},
	{"setint32", luadata_setint32},
	{"getuint32", luadata_getuint32},
	{"setuint32", luadata_setuint32},
#ifdef CONFIG_64BIT
	{"getint64", luadata_getint64},
	{"setint64", luadata_setint64},
#endif
	{"getnumber", luadata_getnumber},
	{"setnumber", luadata_setnumber},
	{"getstring", luadata_getstring},
	{"setstring", luadata_setstring},
	{NULL, NULL}
};

static const lunatik_class_t luadata_class = {
	.name = "data",
	.methods = luadata_methods,
	.release = luadata_release,
	.owner = THIS_MODULE,
};

/* data.new(size) */
static int luadata_lnew(lua_State *L)
{
	lua_Integer size = luaL_checkinteger(L, 1);
	struct luadata *data;

	luaL_argcheck(L, size >= 1 && size <= LUADATA_MAX - sizeof(*data), 1,
		      "not enough memory");
	data = lunatik_newobject(L, &luadata_class,
				 struct_size(data, bytes, size))->private;
	data->ptr = data->bytes;
	data->opt = LUADATA_OPT_FREE;
	data->size = size;
	return 1;
}

static const luaL_Reg luadata_lib[] = {
	{"new", luadata_lnew},
	{NULL, NULL}
};

/**
 * luadata_new() - create an object over memory of the caller
 * @ptr: memory
 * @size: its size
 * @sleep: the object is made in process context (its lock never sleeps)
 * @opt: LUADATA_OPT_*
 *
 * Without %LUADATA_OPT_FREE the object is local: it is pushed into one runtime
 * only, cannot be shared by scripts, and is re-pointed and cleared only inside
 * an entry of that runtime.
 * With it, @ptr comes from kmalloc() or kvmalloc() and is freed with the object.
 *
 * Return: the object with one reference, or NULL
 */
lunatik_object_t *luadata_new(void *ptr, size_t size, bool sleep, u8 opt)
{
	lunatik_object_t *object;
	struct luadata *data;

	object = lunatik_createobject(&luadata_class, sizeof(*data), sleep);
	if (!object)
		return NULL;
	object->local = !(opt & LUADATA_OPT_FREE);
	data = object->private;
	data->ptr = ptr;
	data->size = size;
	data->opt = opt & ~LUADATA_OPT_KEEP;
	return object;
}
EXPORT_SYMBOL_GPL(luadata_new);

/**
 * luadata_reset() - let an object point to other memory
 * @object: an object of luadata_new() without %LUADATA_OPT_FREE
 * @ptr: memory
 * @size: its size
 * @opt: LUADATA_OPT_READONLY, LUADATA_OPT_NONE or LUADATA_OPT_KEEP
 *
 * Context: any, inside an entry of the runtime that has the object
 * Return: 0, or -1 if the object owns its memory
 */
int luadata_reset(lunatik_object_t *object, void *ptr, size_t size, u8 opt)
{
	struct luadata *data = object->private;

	if (data->opt & LUADATA_OPT_FREE)
		return -1;
	data->ptr = ptr;
	data->size = size;
	if (!(opt & LUADATA_OPT_KEEP))
		data->opt = opt & LUADATA_OPT_READONLY;
	return 0;
}
EXPORT_SYMBOL_GPL(luadata_reset);

LUNATIK_NEWLIB(data, luadata_lib, &luadata_class, NULL);

MODULE_DESCRIPTION("Lunatik: raw memory for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
