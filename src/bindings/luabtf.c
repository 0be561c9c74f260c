// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luabtf.c - the btf library: structures of the kernel by the names of their fields
 *
 * The kernel describes its own types in /sys/kernel/btf. A copy of that (5 MB, and
 * half a MB of where each type is) serves all scripts, and goes with the last path
 * in it. A thread reads the file, since it could lie in a file system that hangs.
 * lunatik_btftypes.h finds types and fields, and trusts nothing that it reads.
 *
 * A path is plain memory of its Lua state. Its user values are the handle of the copy,
 * and the paths that go on from it. So a probe's handler makes paths, too, and finds
 * those that are there. The metatable hides the metamethods, which see their own
 * values only.
 *
 * The kernel's memory is read by copy_from_kernel_nofault() only.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <lunatik_binding.h>
#include <lunatik_btftypes.h>
#include <lunatik_nearest.h>

#include "lockdown.h"

#ifdef __BIG_ENDIAN
#error "bit fields are read from the least byte on"
#endif

#define LUABTF_FOLDER	"/sys/kernel/btf/"
#define LUABTF_KERNEL	"vmlinux"
#define LUABTF_NAME	255	/* bytes of the name of a type, or of a path */
#define LUABTF_MOST	SZ_64M	/* bytes of a file */
#define LUABTF_STRING	SZ_4K	/* most bytes of a string */
#define LUABTF_DEFAULT	256	/* of a string without a size */
#define LUABTF_SMALL	128	/* bytes of a string on the stack */
#define LUABTF_FAULT	200	/* cost of a read that fails */
#define LUABTF_VISITS	16	/* members looked at for a unit of budget */
#define LUABTF_PATH	"btf.path"
#define LUABTF_VALUE	"btf.value"

#define LUABTF_COMPOUNDS	(BTFTYPES_IS(BTFTYPES_STRUCT) | BTFTYPES_IS(BTFTYPES_UNION))
#define LUABTF_ENUMS		(BTFTYPES_IS(BTFTYPES_ENUM) | BTFTYPES_IS(BTFTYPES_ENUM64))
#define LUABTF_SIZED		(LUABTF_COMPOUNDS | LUABTF_ENUMS | BTFTYPES_IS(BTFTYPES_INT))

/**
 * struct luabtf - private area of an object: the types of the kernel or of a module
 * @types: constant once @node is in the list
 * @bytes: that they lie in
 * @base: of a module: the object of the kernel's, one reference
 * @node: in the list of all
 * @name: of the file
 */
struct luabtf {
	struct btftypes types;
	void *bytes;
	lunatik_object_t *base;
	lunatik_object_t *self;
	struct list_head node;
	char name[MODULE_NAME_LEN];
};

/**
 * struct luabtf_value - a structure or array at an address; its user value is the path
 * @address: where the path begins
 */
struct luabtf_value {
	unsigned long address;
};

enum luabtf_user {
	LUABTF_IMAGE = 1,
	LUABTF_CHILDREN,
};

static const lunatik_class_t luabtf_class;
static DEFINE_MUTEX(luabtf_mutex);	/* of the list */
static LIST_HEAD(luabtf_images);

/* ---- files -------------------------------------------------------------------- */

/**
 * struct luabtf_request - a file on its way through the file system
 * @bytes: its contents
 */
struct luabtf_request {
	char path[sizeof(LUABTF_FOLDER) + MODULE_NAME_LEN];
	void *bytes;
	size_t size;
};

static void luabtf_free(void *argument)
{
	struct luabtf_request *request = argument;

	kvfree(request->bytes);
	kfree(request);
}

static int luabtf_fill(struct file *file, struct luabtf_request *request)
{
	loff_t position = 0;
	ssize_t got;

	while (position < request->size) {
		got = kernel_read(file, request->bytes + position,
				  request->size - position, &position);
		if (got <= 0)
			return got ? got : -EIO;
		cond_resched();
	}
	return 0;
}

/* Return: 0 or a negative errno */
static int luabtf_visit(void *argument)
{
	struct luabtf_request *request = argument;
	struct file *file = lunatik_file_open(request->path, O_RDONLY);
	int err = -EINVAL;
	loff_t size;

	if (IS_ERR(file))
		return PTR_ERR(file);
	size = i_size_read(file_inode(file));
	if (file_inode(file)->i_sb->s_magic == SYSFS_MAGIC && size > 0 &&
	    size <= LUABTF_MOST) {
		request->size = size;
		request->bytes = kvmalloc(size, LUNATIK_GFP);
		err = request->bytes ? luabtf_fill(file, request) : -ENOMEM;
	}
	lunatik_file_close(file);
	return err;
}

