/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * runtime.h - the structure of a runtime, and how one is made
 */
#ifndef LUNATIK_RUNTIME_H
#define LUNATIK_RUNTIME_H

#include <lunatik.h>
#include <lentry.h>

#include <linux/completion.h>
#include <linux/workqueue.h>

#include "account.h"
#include "arena.h"
#include "budget.h"
#include "error.h"
#include "heap.h"
#include "lock.h"
#include "pin.h"
#include "print.h"
#include "sink.h"

enum lunatik_state {
	LUNATIK_NEW,		/* no body yet */
	LUNATIK_BODY,		/* the body runs; hooks are disarmed */
	LUNATIK_READY,
	LUNATIK_STOPPED,	/* no entry gets in any more */
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

void lunatik_runtimes_init(const lunatik_class_t *class, lua_CFunction opener);
struct lunatik_runtime *lunatik_checkruntimearg(lua_State *L, int ix);
int lunatik_create(lunatik_object_t **pobject,
		   const struct lunatik_params *params, char *message,
		   size_t size);
void lunatik_boundcollector(struct lunatik_runtime *rt);

#endif
