/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik.h - the C interface of Lunatik: runtimes, objects, libraries.
 *
 * doc/dev/c-api.md shows how to use it. "Any entry" is code that runs inside a
 * runtime, in whatever context that was entered. A function with a lua_State may
 * raise, at least without memory, unless its comment says that it does not.
 * Only bindings of this repository include lunatik_binding.h.
 *
 * Code that raises a Lua error leaves by longjmp: between setjmp and longjmp
 * only frames of Lua, of the core and of bindings may lie, and nothing may be
 * held (lock, reference, memory) that a Lua object does not own. Modules that
 * use this header are built without $(CC_FLAGS_FTRACE) for the same reason.
 */
#ifndef LUNATIK_H
#define LUNATIK_H

#include "lunatik_names.h"

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <lua.h>
#include <lauxlib.h>
#include <lentry.h>
#include <lualib.h>

#include <lunatik_setjmp.h>

#define LUNATIK_RELEASE		"0.1.0"
#define LUNATIK_VERSION		"Lunatik 0.1"

#define LUNATIK_ERR_NULLPTR	"null-pointer dereference"
#define LUNATIK_ERR_SLEEPABLE	"cannot use sleepable runtime in this context"
#define LUNATIK_ERR_NONSLEEPABLE \
	"cannot use non-sleepable runtime in this context"

#define LUNATIK_NAMELEN		128	/* of a runtime, with the zero byte */

/*
 * Memory of runtimes and of shared objects belongs to no control group: a task that happens to enter a runtime does not
 * pay for it. Lunatik's own limits bound it. The caller pays for buffers of a call and for open files.
 */
#define LUNATIK_GFP		(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)
#define LUNATIK_GFP_CALLER	(LUNATIK_GFP | __GFP_ACCOUNT)

struct lunatik_account;
struct lunatik_runtime;
struct lunatik_hook;

/* ---- objects and classes ------------------------------------------------ */

/* A C function that the interpreter can call without a call frame: see struct lua_Leaf in lentry.h. */
typedef struct lua_Leaf lunatik_leaf_t;

/**
 * LUNATIK_LEAF() - the two forms of a C function
 * @name: of the ordinary one; the short one's name is that with ``_leaf``
 * @shape: LUA_LEAF*, from arguments to result
 */
#define LUNATIK_LEAF(name, shape)	{ name, name##_leaf, shape }

/**
 * LUNATIK_LEAFLOAD() - the same for one that loads an integer from an object of ``data``
 * @name: as for LUNATIK_LEAF()
 * @class: class of the object
 * @T: type of the integer
 */