/* Raises. */
static int luabtf_fail(lua_State *L, const char *name, const char *reason, int err)
{
	return luaL_error(L, "failed to read BTF of %s (%s, error %d)", name, reason,
			  -err);
}

static const char *luabtf_reason(const char *name, int err)
{
	if (err == -ENOENT && !strcmp(name, LUABTF_KERNEL))
		return "this kernel has none: it needs CONFIG_DEBUG_INFO_BTF";
	if (err == -ENOENT)
		return "no such module, or it has none";
	if (err == -EINTR)
		return "interrupted";
	return "refused by the kernel";
}

/* Read the file into an object that has neither bytes nor types yet. */
static void luabtf_load(lua_State *L, struct luabtf *image, const char *name)
{
	struct luabtf_request *request = kzalloc(sizeof(*request), LUNATIK_GFP);
	int err;

	lunatik_checknull(L, request);
	snprintf(request->path, sizeof(request->path), LUABTF_FOLDER "%s", name);
	if (lunatik_detour_pass(L, THIS_MODULE, luabtf_visit, luabtf_free, request,
				&err)) {
		if (!err) {
			image->bytes = request->bytes;
			image->types.size = request->size;
			request->bytes = NULL;
		}
		luabtf_free(request);
	}
	if (err == -ENOMEM)
		luaL_error(L, "not enough memory");
	if (err)
		luabtf_fail(L, name, luabtf_reason(name, err), err);
}

static void luabtf_parse(lua_State *L, struct luabtf *image, const char *name)
{
	const struct luabtf *base = image->base ? image->base->private : NULL;
	struct btftypes *types = &image->types;
	const char *problem = btftypes_open(types, image->bytes, types->size,
					    base ? &base->types : NULL);
	size_t count = types->count - types->first;

	if (problem)
		luabtf_fail(L, name, problem, -EINVAL);
	types->index = kvmalloc_array(count + 1, sizeof(u32), LUNATIK_GFP);
	if (!types->index)
		luaL_error(L, "not enough memory");
	btftypes_walk(types);
}

/* Push the object of a file that somebody else has read, if there is one. */
static bool luabtf_pushknown(lua_State *L, const char *name)
{
	lunatik_object_t *found = NULL;
	struct luabtf *image;

	mutex_lock(&luabtf_mutex);
	/* An object on the list is there until luabtf_release(). */
	list_for_each_entry(image, &luabtf_images, node) {
		if (!strcmp(image->name, name) &&
		    lunatik_getobject_unless_zero(image->self)) {
			found = image->self;
			break;
		}
	}
	mutex_unlock(&luabtf_mutex);
	if (found)
		lunatik_cloneobject(L, found);
	return found;
}

/* Push the object of a file; the types of the kernel come first. */
static struct luabtf *luabtf_pushimage(lua_State *L, const char *name)
{
	lunatik_object_t *object, *base = NULL;
	struct luabtf *image;

	if (luabtf_pushknown(L, name))
		return lunatik_toobject(L, -1)->private;
	if (strcmp(name, LUABTF_KERNEL)) {
		luabtf_pushimage(L, LUABTF_KERNEL);
		base = lunatik_toobject(L, -1);
	}
	object = lunatik_newobject(L, &luabtf_class, sizeof(*image));
	image = object->private;
	INIT_LIST_HEAD(&image->node);
	image->self = object;
	if (base) {
		lunatik_getobject(base);
		image->base = base;
		lua_remove(L, -2);
	}
	strscpy(image->name, name, sizeof(image->name));
	luabtf_load(L, image, name);
	luabtf_parse(L, image, name);
	mutex_lock(&luabtf_mutex);
	list_add_tail(&image->node, &luabtf_images);
	mutex_unlock(&luabtf_mutex);
	return image;
}

static void luabtf_release(void *private)
{
	struct luabtf *image = private;

	mutex_lock(&luabtf_mutex);
	if (image->self)
		list_del_init(&image->node);
	mutex_unlock(&luabtf_mutex);
	kvfree(image->types.index);
	kvfree(image->bytes);
	if (image->base)
		lunatik_putobject(image->base);
}

