/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik.h - the C interface of Lunatik: runtimes, objects, libraries.
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
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <lua.h>
#include <lauxlib.h>
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
 * @owner: the module that holds @release and @methods; each object pins it
 */
typedef struct lunatik_class_s {
	const char *name;
	const luaL_Reg *methods;
	void (*release)(void *private);
	bool sleep;
	bool pointer;
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

typedef struct lunatik_namespace_s {
	const char *name;
	const lunatik_reg_t *reg;
} lunatik_namespace_t;

/* Creation and transfer; context as each comment in src/core/object.c says. */
lunatik_object_t *lunatik_newobject(lua_State *L, const lunatik_class_t *class,
				    size_t size);
lunatik_object_t *lunatik_createobject(const lunatik_class_t *class,
				       size_t size, bool sleep);
void lunatik_cloneobject(lua_State *L, lunatik_object_t *object);
void lunatik_pushobject(lua_State *L, lunatik_object_t *object);
lunatik_object_t **lunatik_checkpobject(lua_State *L, int ix);
lunatik_object_t *lunatik_checkobject(lua_State *L, int ix);
lunatik_object_t *lunatik_testobject(lua_State *L, int ix);
lunatik_object_t *lunatik_checkclassobject(lua_State *L, int ix,
					   const lunatik_class_t *class);
bool lunatik_charge(lunatik_object_t *object, size_t size);
void lunatik_uncharge(lunatik_object_t *object, size_t size);

#define lunatik_toobject(L, i)	(*(lunatik_object_t **)lua_touserdata((L), (i)))
#define lunatik_isobject(L, i)	(lunatik_testobject((L), (i)) != NULL)

static inline const lunatik_class_t *lunatik_getclass(lua_State *L, int ix)
{
	lunatik_object_t *object = lunatik_testobject(L, ix);

	return object ? object->class : NULL;
}

static inline void lunatik_getobject(lunatik_object_t *object)
{
	kref_get(&object->kref);
}

static inline bool lunatik_getobject_unless_zero(lunatik_object_t *object)
{
	return kref_get_unless_zero(&object->kref);
}

int lunatik_putobject(lunatik_object_t *object);
void lunatik_settle(lua_State *L);
void lunatik_releaseobject(struct kref *kref);

int lunatik_closeobject(lua_State *L);
int lunatik_deleteobject(lua_State *L);
int lunatik_monitorobject(lua_State *L);

void lunatik_lock(lunatik_object_t *object);
int lunatik_trylock(lunatik_object_t *object);
void lunatik_unlock(lunatik_object_t *object);
void lunatik_newlock(lunatik_object_t *object);
void lunatik_freelock(lunatik_object_t *object);

/**
 * lunatik_lockobject() - lock an object for bounded copying from any entry
 * @L: state of the running entry
 * @object: an object whose class does not sleep
 *
 * Entries of probes only try, because the probe may have fired inside the
 * holder: on failure a Lua error "object is busy" is raised. Nothing may raise,
 * allocate, sleep or run Lua until lunatik_unlock().
 */
void lunatik_lockobject(lua_State *L, lunatik_object_t *object);

void lunatik_newclass(lua_State *L, const lunatik_class_t *class);
void lunatik_setclass(lua_State *L, const lunatik_class_t *class);
void lunatik_checkclass(lua_State *L, const lunatik_class_t *class);
void lunatik_setobject(lunatik_object_t *object, const lunatik_class_t *class,
		       bool sleep);
void lunatik_registerobject(lua_State *L, int ix, lunatik_object_t *object);
void lunatik_unregisterobject(lua_State *L, lunatik_object_t *object);
void lunatik_setregistry(lua_State *L, int ix, void *key);
int lunatik_getregistry(lua_State *L, void *key);
void lunatik_checkfield(lua_State *L, int ix, const char *field, int type);
lua_Integer lunatik_checkinteger(lua_State *L, int ix, const char *field,
				 lua_Integer least, lua_Integer most);
void lunatik_checkfields(lua_State *L, int ix, const char *const *known);
void lunatik_checkmethods(lua_State *L, int ix, const char *const *functions,
			  const char *const *options);
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

void *lunatik_realloc(lua_State *L, void *ptr, size_t size);
void *lunatik_checkalloc(lua_State *L, size_t size);
void lunatik_free(const void *ptr);
gfp_t lunatik_gfp_of(lua_State *L);
gfp_t lunatik_gfp(lunatik_object_t *runtime);

#define lunatik_malloc(L, size)	lunatik_realloc((L), NULL, (size))
#define lunatik_checknull(L, ptr) \
	((ptr) ? (ptr) : (luaL_error((L), "not enough memory"), (ptr)))

/* ---- runtimes ------------------------------------------------------------- */

/**
 * enum lunatik_context - the three kinds of runtime; see Locks in doc/internals.md
 * @LUNATIK_PROCESS: sleeping lock; devices, sockets, threads, notifiers, probes
 * @LUNATIK_SOFTIRQ: spinlock with bottom halves off; netfilter, xtables, XDP
 * @LUNATIK_HARDIRQ: raw spinlock with interrupts off; keyboard, probes
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

int lunatik_runtime(lunatik_object_t **pruntime, const char *script, bool sleep);
int lunatik_stop(lunatik_object_t *runtime);
void lunatik_stopall(void);
lunatik_object_t *lunatik_toruntime(lua_State *L);
const char *lunatik_name(lua_State *L);
lua_State *lunatik_getstate(lunatik_object_t *runtime);
lunatik_object_t *lunatik_checkruntime(lua_State *L, bool sleep);
bool lunatik_cannotsleep(lua_State *L, bool sleep);
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

extern const lunatik_class_t lunatik_runtimeclass;
extern lunatik_object_t *lunatik_env;
void lunatik_setenv(lunatik_object_t *env);

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
 * @granted: units handed out with the current slice
 * @flags: LUNATIK_MAYSLEEP and its kin
 *
 * Lives on the stack of whoever enters, between lunatik_enter() and
 * lunatik_leave().
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
 *	it calls lunatik_keephook().
 * @unregister_batch: the same for a list of hooks of this type (linked by
 *	@batch), where the kernel offers it; NULL to call @unregister for each
 * @missed: events that the kernel itself did not deliver so far, for
 *	``lunatik list``; any context, must not sleep; NULL if it tells none
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
};

/**
 * struct lunatik_hook - something that the kernel calls and that enters Lua
 * @type: its kind
 * @runtime: its owner; valid as long as the hook's object lives
 * @object: the object in which the hook is embedded
 * @L: its own Lua thread
 * @armed: entries are let in
 * @registered: @type->unregister is still due
 * @deferred: a work item unregisters it
 * @kept: the kernel did not let go of it: its object is never freed
 * @event: a bit that tells it from other hooks which serve the same event
 * @stopping: 0; 1: asked to end (waits end, shouldstop() is true); 2: its entry
 *	is aborted
 */
struct lunatik_hook {
	const struct lunatik_hooktype *type;
	struct lunatik_runtime *runtime;
	lunatik_object_t *object;
	lua_State *L;
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
};

void lunatik_inithook(lua_State *L, lunatik_object_t *object,
		      struct lunatik_hook *hook,
		      const struct lunatik_hooktype *type);
int lunatik_attachhook(lunatik_object_t *runtime, lunatik_object_t *object,
		       struct lunatik_hook *hook,
		       const struct lunatik_hooktype *type);
void lunatik_armhook(struct lunatik_hook *hook);
void lunatik_signalhook(struct lunatik_hook *hook, int stage);
void lunatik_stophook(lua_State *L, struct lunatik_hook *hook);
void lunatik_drophook(lua_State *L, struct lunatik_hook *hook);
void lunatik_retirehook(struct lunatik_hook *hook);
void lunatik_keephook(struct lunatik_hook *hook, const char *what);
void lunatik_releasehook(struct lunatik_hook *hook);

void lunatik_miss(struct lunatik_hook *hook, u64 events);
void lunatik_replay(struct lunatik_hook *hook, bool on);
int lunatik_enter(struct lunatik_hook *hook, struct lunatik_entry *entry);
int lunatik_enterfor(struct lunatik_hook *hook, struct lunatik_entry *entry,
		     u64 event);
int lunatik_enterlate(struct lunatik_hook *hook, struct lunatik_entry *entry);
void lunatik_countmissed(struct lunatik_hook *hook);
int lunatik_call(struct lunatik_entry *entry, int nargs, int nresults);
int lunatik_protect(struct lunatik_entry *entry, lua_CFunction function,
		    void *argument);
void lunatik_leave(struct lunatik_entry *entry);

int lunatik_resumebody(struct lunatik_entry *entry);
bool lunatik_hasbody(lunatik_object_t *runtime);
void lunatik_pushbody(lua_State *L);
int lunatik_opensession(lunatik_object_t **psession, const char *script,
			struct lunatik_runtime *owner);

struct lunatik_entry *lunatik_toentry(lua_State *L);
bool lunatik_maysleep(lua_State *L);
void lunatik_checksleep(lua_State *L, const char *what);
void lunatik_checkcontext(lua_State *L, const char *what, unsigned int contexts);
void lunatik_spend(lua_State *L, size_t units);
bool lunatik_shouldstop(lua_State *L);
int lunatik_calldeep(int (*function)(void *argument), void *argument);
int lunatik_wait(lua_State *L, wait_queue_head_t *queue,
		 bool (*ready)(void *argument), void *argument,
		 long timeout, unsigned int state);
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

/**
 * LUNATIK_NEWLIB() - define and export the opener of a Lua library
 * @lib: name, ``[a-z][a-z0-9_]*``
 * @functions: luaL_Reg array
 * @class: the class of its objects, or NULL
 * @namespaces: constant tables, or NULL
 */
#define LUNATIK_NEWLIB(lib, functions, class, namespaces)		\
int lunatik_open_##lib(lua_State *L);					\
int lunatik_open_##lib(lua_State *L)					\
{									\
	lunatik_checkrelease(L, #lib, LUNATIK_RELEASE);			\
	lunatik_newlib(L, functions, class, namespaces);		\
	return 1;							\
}									\
EXPORT_SYMBOL_GPL(lunatik_open_##lib);					\
MODULE_ALIAS("lunatik-lib-" #lib);					\
MODULE_INFO(lunatik_version, LUNATIK_RELEASE)

#define LUNATIK_LIB(lib)	int lunatik_open_##lib(lua_State *L)

int lunatik_loadfile(lua_State *L, const char *filename, const char *mode);
struct file *lunatik_openpath(const char *path, int flags);
void *lunatik_lookup(const char *symbol);
void lunatik_beginwork(void);
void lunatik_endwork(void);
bool lunatik_inwork(void);
bool lunatik_isgone(const char *symbol);
bool lunatik_istext(unsigned long address);
unsigned long lunatik_functionof(unsigned long address);
unsigned int lunatik_namesakes(const char *name, unsigned long *addresses,
			       unsigned int most);
unsigned int lunatik_functions(const char *name, unsigned long *addresses,
			       unsigned int most);
void lunatik_placeof(unsigned long address, char *place, size_t size);
void lunatik_log(lua_State *L, const char *kind, char *text, unsigned long address);
void lunatik_cleantext(char *to, const char *from, size_t length);
__printf(3, 4)
void lunatik_warn(struct lunatik_runtime *runtime, const char *kind,
		  const char *format, ...);
int lunatik_checkaccess(void);
int lunatik_checkcode(void);

#endif
