/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * klua.h - all of Lua, for the one translation unit that it is compiled in
 *
 * Include lconf.h and lentry.h before, with LUA_CORE and LUA_LIB defined.
 */

/* Names of the kernel that Lua uses for its own. */
#pragma push_macro("current")
#undef current

#undef LUAI_FUNC
#undef LUAI_DDEC
#undef LUAI_DDEF
#define LUAI_FUNC	static __attribute__((__unused__))
#define LUAI_DDEC(def)	static def
#define LUAI_DDEF	static
#ifndef LUAI_JUMPTABLE
#define LUAI_JUMPTABLE
#endif

/* Lua marks its fall-throughs by comments, which the kernel's flags do not accept. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"

#include "lformat.h"
#include "lprefix.h"

#include "lcode.h"
#include "ldebug.h"
#include "ldo.h"
#include "lfunc.h"
#include "lgc.h"
#include "llex.h"
#include "lmem.h"
#include "lobject.h"
#include "lparser.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"
#include "lvm.h"
#include "lauxlib.h"

#include "klimits.h"

#include "lzio.c"
#include "lctype.c"
#include "lopcodes.c"
#include "lmem.c"
#include "lstate.c"
#include "lgc.c"
#include "kgc.c"
#include "llex.c"
#include "lcode.c"
#include "lparser.c"
#include "ldebug.c"
#include "lfunc.c"
#include "lobject.c"
#include "ltm.c"
#include "lstring.c"
#include "ltable.c"

/* In ldo.c, the limit of the running entry. */
#pragma push_macro("LUAI_MAXSTACK")
#undef LUAI_MAXSTACK
#define LUAI_MAXSTACK	luaE_maxstack(L)
#include "ldo.c"
#pragma pop_macro("LUAI_MAXSTACK")

/* They look where the C stack is: inlined, they would take a register from luaV_execute(). */
LUAI_OWNFRAME void luaD_call(lua_State *L, StkId func, int results);
LUAI_OWNFRAME void luaD_callnoyield(lua_State *L, StkId func, int results);

#include "kcall.c"

/* In lvm.c, calls of leaves, methods and lengths of handles. Of luaV_fastget()'s users, OP_SELF alone names luaH_getstr. */
#pragma push_macro("luaV_fastget")
#undef luaV_fastget
#define luaV_fastget(L, t, k, slot, f)	fastget_##f(L, t, k, slot)
#define fastget_table(t, slot, f, k) \
	(!ttistable(t) ? (slot = NULL, 0) : (slot = f(hvalue(t), k), !isempty(slot)))
#define fastget_luaH_get(L, t, k, slot)	fastget_table(t, slot, luaH_get, k)
#define fastget_luaH_getshortstr(L, t, k, slot)	fastget_table(t, slot, luaH_getshortstr, k)
#define fastget_luaH_getstr(L, t, k, slot) \
	(ttistable(t) ? (slot = luaH_getstr(hvalue(t), k), !isempty(slot)) : \
	 (slot = luaE_method(L, t, k), !isempty(slot) || (slot = NULL, 0)))
#define luaD_precall(L, func, nresults)	luaE_precall(L, func, nresults)
#define luaT_callTMres(L, f, p1, p2, res)	luaE_calltm(L, f, p1, p2, res)
/* There are no hooks: see kvm.h. */
#define hookmask	status & 0
LUAI_NOPROTECTOR LUAI_FUNC void luaV_execute(lua_State *L, CallInfo *ci);
/* Contents of strings; the other copies are short. */
#pragma push_macro("memcpy")
#undef memcpy
#define memcpy(to, from, size)	luaE_copy(to, from, size)
#include "lvm.c"
#pragma pop_macro("memcpy")
#undef hookmask
#undef luaT_callTMres
#undef luaD_precall
#pragma pop_macro("luaV_fastget")

#include "lapi.c"

#include "kbudget.c"
#include "kinteger.c"
#include "kstack.c"
#include "ktext.c"

/* Sets functions one after the other through the API; kinit.c has a quicker form of it. */
#pragma push_macro("luaL_setfuncs")
#undef luaL_setfuncs
#define luaL_setfuncs	luaE_setclosures
LUALIB_API void luaE_setclosures(lua_State *L, const luaL_Reg *functions, int upvalues);
#include "lauxlib.c"
#undef luaL_setfuncs
#pragma pop_macro("luaL_setfuncs")
#ifdef __CHECKER__	/* sparse knows no pop_macro */
#define luaL_setfuncs	lunatik_luaL_setfuncs
#endif
#include "lbaselib.c"
#include "lcorolib.c"
#include "ltablib.c"
#include "lstrlib.c"
#include "kstring.c"
#include "lutf8lib.c"

#include "kmathlib.c"
#include "kdblib.c"
#include "kpackage.c"
#include "kinit.c"

#pragma GCC diagnostic pop

/* Macros of Lua's sources that would surprise what follows. */
#undef next
#undef save
#undef cast
#undef check

#pragma pop_macro("current")