/* Push the types of the module at @ix, or of the kernel. */
static struct luabtf *luabtf_open(lua_State *L, int ix, const char *what)
{
	const char *name = luaL_optstring(L, ix, LUABTF_KERNEL);

	luaL_argcheck(L, *name && strlen(name) < MODULE_NAME_LEN && *name != '.' &&
		      !strchr(name, '/'), ix, "not the name of a module");
	lunatik_checkunlocked(L, what);
	return luabtf_pushimage(L, name);
}

/* ---- names of types ------------------------------------------------------------ */

static const char *luabtf_keyword(const struct btftypes_type *type)
{
	switch (btftypes_kindof(type)) {
	case BTFTYPES_STRUCT:
		return "struct ";
	case BTFTYPES_UNION:
		return "union ";
	case BTFTYPES_ENUM:
	case BTFTYPES_ENUM64:
		return "enum ";
	case BTFTYPES_FWD:
		return btftypes_flag(type) ? "union " : "struct ";
	case BTFTYPES_PROTO:
		return "function";
	case BTFTYPES_VOID:
		return "void";
	default:
		return "";
	}
}

/* Push the type as C writes it, as "struct file *[4]"; an anonymous one has no name. */
static const char *luabtf_pushtype(lua_State *L, const struct btftypes *types, u32 id)
{
	const struct btftypes_type *type;
	int ends = 0, steps;

	luaL_checkstack(L, BTFTYPES_CHAIN + 4, NULL);
	for (steps = 0; steps < BTFTYPES_CHAIN && btftypes_strip(types, &id); steps++) {
		type = btftypes_get(types, id);
		if (btftypes_kindof(type) == BTFTYPES_PTR) {
			lua_pushstring(L, "*");
			id = type->value;
		} else if (btftypes_kindof(type) == BTFTYPES_ARRAY) {
			const struct btftypes_array *array = btftypes_behind(type);

			lua_pushfstring(L, "[%I]", (lua_Integer)array->count);
			id = array->type;
		} else {
			break;
		}
		ends++;
	}
	type = btftypes_get(types, id);
	lua_pushfstring(L, "%s%s%s", luabtf_keyword(type),
			type ? btftypes_name(types, type->name) : "", ends ? " " : "");
	for (; ends; ends--) {
		lua_pushvalue(L, -2);
		lua_concat(L, 2);
		lua_remove(L, -2);
	}
	return lua_tostring(L, -1);
}

static const char *luabtf_skipkeyword(const char *name)
{
	static const char *const keywords[] = {"struct ", "union ", "enum ", NULL};
	int i;

	for (i = 0; keywords[i]; i++) {
		if (!strncmp(name, keywords[i], strlen(keywords[i])))
			return name + strlen(keywords[i]);
	}
	return name;
}

/* The type that the argument at 1 names, perhaps by a typedef; raises. */
static u32 luabtf_checktype(lua_State *L, const struct btftypes *types, u32 kinds,
			    const char *expected)
{
	size_t size = 0;
	const char *name = luabtf_skipkeyword(luaL_checklstring(L, 1, &size));
	u32 id = 0;

	luaL_argcheck(L, size <= LUABTF_NAME, 1, "a name has at most 255 bytes");
	lunatik_spend(L, types->count / LUABTF_VISITS);
	if (*name)
		id = btftypes_find(types, name, strlen(name), kinds);
	if (*name && !id)
		id = btftypes_find(types, name, strlen(name), BTFTYPES_IS(BTFTYPES_TYPEDEF));
	if (!id || !btftypes_strip(types, &id) || !btftypes_is(btftypes_get(types, id), kinds))
		luaL_argerror(L, 1, lua_pushfstring(L, "no %s '%s' in the BTF", expected, name));
	return id;
}

/* ---- paths -------------------------------------------------------------------- */

static struct btftypes_path *luabtf_checkpath(lua_State *L, int ix)
{
	return luaL_checkudata(L, ix, LUABTF_PATH);
}

/* The types of the path at @ix, which lives as long as the handle that this pushes. */
static const struct btftypes *luabtf_pushtypes(lua_State *L, int ix)
{
	const struct luabtf *image;

	lua_getiuservalue(L, ix, LUABTF_IMAGE);
	/* A finalizer at the end of the runtime finds the handle closed. */
	image = lunatik_checkclassobject(L, -1, &luabtf_class)->private;
	return &image->types;
}

