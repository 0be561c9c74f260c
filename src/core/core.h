/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * core.h - what the files of the core share with each other, and nobody else
 */
#ifndef LUNATIK_CORE_H
#define LUNATIK_CORE_H

#include <lunatik.h>

#include <linux/completion.h>
#include <linux/hashtable.h>
#include <linux/irq_work.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/ratelimit.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include <lentry.h>

#include "arena.h"

#define LUNATIK_MESSAGELEN	256

/* Room on a stack, in KiB. Where the compiler's checks make frames larger, stacks are larger by as much. */
#define LUNATIK_STACK(kib)	((kib) * 1024 * (THREAD_SIZE / SZ_16K))
#define LUNATIK_STACK_RECLAIM	LUNATIK_STACK(7)	/* that an allocation may take */
#define LUNATIK_STACK_PRINT	LUNATIK_STACK(6)	/* that a console may take */
#define LUNATIK_PINS		48
#define LUNATIK_RESERVES	12
#define LUNATIK_STUCK		16
#define LUNATIK_LEAST_BUDGET	1000	/* units, for any callback at all */
#define LUNATIK_LEAST_MEMORY	SZ_128K	/* bytes of any runtime */
#define LUNATIK_MOST_MEMORY	SZ_1G
#define LUNATIK_EVENT_BUDGETS	4	/* of all hooks of a runtime that serve one event */

/* ---- work (work.c) ------------------------------------------------------- */

extern struct workqueue_struct *lunatik_workqueue;
extern struct workqueue_struct *lunatik_refills;

void lunatik_begindying(void);
void lunatik_enddying(void);
bool lunatik_isdying(void);
wait_queue_head_t *lunatik_dyingqueue(void);
int lunatik_work_init(void);
void lunatik_work_exit(void);

/* ---- limits and accounts (account.c) ------------------------------------- */

/**
 * struct lunatik_limits - what a runtime may use
 * @memory: bytes, objects outside the Lua heap included
 * @budget: units of one entry that may not sleep; of every entry if @budgetall
 * @event: units of all entries together that serve one event
 */
struct lunatik_limits {
	size_t memory;
	long budget;
	long event;
	bool budgetall;
};

/**
 * struct lunatik_account - who pays for objects; outlives its runtime
 * @refs: the runtime, each object, and each account that it sponsors hold one
 * @used: bytes of objects
 * @limit: bytes, shared with the Lua heap of the runtime
 * @orphan: the runtime is gone; @used counts as left over
 * @lock: keeps @used, @orphan and the sum of all orphans together
 * @reserved: of the command's, which has a reserve beside the memory of scripts
 * @sponsor: of the script whose device this session is a file of, or NULL
 * @sponsored: bytes of all such sessions together; at most @limit, too
 */
struct lunatik_account {
	struct kref refs;
	raw_spinlock_t lock;
	atomic_long_t used;
	size_t limit;
	atomic_long_t heap;
	bool orphan;
	bool reserved;
	struct lunatik_account *sponsor;
	atomic_long_t sponsored;
};

struct lunatik_account *lunatik_account_create(struct lunatik_runtime *rt,
					       struct lunatik_runtime *sponsor);
bool lunatik_account_addtotal(struct lunatik_account *account, size_t size);
void lunatik_account_subtotal(struct lunatik_account *account, size_t size);
void lunatik_account_put(struct lunatik_account *account);
void lunatik_account_orphan(struct lunatik_account *account);
int lunatik_account_charge(struct lunatik_account *account, size_t size);
void lunatik_account_uncharge(struct lunatik_account *account, size_t size);
size_t lunatik_total_used(void);
size_t lunatik_total_limit(void);
size_t lunatik_orphan_used(void);

/* ---- print sinks (print.c) ------------------------------------------------ */

enum lunatik_stream { LUNATIK_OUT, LUNATIK_TRACE, LUNATIK_STREAMS };

/**
 * struct lunatik_sink - text that a session has not fetched yet
 */
struct lunatik_sink {
	struct kref refs;
	struct mutex lock;
	struct {
		char *text;
		size_t length;
		size_t size;
	} stream[LUNATIK_STREAMS];
};

/**
 * struct lunatik_loglimit - how much of one kind reaches the kernel log
 * @dropped: records since the last one that did
 */
