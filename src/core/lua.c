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

/* Names of the kernel that Lua uses for its own. */
#pragma push_macro("current")
#undef current

#undef LUAI_FUNC
#undef LUAI_DDEC
#undef LUAI_DDEF
#define LUAI_FUNC	static __attribute__((__unused__))
#define LUAI_DDEC(def)	static def
#define LUAI_DDEF	static
#define LUAI_JUMPTABLE	lunatik_jump_table

/* Lua marks its fall-throughs by comments, which the kernel's flags do not accept. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"

#include "lformat.h"


#include "lzio.c"
#include "lctype.c"
#include "lopcodes.c"
#include "lmem.c"
#include "lstate.c"
#include "lgc.c"
#include "llex.c"
#include "lcode.c"
#include "lparser.c"
#include "ldebug.c"
#include "lfunc.c"
#include "lobject.c"
#include "ltm.c"
#include "lstring.c"
#include "ltable.c"
#include "ldo.c"
#include "lvm.c"
#include "lapi.c"

#include "lauxlib.c"
#include "lbaselib.c"
#include "lcorolib.c"
#include "ltablib.c"
#include "lstrlib.c"
#include "lutf8lib.c"

#include "kmathlib.c"
#include "kdblib.c"
#include "kpackage.c"
#include "kinit.c"

#pragma GCC diagnostic pop

static_assert(offsetof(struct lua_longjmp, b) == offsetof(struct lunatik_jump, buffer));
static_assert(offsetof(struct lua_longjmp, status) == offsetof(struct lunatik_jump, status));

/* Macros of Lua's sources that would surprise what follows. */
#undef next
#undef save
#undef cast
#undef check

#pragma pop_macro("current")

#include "exports.h"

#include "vm.c"
