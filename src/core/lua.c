// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lua.c - Lua, in one translation unit
 *
 * One unit lets objtool see which of Lua's functions never return, lets the compiler drop what nothing uses, and keeps
 * Lua's internals static; vm.c, jit.c and event.c, at the end, are the parts of the core that need them.
 */
#define LUA_CORE
#define LUA_LIB

#include <lunatik.h>
#include <lentry.h>

#include <linux/bottom_half.h>
#include <linux/bpf.h>
#include <linux/export.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/skbuff.h>
#include <net/xdp.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/netfilter.h>
#include <uapi/linux/netfilter/x_tables.h>

#include <luadata.h>
#include <lunatik_binding.h>
#include <lunatik_event.h>

#include "budget.h"
#include "entry.h"
#include "jump_table.h"
#include "lock.h"
#include "runtime.h"
#include "stack.h"

#define LUAI_JUMPTABLE	lunatik_jump_table

#include "klua.h"

static_assert(offsetof(struct lua_longjmp, b) == offsetof(struct lunatik_jump, buffer));
static_assert(offsetof(struct lua_longjmp, status) == offsetof(struct lunatik_jump, status));

#include "exports.h"

#include "vm.c"
#include "jit.c"
#include "event.c"
