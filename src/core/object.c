// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * object.c - reference-counted objects, and their handles in Lua.
 *
 * A handle is a full userdata that holds a pointer to the object. Lua keeps
 * beside its bytes that it is one, so that nothing which a script or a peer
 * writes into a buffer can be taken for a handle; the class is checked on the
 * object itself, so that no metatable is trusted. The last reference may be
 * dropped in any context: destruction goes through irq_work and a work item,
 * which waits for one grace period per batch.
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "object.h"
#include "account.h"
#include "alloc.h"
#include "context.h"
#include "param.h"
#include "pin.h"
#include "runtime.h"
#include "vm.h"
#include "work.h"

#define OBJECTS_WAIT	(5 * HZ)

static LLIST_HEAD(objects_dead);
static LIST_HEAD(objects_all);
static DEFINE_RAW_SPINLOCK(objects_lock);

/* ---- the end of an object --------------------------------------------------- */

/* The class of runtimes, which take as long as their stop does. */
static const lunatik_class_t *objects_slowclass __ro_after_init;
static void (*objects_endslow)(lunatik_object_t *object) __ro_after_init;

static void object_free(lunatik_object_t *object)
{
	const lunatik_class_t *class = object->class;
	unsigned long flags;

	raw_spin_lock_irqsave(&objects_lock, flags);
	list_del(&object->node);
	raw_spin_unlock_irqrestore(&objects_lock, flags);
	if (object->private && class->release)
		class->release(object->private);
	if (!class->pointer)
		kvfree(object->private);
	lunatik_freelock(object);
	if (object->account)
		lunatik_account_uncharge(object->account, object->size);
	kfree(object);
	module_put(class->owner);
}

/**
 * lunatik_object_end() - free what the reaper has found
 * @object: nobody holds it, and a grace period is over
 *
 * Context: process, may sleep
 */
void lunatik_object_end(lunatik_object_t *object)
{
	object_free(object);
	lunatik_dying_end();
}

/* Nothing else waits for what takes long to end. */
static void objects_reap(struct work_struct *work)
{
	struct llist_node *node = llist_del_all(&objects_dead);

	if (!node)
		return;
	synchronize_rcu();
	while (node) {
		lunatik_object_t *object =
			llist_entry(node, lunatik_object_t, dead);

		node = node->next;
		if (object->class == objects_slowclass)
			objects_endslow(object);
		else
			lunatik_object_end(object);
	}
}

static DECLARE_WORK(objects_work, objects_reap);

static void objects_queue(struct irq_work *work)
{
	lunatik_work_begin();
	queue_work(lunatik_workqueue, &objects_work);
	lunatik_work_end();
}

static struct irq_work objects_irq;

void lunatik_releaseobject(struct kref *kref)
{
	lunatik_object_t *object = container_of(kref, lunatik_object_t, kref);

	lunatik_dying_begin();
	if (llist_add(&object->dead, &objects_dead))
		irq_work_queue(&objects_irq);
}
EXPORT_SYMBOL(lunatik_releaseobject);

int lunatik_putobject(lunatik_object_t *object)
{
	return kref_put(&object->kref, lunatik_releaseobject);
}
EXPORT_SYMBOL(lunatik_putobject);

/**
 * lunatik_objects_init() - prepare the reaper
 * @slow: class of objects that take long to end
 * @endslow: called for each of these instead of lunatik_object_end(), which it
 *	leaves to a work item of its own
 */
void __init lunatik_objects_init(const lunatik_class_t *slow,
				 void (*endslow)(lunatik_object_t *object))
{
	objects_slowclass = slow;
	objects_endslow = endslow;
	init_irq_work(&objects_irq, objects_queue);
}

/**
 * lunatik_objects_flush() - wait until what was dropped so far is gone
 *
 * Context: process, may sleep; not in a work item. Objects may hold objects: a
 * few rounds.
 */
void lunatik_objects_flush(void)
{
	do {
		irq_work_sync(&objects_irq);
		flush_workqueue(lunatik_workqueue);
	} while (lunatik_dying_is());
}

static bool objects_areflushed(void *argument)
{
	return !lunatik_dying_is();
}

void lunatik_settle(lua_State *L)
{
	lunatik_wait(L, lunatik_dying_queue(), objects_areflushed, NULL,
		     OBJECTS_WAIT, TASK_KILLABLE);
}
EXPORT_SYMBOL(lunatik_settle);

void lunatik_objects_exit(void)
{
	lunatik_objects_flush();
	WARN_ON(!list_empty(&objects_all));
}