#define LUNATIK_LEAFLOAD(name, class, T) \
	{ name, name##_leaf, LUA_LEAFGET, { class, sizeof(T), (T)-1 < (T)1 } }

/**
 * struct lunatik_class - what all objects of one kind share
 * @name: class name; equal to the name of the library that provides it
 * @methods: NULL-terminated; metamethods go into the metatable, the others
 *	into the table that ``__index`` is, unless ``__index`` is among them
 * @release: undoes construction; called once, in process context, may sleep,
 *	after an RCU grace period, only when @private is not NULL. Frees nothing
 *	that the core allocated (the private area, unless @pointer).
 * @sleep: objects of this class need a runtime that may sleep; their lock is
 *	a mutex (a raw spinlock with interrupts off otherwise)
 * @pointer: the private pointer is foreign: neither allocated nor freed here
 * @leaves: short forms of some of @methods and of @field, up to one without a function; or NULL
 * @field: gets a handle and a key, and pushes what ``handle.key`` is. Returns 1,
 *	or 0 for a key that it does not know, which may be a method's name. It
 *	checks the handle itself. NULL for objects that have methods alone; not
 *	together with an ``__index`` in @methods
 * @owner: the module that holds all that; each object pins it
 */
typedef struct lunatik_class_s {
	const char *name;
	const luaL_Reg *methods;
	void (*release)(void *private);
	bool sleep;
	bool pointer;
	const lunatik_leaf_t *leaves;
	lua_CFunction field;
	struct module *owner;
} lunatik_class_t;

/**
 * struct lunatik_object - a reference-counted object that runtimes share
 *
 * Readers under RCU may find it with a zero count: take references with
 * lunatik_getobject_unless_zero() there. The last put defers everything to a
 * work item, so putting is allowed in any context.
 *
 * @local: it aliases memory that is valid in its own runtime only: it is never
 * shared, and needs no lock.
 */
typedef struct lunatik_object_s {
	struct kref kref;
	const lunatik_class_t *class;
	void *private;
	union {
		struct mutex mutex;
		raw_spinlock_t spin;
	};
	unsigned long irqflags;
	bool sleep;
	bool local;
	gfp_t gfp;
	struct lunatik_account *account;
	size_t size;
	struct list_head node;
	struct llist_node dead;
} lunatik_object_t;

typedef struct lunatik_reg_s {
	const char *name;
	lua_Integer value;
} lunatik_reg_t;

/*
 * @optional: a name that the table does not have is nil, and does not raise
 * @rare: names that some kernels have, up to NULL: elsewhere they are nil
 */
typedef struct lunatik_namespace_s {
	const char *name;
	const lunatik_reg_t *reg;
	bool optional;
	const char *const *rare;
} lunatik_namespace_t;

/**
 * lunatik_newobject() - create an object, and push its handle
 * @L: state of the running entry
 * @class: its class, which needs this kind of runtime
 * @size: bytes of its zeroed private area, at most 1 GiB
 *
 * Raises without memory, and in an entry that may not sleep.
 *
 * Context: process, may sleep
 * Return: the object, which the handle owns
 */
lunatik_object_t *lunatik_newobject(lua_State *L, const lunatik_class_t *class,
				    size_t size);

/**
 * lunatik_createobject() - create an object without a handle
 * @class: its class
 * @size: bytes of its zeroed private area, at most 1 GiB
 * @sleep: its lock is a mutex, otherwise a raw spinlock
 *
 * No runtime pays for it.
 *
 * Context: process, may sleep; does not raise
 * Return: the object, whose only reference the caller owns, or NULL
 */
lunatik_object_t *lunatik_createobject(const lunatik_class_t *class,
				       size_t size, bool sleep);

/**
 * lunatik_cloneobject() - push a handle that takes over a reference
 * @L: state of the running entry
 * @object: the caller gives up one reference, also if this raises
 *
 * Raises without memory, or if the class needs another kind of runtime.
 *
 * Context: any entry
 */
void lunatik_cloneobject(lua_State *L, lunatik_object_t *object);

/**
 * lunatik_leafobject() - the object of a handle, for a leaf
 * @payload: that the leaf got
 * @class: the class
 *
 * Context: any; does not raise
 * Return: the object, or NULL for a closed handle and those of other classes
 */
static inline lunatik_object_t *lunatik_leafobject(void *payload,
						   const lunatik_class_t *class)
{
	lunatik_object_t *object = *(lunatik_object_t **)payload;

	return likely(object && object->class == class) ? object : NULL;
}

/**
 * lunatik_pushobject() - push a handle that takes a reference of its own
 * @L: state of the running entry
 * @object: the caller holds a reference
 *
 * Raises as lunatik_cloneobject() does.
 *
 * Context: any entry
 */
void lunatik_pushobject(lua_State *L, lunatik_object_t *object);

/**
 * lunatik_checkpobject() - find the slot of a handle
 * @L: state of the running entry
 * @ix: index of the argument
 *
 * Raises for a closed handle, and for any other value.
 *
 * Context: any entry
 * Return: the slot, which holds the object
 */
lunatik_object_t **lunatik_checkpobject(lua_State *L, int ix);

/**
 * lunatik_checkobject() - find the object of a handle, of any class
 * @L: state of the running entry
 * @ix: index of the argument
 *
 * Raises for a closed handle, and for any other value.
 *
 * Context: any entry
 * Return: the object
 */
lunatik_object_t *lunatik_checkobject(lua_State *L, int ix);

/**
 * lunatik_testobject() - find the object of a value that may be a handle
 * @L: any state
 * @ix: index of the value
 *
 * Context: any; does not raise
 * Return: the object, or NULL for a closed handle and any other value
 */
lunatik_object_t *lunatik_testobject(lua_State *L, int ix);

/**
 * lunatik_checkclassobject() - find the object of a handle of one class
 * @L: state of the running entry
 * @ix: index of the argument
 * @class: the class
 *
 * Raises for anything else.
 *
 * Context: any entry
 * Return: the object
 */
lunatik_object_t *lunatik_checkclassobject(lua_State *L, int ix,
					   const lunatik_class_t *class);

/**
 * lunatik_charge() - charge what a class allocates beside the private area
 * @object: pays, or rather the runtime that made it
 * @size: bytes of one block, which this rounds up as the allocator does
 *
 * Context: any but a probe; does not raise
 * Return: false if a limit would be exceeded; nothing is charged then
 */
bool lunatik_charge(lunatik_object_t *object, size_t size);

/**
 * lunatik_uncharge() - undo lunatik_charge()
 * @object: the object
 * @size: the same number of bytes
 *
 * Context: any but a probe; does not raise
 */
void lunatik_uncharge(lunatik_object_t *object, size_t size);

#define lunatik_toobject(L, i)	(*(lunatik_object_t **)lua_touserdata((L), (i)))
#define lunatik_isobject(L, i)	(lunatik_testobject((L), (i)) != NULL)

/**
 * lunatik_getclass() - the class of a value that may be a handle
 * @L: any state
 * @ix: index of the value
 *
 * Context: any; does not raise
 * Return: the class, or NULL
 */
static inline const lunatik_class_t *lunatik_getclass(lua_State *L, int ix)
{
	lunatik_object_t *object = lunatik_testobject(L, ix);

	return object ? object->class : NULL;
}

/**
 * lunatik_getobject() - take a reference
 * @object: the caller holds a reference, or what has one
 *
 * Context: any; does not raise
 */
static inline void lunatik_getobject(lunatik_object_t *object)
{
	kref_get(&object->kref);
}

/**
 * lunatik_getobject_unless_zero() - take a reference, under RCU
 * @object: found without a reference
 *
 * Context: any, under rcu_read_lock(); does not raise
 * Return: false if the object is about to be freed
 */
static inline bool lunatik_getobject_unless_zero(lunatik_object_t *object)
{
	return kref_get_unless_zero(&object->kref);
}

/**
 * lunatik_putobject() - drop a reference
 * @object: the caller gives up one reference
 *
 * The last one leaves the end of the object to a work item.
 *
 * Context: any; does not raise
 * Return: 1 if it was the last reference, else 0
 */
int lunatik_putobject(lunatik_object_t *object);

/**
 * lunatik_settle() - wait until all objects that were dropped so far are freed
 * @L: state of an entry that may sleep
 *
 * Waits 5 seconds at most. A stop ends it, and a closing state does not wait:
 * the end of this very entry may be what an object waits for.
 *
 * Context: process, may sleep; does not raise
 */
void lunatik_settle(lua_State *L);

/**
 * lunatik_releaseobject() - end an object whose count fell to zero
 * @kref: of the object
 *
 * For kref_put(); most callers want lunatik_putobject().
 *
 * Context: any; does not raise
 */
void lunatik_releaseobject(struct kref *kref);

/**
 * lunatik_closeobject() - the methods ``close`` and ``__close``
 * @L: with the handle at index 1
 *
 * Raises for a handle that was closed before. As a method of a class it accepts
 * objects of that class only. A C function that calls it checks the class
 * itself.
 *
 * Context: any entry
 * Return: 0, the number of results
 */
int lunatik_closeobject(lua_State *L);

/**
 * lunatik_deleteobject() - the method ``__gc``
 * @L: with the handle at index 1
 *
 * Drops the reference of the handle. A closed handle has none.
 *
 * Context: any entry; does not raise
 * Return: 0, the number of results
 */
int lunatik_deleteobject(lua_State *L);

/**
 * lunatik_monitorobject() - the method ``__index``: look a method up
 * @L: with handle and key
 *
 * Methods lock by themselves, for bounded copying only.
 *
 * Context: any entry
 * Return: 1, the number of results
 */
int lunatik_monitorobject(lua_State *L);

/**
 * lunatik_lock() - lock an object
 * @object: the object
 *
 * The holder of a raw spinlock does not raise, allocate, sleep or run Lua.
 *
 * Context: process for an object that sleeps; otherwise any but a probe
 */
void lunatik_lock(lunatik_object_t *object);

/**
 * lunatik_trylock() - lock an object if it is free
 * @object: the object
 *
 * Context: any for a raw spinlock; process for an object that sleeps
 * Return: 1 if locked, else 0
 */
int lunatik_trylock(lunatik_object_t *object);

/**
 * lunatik_unlock() - unlock an object
 * @object: locked by this task
 *
 * Context: as the lock
 */
void lunatik_unlock(lunatik_object_t *object);

/**
 * lunatik_newlock() - prepare the lock of an object
 * @object: @sleep of it chooses the lock
 *
 * For objects that the caller allocates; lunatik_setobject() calls it.
 *
 * Context: any
 */
void lunatik_newlock(lunatik_object_t *object);

/**
 * lunatik_freelock() - undo lunatik_newlock()
 * @object: not locked
 *
 * Context: any
 */
void lunatik_freelock(lunatik_object_t *object);

/**
 * lunatik_lockobject() - lock an object for bounded copying from any entry
 * @L: state of the running entry
 * @object: an object whose class does not sleep
 *
 * Entries of probes only try, because the probe may have fired inside the
 * holder: on failure a Lua error "object is busy" is raised. Nothing may raise,
 * allocate, sleep or run Lua until lunatik_unlock().
 *
 * Context: any entry
 */
void lunatik_lockobject(lua_State *L, lunatik_object_t *object);

/**
 * lunatik_newclass() - make a class's metatable in this state, once
 * @L: state of the running entry
 * @class: the class, whose module stays pinned until the state is
 *	closed
 *
 * Raises without memory, or if the state pins too many modules.
 *
 * Context: any entry
 */
void lunatik_newclass(lua_State *L, const lunatik_class_t *class);

/**
 * lunatik_setclass() - give the handle on top of the stack its metatable
 * @L: state of the running entry
 * @class: the class
 *
 * Raises as lunatik_newclass() does.
 *
 * Context: any entry
 */
void lunatik_setclass(lua_State *L, const lunatik_class_t *class);

/**
 * lunatik_checkclass() - raise if a class needs another kind of runtime
 * @L: state of the running entry
 * @class: the class
 *
 * Context: any entry
 */
void lunatik_checkclass(lua_State *L, const lunatik_class_t *class);

/**
 * lunatik_setobject() - initialise an object that the caller allocated
 * @object: zeroed; the caller gets its only reference
 * @class: its class
 * @sleep: its lock is a mutex, otherwise a raw spinlock
 *
 * Context: any but a probe
 */
void lunatik_setobject(lunatik_object_t *object, const lunatik_class_t *class,
		       bool sleep);

/**
 * lunatik_registerobject() - anchor a value, and the handle on top of the stack
 * @L: state of the running entry, with the handle on top
 * @ix: index of the value
 * @object: the object of the handle
 *
 * registry[private] = value, registry[object] = handle, which it pops. Raises
 * without memory.
 *
 * Context: any entry
 */
void lunatik_registerobject(lua_State *L, int ix, lunatik_object_t *object);

/**
 * lunatik_unregisterobject() - undo lunatik_registerobject()
 * @L: state of the running entry
 * @object: the object
 *
 * Context: any entry; does not raise
 */
void lunatik_unregisterobject(lua_State *L, lunatik_object_t *object);

/**
 * lunatik_setregistry() - registry[key] = value
 * @L: state of the running entry
 * @ix: index of the value
 * @key: an address
 *
 * Raises without memory.
 *
 * Context: any entry
 */
void lunatik_setregistry(lua_State *L, int ix, void *key);

/**
 * lunatik_getregistry() - push registry[key]
 * @L: state of the running entry
 * @key: an address
 *
 * Context: any entry
 * Return: the type of the value
 */
int lunatik_getregistry(lua_State *L, void *key);

/**
 * lunatik_checkfield() - push a field of a table
 * @L: state of the running entry
 * @ix: the table
 * @field: its name
 * @type: LUA_T*; strings that look like numbers are not numbers
 *
 * Raises "bad field" if the field has another type.
 *
 * Context: any entry
 */
void lunatik_checkfield(lua_State *L, int ix, const char *field, int type);

/**
 * lunatik_checkinteger() - read an integer field of a table
 * @L: state of the running entry
 * @ix: the table, an absolute index
 * @field: its name
 * @least: least value
 * @most: greatest value
 *
 * Raises "bad field" for others.
 *
 * Context: any entry
 * Return: the value
 */
lua_Integer lunatik_checkinteger(lua_State *L, int ix, const char *field,
				 lua_Integer least, lua_Integer most);

/**
 * lunatik_checkfields() - raise for an unknown field of a table of options
 * @L: state of the running entry
 * @ix: the table
 * @known: names of the known fields, NULL at the end
 *
 * The error names the field, and the nearest known one.
 *
 * Context: any entry
 */
void lunatik_checkfields(lua_State *L, int ix, const char *const *known);

/**
 * lunatik_checkmethods() - the same for a script's own object
 * @L: state of the running entry
 * @ix: the table
 * @functions: names of functions that are called, NULL at the end
 * @options: names of other fields, NULL at the end
 *
 * Raises for misspelt names only: the table may hold anything else.
 *
 * Context: any entry
 */
void lunatik_checkmethods(lua_State *L, int ix, const char *const *functions,
			  const char *const *options);

/**
 * lunatik_require() - ``require(name)``
 * @L: state of the running entry
 * @name: of a library or script
 *
 * Raises as ``require`` does, and drops its result.
 *
 * Context: process, may sleep
 */
void lunatik_require(lua_State *L, const char *name);

#define LUNATIK_OBJECTCHECKER(checker, T)				\
static inline T checker(lua_State *L, int ix)				\
{									\
	lunatik_object_t *object_ = lunatik_checkobject(L, ix);		\
	return (T)object_->private;					\
}

#define LUNATIK_PRIVATECHECKER(checker, T)				\
static inline T checker(lua_State *L, int ix)				\
{									\
	T private_ = (T)lunatik_checkobject(L, ix)->private;		\
	luaL_argcheck(L, private_ != NULL, ix, LUNATIK_ERR_NULLPTR);	\
	return private_;						\
}

/* ---- memory --------------------------------------------------------------- */

/**
 * lunatik_realloc() - memory of the kernel's
 * @L: state of the running entry
 * @ptr: block of an earlier call, or NULL
 * @size: bytes, at least 1
 *
 * Context: any entry; does not raise
 * Return: the block, to be freed by lunatik_free(); NULL without
 *	memory, and in an entry that may not sleep
 */
void *lunatik_realloc(lua_State *L, void *ptr, size_t size);

/**
 * lunatik_checkalloc() - the same for a new block
 * @L: state of the running entry
 * @size: bytes, at least 1
 *
 * Raises "not enough memory".
 *
 * Context: any entry
 * Return: the block
 */
void *lunatik_checkalloc(lua_State *L, size_t size);

/**
 * lunatik_free() - free a block of lunatik_realloc()
 * @ptr: the block, or NULL
 *
 * Context: any but a probe; does not raise
 */
void lunatik_free(const void *ptr);

/**
 * lunatik_gfp() - how the entry inside a runtime may allocate
 * @runtime: entered by the caller
 *
 * Context: any; does not raise
 * Return: flags of the allocator; 0 if it may not allocate
 */
gfp_t lunatik_gfp(lunatik_object_t *runtime);

#define lunatik_malloc(L, size)	lunatik_realloc((L), NULL, (size))
#define lunatik_checknull(L, ptr) \
	((ptr) ? (ptr) : (luaL_error((L), "not enough memory"), (ptr)))

/* ---- runtimes ------------------------------------------------------------- */

/**
 * enum lunatik_context - the three kinds of runtime, see "Locks" in doc/dev/internals.md
 * @LUNATIK_PROCESS: sleeping lock, for devices, sockets, threads, notifiers, probes
 * @LUNATIK_SOFTIRQ: spinlock with bottom halves off, for netfilter, xtables, XDP
 * @LUNATIK_HARDIRQ: raw spinlock with interrupts off, for keyboard, probes
 */
enum lunatik_context {
	LUNATIK_PROCESS,
	LUNATIK_SOFTIRQ,
	LUNATIK_HARDIRQ,
};

#define LUNATIK_IN_PROCESS	BIT(LUNATIK_PROCESS)
#define LUNATIK_IN_SOFTIRQ	BIT(LUNATIK_SOFTIRQ)
#define LUNATIK_IN_HARDIRQ	BIT(LUNATIK_HARDIRQ)
#define LUNATIK_IN_ANY		(LUNATIK_IN_PROCESS | LUNATIK_IN_SOFTIRQ | \
				 LUNATIK_IN_HARDIRQ)