struct lunatik_loglimit {
	struct ratelimit_state state;
	atomic_t dropped;
};

struct lunatik_sink *lunatik_sink_create(void);
void lunatik_sink_put(struct lunatik_sink *sink);
void lunatik_sink_write(struct lunatik_sink *sink, enum lunatik_stream stream,
			const char *text, size_t length, gfp_t gfp);
void lunatik_report(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		    const char *message);
void lunatik_announce(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		      const char *message);
void lunatik_reportcreation(const char *script, char *message);
void lunatik_initlimit(struct lunatik_loglimit *limit, int burst);
void lunatik_print_init(void);
void lunatik_print_exit(void);
int lunatik_output(lua_State *L);

/* ---- runtimes --------------------------------------------------------------- */

enum lunatik_state {
	LUNATIK_NEW,		/* no body yet */
	LUNATIK_BODY,		/* the body runs; hooks are disarmed */
	LUNATIK_READY,
	LUNATIK_STOPPED,	/* no entry gets in any more */
};

/**
 * struct lunatik_stats - what a runtime counts on each CPU
 * @seen: bits of the hooks that have served the current event; the holder of
 *	the runtime's lock alone uses this field and the next two
 * @spent: units that they have taken
 * @left: jiffies when the last of them ended
 */
struct lunatik_stats {
	u64 entries;
	u64 errors;
	u64 missed;
	u64 exhausted;
	u64 sampled;
	u64 nanoseconds;
	u64 seen;
	long spent;
	unsigned long left;
} ____cacheline_aligned;

/**
 * struct lunatik_ownerlock - lock of a process runtime
 * @held: 0 or 1; taken by cmpxchg, so that an entry in any context may try
 * @waiters: sleeping entries
 * @wake: wakes @waiters for a holder that may not
 *
 * Not a mutex: mutex_trylock() is illegal in interrupts, and a probe may have
 * fired inside the mutex code.
 */
struct lunatik_ownerlock {
	atomic_t held;
	wait_queue_head_t waiters;
	struct irq_work wake;
};

/**
 * struct lunatik_stuck - a kernel block that is larger than Lua believes
 * @block: the block
 * @excess: bytes that are charged beside what Lua believes
 */
struct lunatik_stuck {
	void *block;
	size_t excess;
};

struct lunatik_runtime {
	struct kref refs;
	lunatik_object_t *object;
	lua_State *L;
	lua_State *body;
	struct lua_Entry *vm;
	enum lunatik_context context;
	enum lunatik_state state;
	int stopping;

	struct lunatik_ownerlock process;
	spinlock_t softirq;
	raw_spinlock_t hardirq;
#ifdef CONFIG_LOCKDEP
	struct lockdep_map map;
#endif
	struct task_struct *owner;
	struct lunatik_hook *replaying;
	struct task_struct *replayer;
	struct lunatik_entry *current_entry;
	wait_queue_head_t stop_wait;

	struct lunatik_limits limits;
	struct lunatik_account *account;
	size_t heap;
	size_t charged;
	struct lunatik_arena *arena;
	struct lunatik_arena *reserve[LUNATIK_RESERVES];
	unsigned int nreserve;
	struct lunatik_arena *spare;
	bool reserve_low;
	bool reserve_tight;
	struct lunatik_stuck stuck[LUNATIK_STUCK];
	unsigned int nstuck;
	struct llist_head deferred;

	raw_spinlock_t hooks_lock;
	struct list_head hooks;
	struct list_head hooks_gone;
	unsigned int nhooks;	/* that there have been */
	bool kept;	/* the kernel did not let go of one */
	struct lunatik_stats __percpu *stats;
	struct lunatik_sink *sink;
	struct lunatik_loglimit errorlimit;
	struct lunatik_loglimit printlimit;
	char message[LUNATIK_MESSAGELEN];
	bool outofmemory;	/* message tells where */
	char warning[LUNATIK_MESSAGELEN];

	struct module *pins[LUNATIK_PINS];
	unsigned int npins;
	void *symbols[LUNATIK_PINS];
	unsigned int nsymbols;