/* ---- locks ---------------------------------------------------------------------- */

void lunatik_newlock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_init(&object->mutex);
	else
		raw_spin_lock_init(&object->spin);
}
EXPORT_SYMBOL(lunatik_newlock);

void lunatik_freelock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_destroy(&object->mutex);
}
EXPORT_SYMBOL(lunatik_freelock);

void lunatik_lock(lunatik_object_t *object)
{
	unsigned long flags;

	if (object->sleep) {
		mutex_lock(&object->mutex);
		return;
	}
	raw_spin_lock_irqsave(&object->spin, flags);
	object->irqflags = flags;
}
EXPORT_SYMBOL(lunatik_lock);

int lunatik_trylock(lunatik_object_t *object)
{
	unsigned long flags;

	if (object->sleep)
		return mutex_trylock(&object->mutex);
	if (!raw_spin_trylock_irqsave(&object->spin, flags))
		return 0;
	object->irqflags = flags;
	return 1;
}
EXPORT_SYMBOL(lunatik_trylock);

void lunatik_unlock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_unlock(&object->mutex);
	else
		raw_spin_unlock_irqrestore(&object->spin, object->irqflags);
}
EXPORT_SYMBOL(lunatik_unlock);

void lunatik_lockobject(lua_State *L, lunatik_object_t *object)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	if (!entry || !(entry->flags & LUNATIK_PROBE))
		lunatik_lock(object);
	else if (!lunatik_trylock(object))
		luaL_error(L, "object is busy");
}
EXPORT_SYMBOL(lunatik_lockobject);

/* ---- creation -------------------------------------------------------------------- */

void lunatik_setobject(lunatik_object_t *object, const lunatik_class_t *class,
		       bool sleep)
{
	unsigned long flags;

	kref_init(&object->kref);
	object->class = class;
	object->sleep = sleep;
	object->gfp = sleep ? GFP_KERNEL : GFP_ATOMIC;
	lunatik_newlock(object);
	raw_spin_lock_irqsave(&objects_lock, flags);
	list_add(&object->node, &objects_all);
	raw_spin_unlock_irqrestore(&objects_lock, flags);
}
EXPORT_SYMBOL(lunatik_setobject);

static lunatik_object_t *object_create(const lunatik_class_t *class,
				       size_t size, bool sleep,
				       struct lunatik_account *account)
{
	size_t charge = lunatik_heap_footprint(sizeof(lunatik_object_t));
	lunatik_object_t *object;

	if (size > LUNATIK_MOST_MEMORY)
		return NULL;
	if (!class->pointer)
		charge += lunatik_heap_footprint(size);
	if (account && lunatik_account_charge(account, charge))
		return NULL;
	object = kzalloc(sizeof(*object), LUNATIK_GFP);
	if (!object)
		goto uncharge;
	if (!class->pointer && size) {
		object->private = lunatik_heap_newblock(size, LUNATIK_GFP | __GFP_ZERO);
		if (!object->private)
			goto free;
	}
	object->account = account;
	object->size = charge;
	__module_get(class->owner);
	lunatik_setobject(object, class, sleep);
	return object;
free:
	kfree(object);
uncharge:
	if (account)
		lunatik_account_uncharge(account, charge);
	return NULL;
}

lunatik_object_t *lunatik_createobject(const lunatik_class_t *class,
				       size_t size, bool sleep)
{
	return object_create(class, size, sleep, NULL);
}
EXPORT_SYMBOL(lunatik_createobject);

bool lunatik_charge(lunatik_object_t *object, size_t size)
{
	return !object->account ||
	       !lunatik_account_charge(object->account,
				       lunatik_heap_footprint(size));
}
EXPORT_SYMBOL(lunatik_charge);

void lunatik_uncharge(lunatik_object_t *object, size_t size)
{
	if (object->account)
		lunatik_account_uncharge(object->account,
					 lunatik_heap_footprint(size));
}
EXPORT_SYMBOL(lunatik_uncharge);

/* ---- handles ------------------------------------------------------------------------ */

static const char object_holder;

/**
 * lunatik_handle_newslot() - push a handle without an object, to be filled in later
 *
 * It is collected properly before its class is known.
 */
lunatik_object_t **lunatik_handle_newslot(lua_State *L)
{
	lunatik_object_t **slot = lunatik_vm_newhandle(L, sizeof(*slot));

	*slot = NULL;
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &object_holder) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushcfunction(L, lunatik_deleteobject);
		lua_setfield(L, -2, "__gc");
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &object_holder);
	}
	lua_setmetatable(L, -2);
	return slot;
}