/**
 * lunatik_runtime() - create a runtime, and run its script
 * @pruntime: set to the runtime; the caller gets one reference
 * @script: its name below the script folders, without ``.lua``
 * @sleep: true for a process runtime, false for a softirq one
 *
 * The kernel log says why a script failed.
 *
 * Context: process, may sleep; outside of every runtime
 * Return: 0, -EINVAL if the script failed, -ENOMEM, -ENOSPC, -ENXIO or
 *	-EINTR
 */
int lunatik_runtime(lunatik_object_t **pruntime, const char *script, bool sleep);

/**
 * lunatik_stop() - stop a runtime, and drop a reference
 * @runtime: the caller gives up one reference
 *
 * The wait is bounded, whatever the script does. Others may have stopped it
 * before.
 *
 * Context: process, may sleep; not from inside the runtime
 * Return: 1 if that was the last reference, else 0
 */
int lunatik_stop(lunatik_object_t *runtime);

/**
 * lunatik_stopall() - stop every runtime that has a name
 *
 * Meanwhile, nothing can create runtimes: two that start each other when they
 * are stopped would go on for ever.
 *
 * Context: process, may sleep; outside of every runtime
 */
void lunatik_stopall(void);

/**
 * lunatik_toruntime() - the runtime of a state
 * @L: any of its threads
 *
 * Context: any; does not raise
 * Return: its object, without a reference for the caller
 */