/* Push a copy of a path; the handle of its types is on top, and is replaced. */
static struct btftypes_path *luabtf_push(lua_State *L, const struct btftypes_path *from)
{
	struct btftypes_path *path = lua_newuserdatauv(L, sizeof(*path), LUABTF_CHILDREN);

	*path = *from;
	lua_insert(L, -2);
	lua_setiuservalue(L, -2, LUABTF_IMAGE);
	luaL_setmetatable(L, LUABTF_PATH);
	return path;
}

static void luabtf_trymembers(const struct btftypes *types, u32 id,
			      struct lunatik_nearest *nearest, int depth)
{
	const struct btftypes_type *type = btftypes_get(types, id);
	const struct btftypes_member *member;
	u32 i, inner;

	if (!btftypes_is(type, LUABTF_COMPOUNDS) || depth > 2)
		return;
	member = btftypes_behind(type);
	for (i = 0; i < min(btftypes_length(type), 512U); i++) {
		const char *name = btftypes_name(types, member[i].name);

		inner = member[i].type;
		if (*name)
			lunatik_trynearest(nearest, name);
		else if (btftypes_strip(types, &inner))
			luabtf_trymembers(types, inner, nearest, depth + 1);
	}
}

/* Raises: a structure has no such field. */
static void luabtf_nofield(lua_State *L, const struct btftypes *types, u32 id,
			   const char *name)
{
	struct lunatik_nearest nearest = { .name = name };
	const struct btftypes_type *type = btftypes_get(types, id);
	const char *text;

	if (btftypes_kindof(type) == BTFTYPES_PTR) {
		id = type->value;
		btftypes_strip(types, &id);
	}
	text = luabtf_pushtype(L, types, id);
	if (lunatik_maysleep(L))
		luabtf_trymembers(types, id, &nearest, 0);
	if (!lunatik_isnear(&nearest))
		luaL_error(L, "%s has no field '%s'", text, name);
	luaL_error(L, "%s has no field '%s' (the nearest one is '%s')", text, name,
		   nearest.best);
}

/* Raises. */
static void luabtf_refuse(lua_State *L, const struct btftypes *types, u32 id,
			  enum btftypes_problem problem, const char *key)
{
	const char *text;

	if (problem == BTFTYPES_NO_FIELD)
		luabtf_nofield(L, types, id, key);
	text = luabtf_pushtype(L, types, id);
	switch (problem) {
	case BTFTYPES_NO_FIELDS:
		luaL_error(L, "%s has no fields, such as '%s'", text, key);
		break;
	case BTFTYPES_NO_ELEMENTS:
		luaL_error(L, "%s has no elements, such as [%s]", text, key);
		break;
	case BTFTYPES_BEYOND:
		luaL_error(L, "%s has no element [%s]", text, key);
		break;
	case BTFTYPES_TOO_FAR:
		luaL_error(L, "[%s] of %s is too far away, or behind more than %d pointers",
			   key, text, BTFTYPES_HOPS);
		break;
	default:
		luaL_error(L, "the BTF of %s makes no sense", text);
	}
}

/* Let a path go on by the key at @ix: a field's name, or the number of an element. */
static void luabtf_step(lua_State *L, const struct btftypes *types,
			struct btftypes_path *path, int ix)
{
	u32 from = path->type, visits = BTFTYPES_VISITS;
	enum btftypes_problem problem;
	const char *name;
	lua_Integer n;
	size_t size;

	if (btftypes_searches(types, path))
		lunatik_spend(L, types->count / LUABTF_VISITS);
	if (lua_type(L, ix) == LUA_TSTRING) {
		name = lua_tolstring(L, ix, &size);
		problem = btftypes_field(types, path, name, size, &visits);
	} else {
		n = luaL_checkinteger(L, ix);
		problem = n < 0 ? BTFTYPES_BEYOND : btftypes_element(types, path, n);
	}
	lunatik_spend(L, 1 + (BTFTYPES_VISITS - visits) / LUABTF_VISITS);
	if (problem)
		luabtf_refuse(L, types, from, problem, luaL_tolstring(L, ix, NULL));
}

/* Push the path that goes on from the one at @ix by the key at @key; remember it for a name. */
static struct btftypes_path *luabtf_pushchild(lua_State *L, int ix, int key)
{
	bool named = lua_type(L, key) == LUA_TSTRING;
	struct btftypes_path path;