static void object_fail(lua_State *L, const lunatik_class_t *class)
{
	luaL_error(L, "cannot use '%s' class on non-sleepable runtime",
		   class->name);
}

void lunatik_checkclass(lua_State *L, const lunatik_class_t *class)
{
	if (class->sleep && lunatik_of(L)->context != LUNATIK_PROCESS)
		object_fail(L, class);
}
EXPORT_SYMBOL(lunatik_checkclass);

/*
 * Garbage may hold what is missing: handles that the collector finds small, and
 * dropped objects that wait for a grace period.
 */
static lunatik_object_t *object_retry(lua_State *L,
				      const lunatik_class_t *class, size_t size)
{
	struct lunatik_runtime *rt = lunatik_of(L);

	if (size >= rt->limits.memory)
		return NULL;
	lua_gc(L, LUA_GCCOLLECT);
	lunatik_settle(L);
	return object_create(class, size, class->sleep, rt->account);
}

lunatik_object_t *lunatik_newobject(lua_State *L, const lunatik_class_t *class,
				    size_t size)
{
	lunatik_object_t **slot;

	lunatik_checkclass(L, class);
	if (!lunatik_maysleep(L))
		luaL_error(L, "cannot create a '%s' object in a callback that may not sleep",
			   class->name);
	lunatik_checksleep(L, class->name);
	slot = lunatik_handle_newslot(L);
	lunatik_setclass(L, class);
	*slot = object_create(class, size, class->sleep, lunatik_of(L)->account);
	if (!*slot)
		*slot = object_retry(L, class, size);
	if (!*slot)
		luaL_error(L, "not enough memory");
	return *slot;
}
EXPORT_SYMBOL(lunatik_newobject);

static void object_tryslot(lua_State *L, void *argument)
{
	lunatik_object_t ***slot = argument;

	*slot = lunatik_handle_newslot(L);
}

void lunatik_cloneobject(lua_State *L, lunatik_object_t *object)
{
	lunatik_object_t **slot;
	int status = lunatik_vm_try(L, object_tryslot, &slot);

	if (status) {
		lunatik_putobject(object);
		lunatik_vm_rethrow(L, status);
		return;
	}
	*slot = object;
	lunatik_checkclass(L, object->class);
	lunatik_setclass(L, object->class);
}
EXPORT_SYMBOL(lunatik_cloneobject);

void lunatik_pushobject(lua_State *L, lunatik_object_t *object)
{
	lunatik_object_t **slot = lunatik_handle_newslot(L);

	lunatik_getobject(object);
	*slot = object;
	lunatik_checkclass(L, object->class);
	lunatik_setclass(L, object->class);
}
EXPORT_SYMBOL(lunatik_pushobject);

lunatik_object_t **lunatik_checkpobject(lua_State *L, int ix)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, ix);

	if (!slot)
		luaL_argerror(L, ix, "object expected");
	if (!*slot)
		luaL_argerror(L, ix, LUNATIK_ERR_NULLPTR);
	return slot;
}
EXPORT_SYMBOL(lunatik_checkpobject);

lunatik_object_t *lunatik_checkobject(lua_State *L, int ix)
{
	return *lunatik_checkpobject(L, ix);
}
EXPORT_SYMBOL(lunatik_checkobject);

lunatik_object_t *lunatik_testobject(lua_State *L, int ix)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, ix);

	return slot ? *slot : NULL;
}
EXPORT_SYMBOL(lunatik_testobject);

lunatik_object_t *lunatik_checkclassobject(lua_State *L, int ix,
					   const lunatik_class_t *class)
{
	lunatik_object_t *object = lunatik_checkobject(L, ix);

	if (object->class != class)
		luaL_error(L, "bad argument #%d (%s expected, got %s)", ix,
			   class->name, object->class->name);
	return object;
}
EXPORT_SYMBOL(lunatik_checkclassobject);

int lunatik_deleteobject(lua_State *L)
{
	lunatik_object_t **slot = lunatik_vm_tohandle(L, 1);

	if (slot && *slot) {
		lunatik_object_t *object = *slot;

		*slot = NULL;
		lunatik_putobject(object);
	}
	return 0;
}
EXPORT_SYMBOL(lunatik_deleteobject);

/**
 * lunatik_handle_free() - Lua frees a handle: none keeps its reference
 *
 * Usually its finalizer has dropped that; an abort skips finalizers.
 */