lunatik_object_t *lunatik_toruntime(lua_State *L);

/**
 * lunatik_name() - the name of a runtime, as ``lunatik list`` shows it
 * @L: any of its threads
 *
 * Context: any; does not raise
 * Return: the name, which lives as long as the runtime
 */
const char *lunatik_name(lua_State *L);

/**
 * lunatik_getstate() - the state of a runtime
 * @runtime: entered by the caller
 *
 * Context: any; does not raise
 * Return: its main thread, or NULL if it is stopped
 */
lua_State *lunatik_getstate(lunatik_object_t *runtime);

/**
 * lunatik_checkruntime() - the runtime of a state, if it is of one kind
 * @L: state of the running entry
 * @sleep: true for a process runtime, false for the others
 *
 * Raises for the other kind.
 *
 * Context: any entry
 * Return: its object, without a reference for the caller
 */
lunatik_object_t *lunatik_checkruntime(lua_State *L, bool sleep);

/**
 * lunatik_cannotsleep() - whether a class or option does not fit the runtime
 * @L: any of its threads
 * @sleep: it needs a process runtime
 *
 * Context: any; does not raise
 * Return: true if @sleep is, and the runtime is of another kind
 */
bool lunatik_cannotsleep(lua_State *L, bool sleep);

/**
 * lunatik_isready() - whether the script's body has ended
 * @L: any of its threads
 *
 * Context: any; does not raise
 * Return: true from then on, until the runtime is stopped
 */