	struct list_head node;
	struct hlist_node name_node;
	struct lunatik_runtime *parent;
	struct lunatik_runtime *caller;
	unsigned int depth;
	struct list_head children;
	struct list_head sibling;
	struct work_struct stop_work;
	struct work_struct end_work;
	struct work_struct refill_work;
	struct irq_work refill_irq;
	bool spawned;
	bool reserved;
	bool stop_queued;
	bool stop_claimed;
	struct completion stopped;
	unsigned long brief;	/* jiffies until which its stops may be waited for */
	char name[LUNATIK_NAMELEN];
};

/**
 * struct lunatik_params - how to create a runtime
 * @script: name below the script folders, without ``.lua``
 * @name: under which to register it, or NULL
 * @context: its kind
 * @limits: zero fields take the defaults
 * @outer: the entry that creates it, or NULL from C
 * @parent: the runtime that it ends with, or NULL
 * @session: it serves one open file of the control device
 * @spawned: its script's function is to run in a thread
 */
struct lunatik_params {
	const char *script;
	const char *name;
	enum lunatik_context context;
	struct lunatik_limits limits;
	struct lunatik_entry *outer;
	struct lunatik_runtime *parent;
	struct lunatik_sink *sink;
	bool session;
	bool spawned;
};

int lunatik_create(lunatik_object_t **pobject,
		   const struct lunatik_params *params, char *message,
		   size_t size);
struct lunatik_runtime *lunatik_checkruntimearg(lua_State *L, int ix);
void lunatik_runtimes_init(const lunatik_class_t *class, lua_CFunction opener);
void lunatik_runtime_put(struct lunatik_runtime *rt);
void lunatik_runtime_release(void *private);
void lunatik_endruntime(lunatik_object_t *object);
void lunatik_boundcollector(struct lunatik_runtime *rt);
void lunatik_stop_init(struct lunatik_runtime *rt);
bool lunatik_stop_begin(struct lunatik_runtime *rt);
void lunatik_stophere(struct lunatik_runtime *rt);
void lunatik_stop_runtime(struct lunatik_runtime *rt);
int lunatik_stop_wait(lua_State *L, struct lunatik_runtime *rt);

static inline struct lunatik_runtime *lunatik_of(lua_State *L)
{
	return *(struct lunatik_runtime **)lua_getextraspace(L);
}

static inline struct lunatik_runtime *lunatik_tort(lunatik_object_t *object)
{
	return object->private;
}

/* ---- where code runs, and waits (context.c, wait.c) ------------------------- */

int lunatik_stopstage(struct lunatik_entry *entry);
void lunatik_wakestop(struct lunatik_runtime *rt);

/* ---- locks and entries (lock.c, entry.c) -------------------------------------- */

void lunatik_locks_init(struct lunatik_runtime *rt);
int lunatik_lockruntime(struct lunatik_runtime *rt, struct lunatik_entry *entry);
void lunatik_unlockruntime(struct lunatik_runtime *rt,
			   struct lunatik_entry *entry);
int lunatik_lockbody(struct lunatik_runtime *rt);
int lunatik_trybody(struct lunatik_runtime *rt);
int lunatik_locklate(struct lunatik_hook *hook);
void lunatik_unlockbody(struct lunatik_runtime *rt);
bool lunatik_lockstop(struct lunatik_runtime *rt, long timeout);

int lunatik_enterruntime(struct lunatik_runtime *rt,
			 struct lunatik_entry *entry, unsigned int flags);
void lunatik_beginentry(struct lunatik_runtime *rt, struct lunatik_entry *entry);
long lunatik_limitentry(struct lunatik_entry *entry,
			struct lunatik_entry *caller);
void lunatik_endentry(struct lunatik_entry *entry);

#define lunatik_countstat(rt, field) this_cpu_inc((rt)->stats->field)

/* ---- hooks (hook.c) -------------------------------------------------------------- */

void lunatik_armhooks(struct lunatik_runtime *rt);
unsigned int lunatik_rearmhooks(struct lunatik_runtime *rt);
void lunatik_disarmhooks(struct lunatik_runtime *rt);
void lunatik_unregisterhooks(struct lunatik_runtime *rt);
void lunatik_forgethooks(struct lunatik_runtime *rt);
void lunatik_hooks_init(void);
void lunatik_hooks_flush(void);

/* ---- memory (alloc.c, heap.c) ----------------------------------------------- */