	if (lua_getiuservalue(L, ix, LUABTF_CHILDREN) == LUA_TTABLE && named) {
		lua_pushvalue(L, key);
		if (lua_rawget(L, -2) == LUA_TUSERDATA)
			return lua_touserdata(L, -1);
		lua_pop(L, 1);
	}
	path = *luabtf_checkpath(L, ix);
	luabtf_step(L, luabtf_pushtypes(L, ix), &path, key);
	luabtf_push(L, &path);
	if (!named)
		return lua_touserdata(L, -1);
	if (!lua_istable(L, -2)) {
		lua_newtable(L);
		lua_copy(L, -1, -3);
		lua_setiuservalue(L, ix, LUABTF_CHILDREN);
	}
	lua_pushvalue(L, key);
	lua_pushvalue(L, -2);
	lua_rawset(L, -4);
	return lua_touserdata(L, -1);
}

/* path.field, path[n] - the path to a field, or to an element of an array or pointer */
static int luabtf_index(lua_State *L)
{
	luabtf_checkpath(L, 1);
	lua_settop(L, 2);
	luabtf_pushchild(L, 1, 2);
	return 1;
}

/* ---- reading ------------------------------------------------------------------ */

static bool luabtf_copy(void *to, unsigned long from, size_t size)
{
	return !copy_from_kernel_nofault(to, (void *)from, size);
}

/* Follow the pointers of a path. Return: false if one cannot be read */
static bool luabtf_locate(const struct btftypes_path *path, unsigned long *address)
{
	int hop;

	for (hop = 0; hop < path->hops; hop++) {
		if (!luabtf_copy(address, *address + path->offsets[hop], sizeof(*address)))
			return false;
	}
	*address += path->offsets[hop];
	return true;
}

static lua_Integer luabtf_extend(const struct btftypes_path *path, const u64 *words)
{
	bool negative = path->shape == BTFTYPES_SHAPE_SIGNED;

	if (path->width)
		return btftypes_bits(path, words);
	switch (path->size) {
	case 1:
		return negative ? (s8)words[0] : (u8)words[0];
	case 2:
		return negative ? (s16)words[0] : (u16)words[0];
	case 4:
		return negative ? (s32)words[0] : (u32)words[0];
	default:
		return words[0];
	}
}

static bool luabtf_pushnumber(lua_State *L, const struct btftypes_path *path,
			      unsigned long address)
{
	u64 words[2] = { 0 };

	if (!luabtf_copy(words, address, btftypes_bytes(path)))
		return false;
	if (path->shape == BTFTYPES_SHAPE_BOOL)
		lua_pushboolean(L, luabtf_extend(path, words) != 0);
	else
		lua_pushinteger(L, luabtf_extend(path, words));
	return true;
}

/* Copy text up to a zero byte. The next page may be absent. */
static ssize_t luabtf_copytext(char *to, unsigned long from, size_t most)
{
	size_t at, size, length;

	for (at = 0; at < most; at += size) {
		size = min(most - at, 64 - ((from + at) & 63));
		if (!luabtf_copy(to + at, from + at, size))
			return -EFAULT;
		length = strnlen(to + at, size);
		if (length < size)
			return at + length;
	}
	return most;
}

/* @text: ends at a zero byte */
static bool luabtf_pushstring(lua_State *L, unsigned long address, size_t most, bool text)
{
	char small[LUABTF_SMALL];
	char *to = small;
	ssize_t size = most;

	if (most > sizeof(small))
		to = lua_newuserdatauv(L, most, 0);
	lunatik_spend(L, 1 + most / 16);
	if (text)
		size = luabtf_copytext(to, address, most);
	else if (!luabtf_copy(to, address, most))
		size = -EFAULT;
	if (size < 0)
		return false;
	lua_pushlstring(L, to, size);
	return true;
}

/* Push a value for a structure or array: the path at @ix, from an address. */
static void luabtf_pushvalue(lua_State *L, int ix, unsigned long address)
{
	struct luabtf_value *value;

	lua_pushvalue(L, ix);
	value = lua_newuserdatauv(L, sizeof(*value), 1);
	value->address = address;
	lua_insert(L, -2);
	lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, LUABTF_VALUE);
}