bool lunatik_isready(lua_State *L);

/**
 * lunatik_setruntime() - note in a private area to which runtime it belongs
 * @L: state of the running entry
 * @lib: name of the library; only for readers
 * @priv: pointer to a structure with a field ``runtime``
 *
 * Takes no reference: hooks and objects of a runtime do not own it.
 */
#define lunatik_setruntime(L, lib, priv) \
	((priv)->runtime = lunatik_toruntime(L))

/**
 * lunatik_env - the table lunatik._ENV, or NULL
 *
 * Read it by READ_ONCE() under RCU, and take a reference by
 * lunatik_getobject_unless_zero() before rcu_read_unlock().
 */
extern lunatik_object_t *lunatik_env;

/* ---- entries --------------------------------------------------------------- */

/**
 * struct lunatik_entry - one execution inside a runtime
 * @runtime: the runtime that was entered
 * @hook: the hook through which, or NULL
 * @L: the Lua thread on which to push and call; empty but for what the hook
 *	keeps there at fixed slots
 * @outer: the entry from which this one was made (resume, runtime creation)
 * @event: as of the hook, or what it is entered for
 * @budget: units left, when limited
 * @given: units that it had at its begin
 * @overspent: units that the collector has taken although none were left
 * @granted: units of the current slice
 * @flags: LUNATIK_MAYSLEEP and its kin
 * @unusual: more happened than a prepared entry's short end undoes
 *
 * Lives on the stack of the caller of lunatik_enter(), until lunatik_leave(); a
 * prepared one in its hook.
 */
struct lunatik_entry {
	struct lunatik_runtime *runtime;
	struct lunatik_hook *hook;
	lua_State *L;
	struct lunatik_entry *outer;
	u64 event;
	long budget;
	long given;
	long overspent;
	int granted;
	unsigned int flags;
	unsigned long irqflags;
	u64 started;
	int base;
	bool unusual;
};

#define LUNATIK_MAYSLEEP	BIT(0)	/* the entry runs where sleeping is allowed */
#define LUNATIK_TRY		BIT(1)	/* never waits for the runtime's lock */
#define LUNATIK_PROBE		BIT(2)	/* nothing is printed, woken or queued directly */
#define LUNATIK_SIGNALS		BIT(3)	/* any signal ends it, not only a fatal one */
#define LUNATIK_LATE		BIT(4)	/* the binding queues what finds the runtime busy */
#define LUNATIK_SYSCALL		BIT(5)	/* a signal ends the wait for the lock: the call can be started again */
#define LUNATIK_CUT		BIT(6)	/* set by the core: it waited while its cgroup was to be frozen */

/**
 * struct lunatik_hooktype - what all hooks of one kind share
 * @name: shown by ``lunatik list`` and in messages
 * @contexts: LUNATIK_IN_* mask of the runtimes that may register one
 * @flags: LUNATIK_MAYSLEEP, LUNATIK_TRY, LUNATIK_PROBE, LUNATIK_LATE,
 *	LUNATIK_SYSCALL: declared, never guessed
 * @unregister: the kernel stops calling; process context, may sleep, outside
 *	the runtime's lock, called once. Need not wait for a grace period:
 *	the core waits once for a whole batch. If the kernel does not let go,
 *	it calls lunatik_hook_keep().
 * @unregister_batch: the same for a list of hooks of this type (linked by
 *	@batch), where the kernel offers it; NULL to call @unregister for each
 * @missed: returns the events that the kernel itself did not deliver so far, for
 *	``lunatik list``, in any context, without sleeping; NULL if it counts none
 * @matches: whether two hooks, of two states of a percpu script, are registered with the same parameters; both are ready
 *	for lunatik_joinhook(). NULL: such a script cannot register one
 *
 * The hook is embedded in the private area of an object, and keeps a reference
 * to that object until it is unregistered.
 */
struct lunatik_hooktype {
	const char *name;
	unsigned int contexts;
	unsigned int flags;
	void (*unregister)(struct lunatik_hook *hook);
	void (*unregister_batch)(struct list_head *hooks);
	u64 (*missed)(struct lunatik_hook *hook);
	bool (*matches)(const struct lunatik_hook *leader,
			const struct lunatik_hook *member);
};

/**
 * struct lunatik_prepared - what the short way of an event finds ready; the core's alone
 * @entry: filled in once, and the same from event to event
 * @jump: where an error lands
 * @ready: false if all events go the ordinary way
 * @function: of the script, a Lua function
 * @code: its first instruction
 * @slots: that it needs on the Lua stack
 * @missing: parameters for which an event has no argument
 * @slice: units of its first slice, the call itself charged
 * @run: native code of the function, or NULL: see src/core/jit/jit.h
 * @native: the program of @run
 * @exits: how often @run left for the interpreter
 * @data: private areas of the objects that are lent to it
 */
struct lunatik_prepared {
	struct lunatik_entry entry;
	struct lunatik_jump jump;
	bool ready;
	void *function;
	const void *code;
	int slots;
	int missing;
	int slice;
	int (*run)(void *base, struct lua_Entry *entry, void *function);
	struct lunatik_native *native;
	unsigned long exits;
	void *data[2];
};

