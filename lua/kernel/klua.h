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

/* Macros of Lua's sources that would surprise what follows. */
#undef next
#undef save
#undef cast
#undef check

#pragma pop_macro("current")