/* The bytes to read of a string or array. @most: bytes that the script wants, or 0 */
static size_t luabtf_want(const struct btftypes_path *path, size_t most)
{
	size_t size = path->size ? path->size : LUABTF_DEFAULT;

	return min3(size, most ? most : size, (size_t)LUABTF_STRING);
}

/* Push what is at the end of the path at @ix, or nil. @most: bytes of a string, or 0 */
static int luabtf_read(lua_State *L, int ix, unsigned long address, size_t most)
{
	const struct btftypes_path *path = lua_touserdata(L, ix);
	unsigned long at = address;
	bool ok = luabtf_locate(path, &at);

	lunatik_spend(L, 1 + path->hops);
	switch (path->shape) {
	case BTFTYPES_SHAPE_NONE:
		return luaL_error(L, "%s has no value",
				  luabtf_pushtype(L, luabtf_pushtypes(L, ix), path->type));
	case BTFTYPES_SHAPE_TEXT:
		ok = ok && luabtf_pushstring(L, at, luabtf_want(path, most), true);
		break;
	case BTFTYPES_SHAPE_BYTES:
		ok = ok && luabtf_pushstring(L, at, luabtf_want(path, most), false);
		break;
	case BTFTYPES_SHAPE_ARRAY:
	case BTFTYPES_SHAPE_COMPOUND:
		if (ok)
			luabtf_pushvalue(L, ix, address);
		break;
	case BTFTYPES_SHAPE_POINTER:
		if (most) {
			ok = ok && luabtf_copy(&at, at, sizeof(at)) &&
			     luabtf_pushstring(L, at, most, true);
			break;
		}
		fallthrough;
	default:
		ok = ok && luabtf_pushnumber(L, path, at);
	}
	if (ok)
		return 1;
	lunatik_spend(L, LUABTF_FAULT);
	lua_pushnil(L);
	return 1;
}

/* Return: false for nil, which stands for an address that could not be read */
static bool luabtf_checkaddress(lua_State *L, int ix, unsigned long *address)
{
	luaL_checkany(L, ix);
	if (lua_isnil(L, ix))
		return false;
	if (lua_islightuserdata(L, ix))
		*address = (unsigned long)lua_touserdata(L, ix);
	else
		*address = luaL_checkinteger(L, ix);
	return true;
}

/*
 * path(address [, size]) - read what is at the end of a path
 *
 * address: integer, light userdata, or nil; size: most bytes of a string, 1 .. 4096.
 * Returns: integer, boolean, string or value; nil if the memory cannot be read.
 * Context: any.
 */
static int luabtf_call(lua_State *L)
{
	lua_Integer most = luaL_optinteger(L, 3, LUABTF_STRING);
	unsigned long address;

	luabtf_checkpath(L, 1);
	luaL_argcheck(L, most > 0 && most <= LUABTF_STRING, 3,
		      "out of range: a string has 1..4096 bytes");
	most = lua_isnoneornil(L, 3) ? 0 : most;
	if (luabtf_checkaddress(L, 2, &address))
		return luabtf_read(L, 1, address, most);
	lua_pushnil(L);
	return 1;
}

/* tostring(path) - its type */
static int luabtf_tostring(lua_State *L)
{
	const struct btftypes_path *path = luabtf_checkpath(L, 1);

	luabtf_pushtype(L, luabtf_pushtypes(L, 1), path->type);
	return 1;
}

/* value.field, value[n] - as a call of the path that goes on */
static int luabtf_valueindex(lua_State *L)
{
	const struct luabtf_value *value = luaL_checkudata(L, 1, LUABTF_VALUE);
	unsigned long address = value->address;

	lua_settop(L, 2);
	lua_getiuservalue(L, 1, 1);
	luabtf_pushchild(L, 3, 2);
	return luabtf_read(L, lua_gettop(L), address, 0);
}

/* tostring(value) - its type, and where it is */
static int luabtf_valuetostring(lua_State *L)
{
	const struct luabtf_value *value = luaL_checkudata(L, 1, LUABTF_VALUE);
	const struct btftypes_path *path;
	unsigned long at = value->address;

	lua_settop(L, 1);
	lua_getiuservalue(L, 1, 1);
	path = luabtf_checkpath(L, 2);
	luabtf_locate(path, &at);
	lua_pushfstring(L, "%s at %I",
			luabtf_pushtype(L, luabtf_pushtypes(L, 2), path->type),
			(lua_Integer)at);
	return 1;
}