/**
 * struct lunatik_hook - something that the kernel calls and that enters Lua
 * @type: its kind
 * @runtime: its owner; valid as long as the hook's object lives
 * @object: the object in which the hook is embedded
 * @L: its own Lua thread
 * @members: in the leader of a percpu script, the hook of each CPU's state, or this one for CPUs without a state; else NULL
 * @armed: entries are let in
 * @registered: @type->unregister is still due
 * @deferred: a work item unregisters it
 * @kept: the kernel did not let go of it: its object is never freed
 * @event: a bit that no other hook of the same event has
 * @stopping: 1 after a request to end (waits end, shouldstop() is true), 2 to abort its entry, else 0
 * @leader: in a member of a percpu script, the hook that the kernel calls
 * @turn: the order of registration, in a leader
 * @accepted: the kernel has taken it
 * @prepared: for events that go the short way
 */
struct lunatik_hook {
	const struct lunatik_hooktype *type;
	struct lunatik_runtime *runtime;
	lunatik_object_t *object;
	lua_State *L;
	struct lunatik_hook **members;
	struct list_head node;
	struct list_head batch;
	bool armed;
	bool registered;
	bool deferred;
	bool kept;
	u64 event;
	struct llist_node dying;
	int stopping;
	bool switched_off;
	unsigned int exhausted;
	unsigned long exhausted_since;
	struct lunatik_hook *leader;
	struct list_head turn;
	bool accepted;
	struct lunatik_prepared prepared;
};

/**
 * lunatik_inithook() - let the current runtime own a new hook
 * @L: state of an entry that may sleep
 * @object: the object whose private area @hook is in
 * @hook: zeroed
 * @type: its kind
 *
 * The hook gets a Lua thread of its own, on which the binding keeps callback
 * and arguments. Raises if the runtime is of the wrong kind or stops, in an
 * entry that may not sleep, or without memory.
 *
 * Context: process, may sleep
 */
void lunatik_inithook(lua_State *L, lunatik_object_t *object,
		      struct lunatik_hook *hook,
		      const struct lunatik_hooktype *type);

/**
 * lunatik_attachhook() - give a hook without a Lua thread to another runtime
 * @runtime: will own it
 * @object: the object whose private area @hook is in
 * @hook: zeroed
 * @type: its kind
 *
 * It is armed when this returns, and @type->unregister may be called from then
 * on.
 *
 * Context: process; does not raise
 * Return: 0, -EINVAL if the runtime is of the wrong kind, -ENXIO if it
 *	is not ready, or stops
 */
int lunatik_attachhook(lunatik_object_t *runtime, lunatik_object_t *object,
		       struct lunatik_hook *hook,
		       const struct lunatik_hooktype *type);

/**
 * lunatik_joinhook() - take part in the registrations of a percpu script
 * @L: state of the running entry
 * @hook: of lunatik_inithook(), with all that its type's @matches compares
 *
 * The binding calls it before it registers with the kernel. It does nothing in an ordinary runtime. Raises without memory,
 * and in a member whose registration differs from the leader's, or whose leader could not register.
 *
 * Context: process
 * Return: true in a member: the binding does not register with the kernel, and arms the hook
 */
bool lunatik_joinhook(lua_State *L, struct lunatik_hook *hook);

/**
 * lunatik_hook_here() - the hook of this CPU's state, which is to be entered for an event
 * @hook: that the kernel has called
 *
 * Context: any; where the task may move to another CPU, the hook may be that of the last one
 */
static __always_inline struct lunatik_hook *lunatik_hook_here(struct lunatik_hook *hook)
{
	if (likely(!hook->members))
		return hook;
	return READ_ONCE(hook->members[raw_smp_processor_id()]);
}

/**
 * lunatik_armhook() - let entries in by a hook that the kernel calls now
 * @hook: of lunatik_inithook()
 *
 * Entries get in at once if the script's body has ended, otherwise when it
 * does.
 *
 * Context: process; does not raise
 */
void lunatik_armhook(struct lunatik_hook *hook);

/**
 * lunatik_stophook() - stop one hook, for a script
 * @L: state of the running entry, of any runtime
 * @hook: the hook; may be stopped already
 *
 * Disarms it at once. Unregisters it at once in an entry that may sleep,
 * otherwise, and in an entry of the hook itself, by a work item. Raises if the
 * kernel did not let go of it.
 *
 * Context: any entry
 */
void lunatik_stophook(lua_State *L, struct lunatik_hook *hook);

/**
 * lunatik_drophook() - undo lunatik_inithook() where registration failed
 * @L: state of an entry of the runtime that owns it
 * @hook: the kernel does not call it
 *
 * Context: as lunatik_inithook(); does not raise
 */
void lunatik_drophook(lua_State *L, struct lunatik_hook *hook);

/**
 * lunatik_releasehook() - for the release function of the hook's class
 * @hook: may be zeroed still
 *
 * Context: process
 */
void lunatik_releasehook(struct lunatik_hook *hook);

/**
 * lunatik_enter() - enter the runtime of a hook that the kernel has called
 * @hook: the hook
 * @entry: filled in; on the stack of the caller
 *
 * Until lunatik_leave(), code that may raise (making a string is enough) runs
 * inside lunatik_call() or lunatik_protect(). If this fails, the caller returns
 * the neutral answer of its facility.
 *
 * Context: as the hook's type declares
 * Return: 0, or
 *	-ENXIO if the hook is disarmed, or its runtime stopped,
 *	-EBUSY if the event is missed, which is counted,
 *	-EINTR if a fatal signal ended the wait,
 *	-ERESTARTSYS if any signal did, with LUNATIK_SYSCALL
 */
int lunatik_enter(struct lunatik_hook *hook, struct lunatik_entry *entry);

/**
 * lunatik_call() - call a function on the Lua stack of an entry
 * @entry: the entry
 * @nargs: arguments above the function
 * @nresults: as for lua_pcall()
 *
 * Logs and counts an error.
 *
 * Context: inside the entry; does not raise
 * Return: LUA_OK, or the status of the error; the stack has no results
 *	then
 */
int lunatik_call(struct lunatik_entry *entry, int nargs, int nresults);

/**
 * lunatik_protect() - run C code that may raise
 * @entry: the entry
 * @function: gets @argument as a light userdata at index 1
 * @argument: anything, also for results
 *
 * Logs and counts an error.
 *
 * Context: inside the entry; does not raise
 * Return: LUA_OK, or the status of the error
 */
