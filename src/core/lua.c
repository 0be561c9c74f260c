// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lua.c - Lua, in one translation unit
 *
 * One unit lets objtool see which of Lua's functions never return, lets the compiler drop what nothing uses, and keeps
 * Lua's internals static; vm.c, at the end, is the part of the core that needs them.
 */
#define LUA_CORE
#define LUA_LIB

#include <lunatik.h>
#include <lentry.h>

#include <linux/export.h>

#include "jump_table.h"

#define LUAI_JUMPTABLE	lunatik_jump_table

#include "klua.h"

static_assert(offsetof(struct lua_longjmp, b) == offsetof(struct lunatik_jump, buffer));
static_assert(offsetof(struct lua_longjmp, status) == offsetof(struct lunatik_jump, status));

#include "exports.h"

#include "vm.c"