size_t lunatik_footprint(size_t size);
void *lunatik_newblock(size_t size, gfp_t gfp);
int lunatik_memory_init(struct lunatik_runtime *rt,
			struct lunatik_runtime *sponsor);
void lunatik_memory_exit(struct lunatik_runtime *rt);
void *lunatik_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize);
void lunatik_memory_refill(struct lunatik_runtime *rt);

/* ---- registry (registry.c) ----------------------------------------------------------- */

int lunatik_register(struct lunatik_runtime *rt);
void lunatik_unregister(struct lunatik_runtime *rt);
lunatik_object_t *lunatik_find(const char *name);
lunatik_object_t *lunatik_findany(void);
void lunatik_closeruntimes(bool closed);
int lunatik_list(struct lunatik_runtime *rt, struct lunatik_runtime *parent);
void lunatik_unlist(struct lunatik_runtime *rt);
struct lunatik_runtime *lunatik_getchild(struct lunatik_runtime *rt);
void lunatik_setstopping(struct lunatik_runtime *rt, int stage,
			 bool (*each)(struct lunatik_runtime *child));
unsigned int lunatik_nruntimes(void);
void lunatik_eachruntime(bool (*visit)(struct lunatik_runtime *rt, void *arg),
			 void *arg);

/* ---- the rest ---------------------------------------------------------------------------- */

void lunatik_describe(lua_State *L, const char *text);
void lunatik_copytext(char *to, const char *text, size_t size);
bool lunatik_isinterrupt(struct lunatik_entry *entry, lua_State *L);
const char *lunatik_errortext(lua_State *L, int status, char *buffer,
			      size_t size);
bool lunatik_stackleft(struct lunatik_runtime *rt, size_t bytes);
unsigned long lunatik_stacklimit(void);
size_t lunatik_stackroom(void);
int lunatik_stack_init(void);
void lunatik_stack_exit(void);
int lunatik_checkscript(const char *name);
bool lunatik_isours(const char *script);
int lunatik_openscript(lua_State *L, const char *script);
void lunatik_openlibs(lua_State *L, lua_CFunction opener);
int lunatik_open_lunatik(lua_State *L);
struct lua_Entry *lunatik_vmentry(lua_State *L);
void lunatik_vmjump(lua_State *L, struct lunatik_run *run);
void lunatik_vmland(lua_State *L, struct lunatik_run *run, bool failed);
int lunatik_vmtry(lua_State *L, void (*function)(lua_State *L, void *argument),
		  void *argument);
void lunatik_vmrethrow(lua_State *L, int status);
void lunatik_vmcollect(lua_State *L);
void lunatik_vmown(lua_State *L);
void *lunatik_vmnewhandle(lua_State *L, size_t size);
void *lunatik_vmtohandle(lua_State *L, int ix);
int lunatik_traceback(lua_State *L);
void lunatik_warning(void *ud, const char *message, int tocont);
bool lunatik_pin(struct lunatik_runtime *rt, struct module *module);
lua_CFunction lunatik_pinopener(struct lunatik_runtime *rt, const char *name);
extern const char *const lunatik_contextnames[];
void lunatik_checkalive(lua_State *L);
int lunatik_lib_resume(lua_State *L);
int lunatik_lib_resumable(lua_State *L);
int lunatik_lib_list(lua_State *L);
int lunatik_lib_status(lua_State *L);
void lunatik_unpin(struct lunatik_runtime *rt);
void lunatik_objects_flush(void);
void lunatik_endobject(lunatik_object_t *object);
void lunatik_freehandle(void *payload);
lunatik_object_t **lunatik_newslot(lua_State *L);
void lunatik_objects_init(const lunatik_class_t *slow,
			  void (*endslow)(lunatik_object_t *object));
void lunatik_symbols_init(void);
void lunatik_access_init(void);
const char *lunatik_refusal(void);
void lunatik_objects_exit(void);

extern unsigned long lunatik_param_memory;
extern unsigned long lunatik_param_memory_atomic;
extern unsigned long lunatik_param_budget;
extern unsigned long lunatik_param_grace;
extern unsigned long lunatik_param_runtimes;
extern unsigned long lunatik_param_total;
size_t lunatik_default_memory(void);

#endif