void lunatik_handle_free(void *payload)
{
	lunatik_object_t **slot = payload;

	if (*slot)
		lunatik_putobject(*slot);
}

int lunatik_closeobject(lua_State *L)
{
	lunatik_checkpobject(L, 1);
	return lunatik_deleteobject(L);
}
EXPORT_SYMBOL(lunatik_closeobject);

int lunatik_monitorobject(lua_State *L)
{
	if (!lua_getmetatable(L, 1))
		return luaL_argerror(L, 1, "object expected");
	lua_pushvalue(L, 2);
	lua_rawget(L, -2);
	return 1;
}
EXPORT_SYMBOL(lunatik_monitorobject);

/* ---- classes --------------------------------------------------------------------------- */

static int object_equal(lua_State *L)
{
	lunatik_object_t *one = lunatik_testobject(L, 1);

	lua_pushboolean(L, one && one == lunatik_testobject(L, 2));
	return 1;
}

static bool class_defines(const lunatik_class_t *class, const char *name)
{
	const luaL_Reg *method;

	for (method = class->methods; method && method->name; method++) {
		if (!strcmp(method->name, name))
			return true;
	}
	return false;
}

/* Upvalue of the three methods below: the class. */
static const lunatik_class_t *class_own(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

static int class_close(lua_State *L)
{
	lunatik_checkclassobject(L, 1, class_own(L));
	return lunatik_deleteobject(L);
}

/* Lua calls it for what is its own; a script that reached it, for anything. */
static int class_collect(lua_State *L)
{
	lunatik_object_t *object = lunatik_testobject(L, 1);

	return object && object->class == class_own(L) ?
		       lunatik_deleteobject(L) : 0;
}

static int class_index(lua_State *L)
{
	bool own = lua_getmetatable(L, 1);

	lua_rawgetp(L, LUA_REGISTRYINDEX, class_own(L));
	luaL_argcheck(L, own && lua_rawequal(L, -1, -2), 1, "object expected");
	lua_settop(L, 2);
	return lunatik_monitorobject(L);
}

/*
 * What the core offers to every class takes objects of any: as methods, they are
 * replaced by functions that know for which class they are.
 */
static void class_pushmethod(lua_State *L, const lunatik_class_t *class,
			     lua_CFunction function)
{
	if (function == lunatik_closeobject)
		function = class_close;
	else if (function == lunatik_deleteobject)
		function = class_collect;
	else if (function == lunatik_monitorobject)
		function = class_index;
	else
		class = NULL;
	if (class)
		lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, function, class ? 1 : 0);
}

/*
 * Methods get a table of their own, so that no script reaches the metatable
 * through object.__index; unless the class has an ``__index`` itself.
 */
static void class_setmethods(lua_State *L, const lunatik_class_t *class)
{
	bool own = !class_defines(class, "__index");
	const luaL_Reg *method;

	lua_newtable(L);
	for (method = class->methods; method && method->name; method++) {
		class_pushmethod(L, class, method->func);
		lua_setfield(L, own && strncmp(method->name, "__", 2) ? -2 : -3,
			     method->name);
	}
	if (own)
		lua_setfield(L, -2, "__index");
	else
		lua_pop(L, 1);
}

void lunatik_newclass(lua_State *L, const lunatik_class_t *class)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, class) == LUA_TTABLE) {
		lua_pop(L, 1);
		return;
	}
	lua_pop(L, 1);
	lua_newtable(L);
	class_setmethods(L, class);
	if (!class_defines(class, "__gc")) {
		class_pushmethod(L, class, lunatik_deleteobject);
		lua_setfield(L, -2, "__gc");
	}
	if (!class_defines(class, "__eq")) {
		lua_pushcfunction(L, object_equal);
		lua_setfield(L, -2, "__eq");
	}
	lua_pushstring(L, class->name);
	lua_setfield(L, -2, "__name");
	lua_pushboolean(L, false);
	lua_setfield(L, -2, "__metatable");
	if (!lunatik_module_pin(lunatik_of(L), class->owner))
		luaL_error(L, "too many libraries");
	lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}
EXPORT_SYMBOL(lunatik_newclass);

void lunatik_setclass(lua_State *L, const lunatik_class_t *class)
{
	lunatik_newclass(L, class);
	lua_rawgetp(L, LUA_REGISTRYINDEX, class);
	lua_setmetatable(L, -2);
}
EXPORT_SYMBOL(lunatik_setclass);