/* ---- library ------------------------------------------------------------------ */

static const luaL_Reg luabtf_pathmethods[] = {
	{"__index", luabtf_index},
	{"__call", luabtf_call},
	{"__tostring", luabtf_tostring},
	{NULL, NULL}
};

static const luaL_Reg luabtf_valuemethods[] = {
	{"__index", luabtf_valueindex},
	{"__tostring", luabtf_valuetostring},
	{NULL, NULL}
};

static void luabtf_newmetatable(lua_State *L, const char *name, const luaL_Reg *methods)
{
	if (luaL_newmetatable(L, name)) {
		luaL_setfuncs(L, methods, 0);
		lua_pushboolean(L, false);
		lua_setfield(L, -2, "__metatable");
	}
	lua_pop(L, 1);
}

/*
 * btf.struct(name [, module]) - a path that begins at a structure or union
 *
 * name: "task_struct", "struct task_struct", or a typedef of one.
 * Raises: "failed to read BTF of NAME (REASON, error N)"; "btf.struct: the kernel is
 *	locked down: nobody may read its memory".
 * Context: any runtime, entries that may sleep and hold no lock of the kernel.
 */
static int luabtf_struct(lua_State *L)
{
	struct btftypes_path path;
	struct luabtf *image;
	u32 id;

	lua_settop(L, 2);
	image = luabtf_open(L, 2, "btf.struct");
	if (security_locked_down(LUNATIK_LOCKDOWN_READ))
		return luaL_error(L, "btf.struct: the kernel is locked down: nobody may read its memory");
	luabtf_newmetatable(L, LUABTF_PATH, luabtf_pathmethods);
	luabtf_newmetatable(L, LUABTF_VALUE, luabtf_valuemethods);
	id = luabtf_checktype(L, &image->types, LUABTF_COMPOUNDS, "struct or union");
	btftypes_root(&image->types, &path, id);
	luabtf_push(L, &path);
	return 1;
}

/*
 * btf.sizeof(name [, module]) - the bytes of a type
 *
 * Context: as btf.struct().
 */
static int luabtf_sizeof(lua_State *L)
{
	struct luabtf *image;
	u32 id, size;

	lua_settop(L, 2);
	image = luabtf_open(L, 2, "btf.sizeof");
	id = luabtf_checktype(L, &image->types, LUABTF_SIZED | BTFTYPES_IS(BTFTYPES_PTR) |
			      BTFTYPES_IS(BTFTYPES_ARRAY), "type");
	luaL_argcheck(L, btftypes_sizeof(&image->types, id, &size), 1, "a type without a size");
	lua_pushinteger(L, size);
	return 1;
}

/* Go along "a.b[2].c". The part of @way that is next is at 4. */
static void luabtf_walk(lua_State *L, const struct btftypes *types,
			struct btftypes_path *path, const char *way)
{
	size_t size;

	for (; *way; way += size) {
		if (*way == '[') {
			size = strcspn(way, "]");
			lua_pushlstring(L, way + 1, size - 1);
			luaL_argcheck(L, way[size++] && lua_stringtonumber(L, lua_tostring(L, -1)),
				      2, "not a path such as a.b[2].c");
		} else {
			size = strcspn(way, ".[");
			lua_pushlstring(L, way, size);
		}
		lua_replace(L, 4);
		luabtf_step(L, types, path, 4);
		luaL_argcheck(L, !path->hops, 2, "the path follows a pointer");
		lua_settop(L, 4);
		if (way[size] == '.')
			size++;
	}
}

/*
 * btf.offsetof(name, path [, module]) - where a field lies in a structure
 *
 * path: "se.vruntime", "stats[2].sum".
 * Returns: offset in bytes; of a bit field also its first bit there, and its width.
 * Context: as btf.struct().
 */
static int luabtf_offsetof(lua_State *L)
{
	const char *way = luaL_checkstring(L, 2);
	struct btftypes_path path;
	struct luabtf *image;

	luaL_argcheck(L, *way && strlen(way) <= LUABTF_NAME, 2,
		      "a path has 1 to 255 bytes");
	lua_settop(L, 3);
	image = luabtf_open(L, 3, "btf.offsetof");
	lua_pushvalue(L, -1);
	btftypes_root(&image->types, &path,
		      luabtf_checktype(L, &image->types, LUABTF_COMPOUNDS, "struct or union"));
	/* The handle at 3 keeps the types. */
	lua_replace(L, 3);
	luabtf_walk(L, &image->types, &path, way);
	lua_pushinteger(L, path.offsets[0]);
	if (!path.width)
		return 1;
	lua_pushinteger(L, path.shift);
	lua_pushinteger(L, path.width);
	return 3;
}