int lunatik_protect(struct lunatik_entry *entry, lua_CFunction function,
		    void *argument);

/**
 * lunatik_leave() - leave a runtime
 * @entry: of lunatik_enter()
 *
 * Restores the Lua stack.
 *
 * Context: as lunatik_enter(); does not raise
 */
void lunatik_leave(struct lunatik_entry *entry);

/**
 * lunatik_toentry() - the entry that runs in a state
 * @L: any of its threads
 *
 * Context: inside the runtime; does not raise
 * Return: the entry, or NULL while the state is made
 */
struct lunatik_entry *lunatik_toentry(lua_State *L);

/**
 * lunatik_maysleep() - whether the running entry may sleep
 * @L: state of the running entry
 *
 * Context: any entry; does not raise
 * Return: true if it may
 */
bool lunatik_maysleep(lua_State *L);

/**
 * lunatik_checksleep() - raise unless the running entry may sleep here
 * @L: state of the running entry
 * @what: the function, for the message
 *
 * Also raises where less than 7 KiB of stack are left.
 *
 * Context: any entry
 */
void lunatik_checksleep(lua_State *L, const char *what);

/**
 * lunatik_checkunlocked() - raise unless the running entry may sleep, and holds
 *	no lock of the kernel
 * @L: state of the running entry
 * @what: the function, for the message
 *
 * For functions that take locks which the kernel may hold around an entry with
 * LUNATIK_TRY, such as RTNL. Raises as lunatik_checksleep() does, and "WHAT may
 * sleep: not from a callback under the kernel's locks".
 *
 * Context: any entry
 */
void lunatik_checkunlocked(lua_State *L, const char *what);

/**
 * lunatik_hasnamespaces() - whether the running task has namespaces
 *
 * A task that exits loses them before it releases its last files, devices of
 * scripts among them.
 *
 * Context: process; does not raise
 * Return: false if current->nsproxy is NULL
 */
bool lunatik_hasnamespaces(void);

/**
 * lunatik_checknamespaces() - raise unless the running task has namespaces
 * @L: state of the running entry
 * @what: the function, for the message
 *
 * For functions that use current->nsproxy, or call what does: paths, sockets,
 * parameters of the kernel. Raises "WHAT: the task exits and has no namespaces".
 *
 * Context: process runtimes, entries that may sleep
 */
void lunatik_checknamespaces(lua_State *L, const char *what);

/**
 * lunatik_isinitnet() - whether the running task is in the initial network
 *	namespace
 *
 * Context: process; does not raise
 * Return: false for a task without namespaces, too
 */
bool lunatik_isinitnet(void);

/**
 * lunatik_checkinitnet() - raise outside of the initial network namespace
 * @L: state of the running entry
 * @what: the function, for the message
 *
 * Raises as lunatik_checknamespaces() does, and "WHAT is for the initial network
 * namespace only: run the script there".
 *
 * Context: process runtimes, entries that may sleep
 */
void lunatik_checkinitnet(lua_State *L, const char *what);

/**
 * lunatik_checkcontext() - raise unless the runtime is of one of some kinds
 * @L: state of the running entry
 * @what: the function, for the message
 * @contexts: LUNATIK_IN_* mask
 *
 * Context: any entry
 */
void lunatik_checkcontext(lua_State *L, const char *what, unsigned int contexts);

/**
 * lunatik_spend() - charge the running entry for work
 * @L: state of the running entry
 * @units: about one for 16 bytes copied, or for each object visited
 *
 * Raises when the budget is exhausted.
 *
 * Context: any entry
 */
void lunatik_spend(lua_State *L, size_t units);

/**
 * lunatik_shouldstop() - whether a stop requests the end of the running entry
 * @L: state of the running entry
 *
 * Context: any entry; does not raise
 * Return: true if its runtime or hook, or a caller of it, is to stop
 */
bool lunatik_shouldstop(lua_State *L);

/**
 * lunatik_calldeep() - call a function that goes far into the kernel
 * @function: raises nothing, and waits for nothing that a script
 *	controls
 * @argument: for @function
 *
 * Calls it directly where 12 KiB of stack are left. Elsewhere a worker calls
 * it, with the credentials, root folder, files and namespaces of the caller,
 * which waits. The kernel then sees the id of another process, and no signals.
 *
 * Context: process, may sleep; without locks that @function takes
 * Return: the result of @function
 */
int lunatik_calldeep(int (*function)(void *argument), void *argument);

/**
 * lunatik_wait() - the only way in which a binding blocks
 * @L: state of an entry that may sleep
 * @queue: woken when @ready may have changed, or NULL
 * @ready: condition, called without locks, which may take what it waits
 *	for. NULL only waits for the time to pass.
 * @argument: for @ready
 * @timeout: jiffies, or MAX_SCHEDULE_TIMEOUT
 * @state: TASK_INTERRUPTIBLE, TASK_KILLABLE, ...
 *
 * A fatal signal ends it whatever @state says. So does a cgroup that is to be
 * frozen: its tasks have to leave the kernel first. The entry is over then; a
 * system call starts again.
 *
 * Context: process, may sleep, no spinlock held; does not raise
 * Return: jiffies left (at least 1) once @ready, 0 on timeout, -EINTR
 *	if a stop of the runtime or the hook was requested, or @state let a
 *	signal through
 */
int lunatik_wait(lua_State *L, wait_queue_head_t *queue,
		 bool (*ready)(void *argument), void *argument,
		 long timeout, unsigned int state);

/**
 * lunatik_detour() - call a function that may hang, without delaying a stop
 * @L: state of an entry that may sleep
 * @owner: module of @function
 * @function: runs in a thread of the kernel, as root and in the initial
 *	namespaces. After a fatal signal nobody waits for it. Leaves nothing
 *	behind.
 * @data: its argument, which is copied
 * @size: bytes of @data
 *
 * Context: process, may sleep; does not raise
 * Return: the result of @function, -EINTR if a stop or a signal ended
 *	the wait, -ENOMEM
 */
