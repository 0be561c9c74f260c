/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * runtime.h - the structure of a runtime, and how one is made
 */
#ifndef LUNATIK_RUNTIME_H
#define LUNATIK_RUNTIME_H

#include <lunatik.h>
#include <lentry.h>

#include "account.h"
#include "budget.h"
#include "entry.h"
#include "error.h"
#include "heap.h"
#include "hook.h"
#include "lock.h"
#include "percpu.h"
#include "pin.h"
#include "print.h"
#include "registry.h"
#include "sink.h"
#include "stop.h"

enum lunatik_state {
	LUNATIK_NEW,		/* no body yet */
	LUNATIK_BODY,		/* the body runs; hooks are disarmed */
	LUNATIK_READY,
	LUNATIK_STOPPED,	/* no entry gets in any more */
};

/**
 * struct lunatik_runtime - a Lua state, and what it takes to enter and end it
 * @refs: of its object and of each hook
 * @object: handles and the registry hold it
 * @L: main thread; NULL before the state is made and after it is closed
 * @body: thread of the script's body, with its result
 * @vm: limits that the interpreter consults; NULL where @L is
 * @context: its kind
 * @state: how far it is; changed under its locks
 * @stopping: the stop condition: 1 ends waits, 2 aborts the entry
 * @current_entry: the innermost one inside, or NULL; under its lock
 * @caller: runtime that waits for @current_entry, or NULL
 * @limits: of memory and units
 * @account: pays for its objects
 * @stats: its counters, on each CPU
 * @sink: of the session that it belongs to, or NULL
 * @spawned: the script's function runs in a thread
 * @reserved: serves the command, and does not count among scripts
 * @name: script, or the name that it was started with
 *
 * Each structure in it belongs to the file whose header declares it.
 */
struct lunatik_runtime {
	struct kref refs;
	lunatik_object_t *object;
	lua_State *L;
	lua_State *body;
	struct lua_Entry *vm;
	enum lunatik_context context;
	enum lunatik_state state;
	int stopping;

	struct lunatik_locks lock;
	struct lunatik_replay replay;
	struct lunatik_entry *current_entry;
	struct lunatik_runtime *caller;

	struct lunatik_limits limits;
	struct lunatik_account *account;
	struct lunatik_stats __percpu *stats;
	struct lunatik_heap heap;
	struct lunatik_hooks hooks;
	struct lunatik_error error;
	struct lunatik_sink *sink;
	struct lunatik_log log;
	struct lunatik_pins pins;
	struct lunatik_links links;
	struct lunatik_percpu percpu;
	struct lunatik_stop stop;

	bool spawned;
	bool reserved;
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
 * @session: it serves one open file of a device
 * @privileged: that device is for those who may load modules
 * @spawned: its script's function is to run in a thread
 * @percpu: of the leader of a percpu script
 * @leader: of a member, or NULL
 * @cpu: the member's
 * @argument: an object that the script gets as ``...``, or NULL; the caller holds a reference
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
	bool privileged;
	bool spawned;
	bool percpu;
	struct lunatik_runtime *leader;
	int cpu;
	lunatik_object_t *argument;
};

void lunatik_runtimes_init(const lunatik_class_t *class, lua_CFunction opener);
struct lunatik_runtime *lunatik_runtime_checkargument(lua_State *L, int ix);
int lunatik_runtime_create(lunatik_object_t **pobject,
			   const struct lunatik_params *params, char *message,
			   size_t size);
void lunatik_runtime_boundcollector(struct lunatik_runtime *rt);

#endif