static void luabtf_setenum(lua_State *L, const struct btftypes *types,
			   const struct btftypes_type *type)
{
	bool large = btftypes_kindof(type) == BTFTYPES_ENUM64;
	const u32 *words = btftypes_behind(type);
	lua_Integer n;
	u32 i;

	for (i = 0; i < btftypes_length(type); i++, words += large ? 3 : 2) {
		if (large)
			n = words[1] | (u64)words[2] << 32;
		else
			n = btftypes_flag(type) ? (s32)words[1] : words[1];
		lua_pushstring(L, btftypes_name(types, words[0]));
		lua_pushinteger(L, n);
		lua_rawset(L, -3);
	}
}

/*
 * btf.enum(name [, module]) - the constants of an enumeration
 *
 * Returns: table of integers.
 * Context: as btf.struct().
 */
static int luabtf_enum(lua_State *L)
{
	struct luabtf *image;
	u32 id;

	lua_settop(L, 2);
	image = luabtf_open(L, 2, "btf.enum");
	id = luabtf_checktype(L, &image->types, LUABTF_ENUMS, "enum");
	lua_newtable(L);
	luabtf_setenum(L, &image->types, btftypes_get(&image->types, id));
	return 1;
}

/*
 * btf.args(function [, module]) - the names of a function's arguments
 *
 * Returns: list of strings; the last one is "..." of a variadic function.
 * Context: as btf.struct().
 */
static int luabtf_args(lua_State *L)
{
	const struct btftypes_type *type;
	const struct btftypes_pair *pair;
	struct luabtf *image;
	u32 i;

	lua_settop(L, 2);
	image = luabtf_open(L, 2, "btf.args");
	type = btftypes_get(&image->types,
			    luabtf_checktype(L, &image->types, BTFTYPES_IS(BTFTYPES_FUNC),
					     "function"));
	type = btftypes_get(&image->types, type->value);
	luaL_argcheck(L, btftypes_kindof(type) == BTFTYPES_PROTO, 1, "no prototype in the BTF");
	pair = btftypes_behind(type);
	lua_newtable(L);
	for (i = 0; i < btftypes_length(type); i++, pair++) {
		lua_pushstring(L, pair->value ? btftypes_name(&image->types, pair->name) :
						"...");
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static const luaL_Reg luabtf_methods[] = {
	{"__gc", lunatik_deleteobject},
	{NULL, NULL}
};

static const lunatik_class_t luabtf_class = {
	.name = "btf",
	.methods = luabtf_methods,
	.release = luabtf_release,
	.owner = THIS_MODULE,
};

static const luaL_Reg luabtf_lib[] = {
	{"struct", luabtf_struct},
	{"sizeof", luabtf_sizeof},
	{"offsetof", luabtf_offsetof},
	{"enum", luabtf_enum},
	{"args", luabtf_args},
	{NULL, NULL}
};

LUNATIK_NEWLIB(btf, luabtf_lib, &luabtf_class, NULL);

/* The next module of that name may have other types. Paths that are there keep those of the old one. */
static int luabtf_onmodule(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct module *module = data;
	struct luabtf *image;

	if (action != MODULE_STATE_GOING)
		return NOTIFY_OK;
	mutex_lock(&luabtf_mutex);
	list_for_each_entry(image, &luabtf_images, node) {
		if (!strcmp(image->name, module->name)) {
			list_del_init(&image->node);
			break;
		}
	}
	mutex_unlock(&luabtf_mutex);
	return NOTIFY_OK;
}

static struct notifier_block luabtf_modules = {
	.notifier_call = luabtf_onmodule,
};

static int __init luabtf_init(void)
{
	return register_module_notifier(&luabtf_modules);
}

static void __exit luabtf_exit(void)
{
	unregister_module_notifier(&luabtf_modules);
}

module_init(luabtf_init);
module_exit(luabtf_exit);
MODULE_DESCRIPTION("Lunatik: structures of the kernel by the names of their fields");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