int lunatik_detour(lua_State *L, struct module *owner,
		   int (*function)(void *data), const void *data, size_t size);

/* ---- entering from C without a hook (documented interface) ------------------ */

/**
 * struct lunatik_run - what lunatik_run() keeps while its handler runs
 */
struct lunatik_run {
	struct lunatik_entry entry;
	struct lunatik_jump jump;
	void *ci;
	unsigned int ccalls;
	bool inside;
};

int lunatik_beginrun(struct lunatik_run *run, lunatik_object_t *runtime,
		     bool inside);
void lunatik_endrun(struct lunatik_run *run, bool failed);

/**
 * lunatik_run() - lock a runtime and call a C handler in it
 * @runtime: the runtime object
 * @handler: inttype (*)(lua_State *L, ...)
 * @ret: variable for the handler's result; -ENXIO if the runtime is stopped,
 *	-EBUSY or -EINTR if it could not be entered, -ECANCELED if the
 *	handler raised a Lua error outside of lua_pcall()
 *
 * The Lua stack is restored afterwards.
 */
#define lunatik_run(runtime, handler, ret, ...)				\
	lunatik_runlocked_(false, runtime, handler, ret, ##__VA_ARGS__)

/**
 * lunatik_handle() - the same, for a caller that already runs inside @runtime
 */
#define lunatik_handle(runtime, handler, ret, ...)			\
	lunatik_runlocked_(true, runtime, handler, ret, ##__VA_ARGS__)

#define lunatik_runlocked_(locked_, runtime_, handler_, ret_, ...)	\
do {									\
	struct lunatik_run lunatik_run_;				\
	(ret_) = lunatik_beginrun(&lunatik_run_, runtime_, locked_);	\
	if (!(ret_)) {							\
		if (lunatik_setjmp(lunatik_run_.jump.buffer) == 0) {	\
			(ret_) = handler_(lunatik_run_.entry.L,		\
					  ##__VA_ARGS__);		\
			lunatik_endrun(&lunatik_run_, false);		\
		} else {						\
			lunatik_endrun(&lunatik_run_, true);		\
			(ret_) = -ECANCELED;				\
		}							\
	}								\
} while (0)

/* ---- libraries --------------------------------------------------------------- */

void lunatik_checkrelease(lua_State *L, const char *lib, const char *release);
void lunatik_newlib(lua_State *L, const luaL_Reg *functions,
		    const lunatik_class_t *class,
		    const lunatik_namespace_t *namespaces);
void lunatik_leaf_set(lua_State *L, const luaL_Reg *functions,
		      const lunatik_leaf_t *leaves);

/**
 * LUNATIK_NEWLIB() - define and export the opener of a Lua library
 * @lib: name, ``[a-z][a-z0-9_]*``
 * @functions: luaL_Reg array
 * @class: the class of its objects, or NULL
 * @namespaces: constant tables, or NULL
 */
#define LUNATIK_NEWLIB(lib, functions, class, namespaces)		\
	LUNATIK_NEWLEAFLIB(lib, functions, NULL, class, namespaces)

/**
 * LUNATIK_NEWLEAFLIB() - the same where some of the functions have short forms
 * @lib: as for LUNATIK_NEWLIB()
 * @functions: the same
 * @leaves: array of LUNATIK_LEAF(), up to one without a function
 * @class: as for LUNATIK_NEWLIB()
 * @namespaces: the same
 */
#define LUNATIK_NEWLEAFLIB(lib, functions, leaves, class, namespaces)	\
int lunatik_open_##lib(lua_State *L);					\
int lunatik_open_##lib(lua_State *L)					\
{									\
	lunatik_checkrelease(L, #lib, LUNATIK_RELEASE);			\
	lunatik_newlib(L, functions, class, namespaces);		\
	lunatik_leaf_set(L, functions, leaves);				\
	return 1;							\
}									\
EXPORT_SYMBOL_GPL(lunatik_open_##lib);					\
MODULE_ALIAS("lunatik-lib-" #lib);					\
MODULE_INFO(lunatik_version, LUNATIK_RELEASE)

#define LUNATIK_LIB(lib)	int lunatik_open_##lib(lua_State *L)

/**
 * lunatik_loadfile() - load a script as a chunk
 * @L: state of an entry that may sleep
 * @filename: absolute path inside a script folder
 * @mode: as for lua_load(); binary chunks are refused anyway
 *
 * Raises in an entry that may not sleep.
 *
 * Context: process, may sleep
 * Return: a Lua status; the function or the message is on the stack
 */
int lunatik_loadfile(lua_State *L, const char *filename, const char *mode);

/**
 * lunatik_lookup() - the address of a symbol of the kernel
 * @symbol: its name
 *
 * Context: process, may sleep
 * Return: the address; NULL if it is unknown, or of the initialisation
 */
void *lunatik_lookup(const char *symbol);

/**
 * lunatik_log() - write a record to the kernel log, from any entry
 * @L: state of the running entry
 * @kind: of hook, or name of the library
 * @text: at most 239 bytes; control characters in it are replaced
 * @address: of kernel text, appended as ``symbol+offset``; 0 for none
 *
 * Rate-limited in callbacks. From a probe it arrives later.
 *
 * Context: any entry; does not raise
 */
void lunatik_log(lua_State *L, const char *kind, char *text, unsigned long address);

/**
 * lunatik_warn() - log a warning about what a script has done or left out
 * @runtime: private pointer of the runtime's object
 * @kind: of hook, or name of the library
 * @format: as for printk(), without a line end; at most 199 bytes
 *
 * Ten in five seconds, together with the errors of the script.
 *
 * Context: process or softirq, not inside a probe; does not raise
 */
__printf(3, 4)
void lunatik_warn(struct lunatik_runtime *runtime, const char *kind,
		  const char *format, ...);

#endif
