/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lconf.h - Lua's configuration for the kernel: integers only, small buffers, no C library.
 *
 * Included before any other header of Lua, by lunatik_names.h. Everything that Lua lets its host configure is here, and
 * needs no patch.
 */
#ifndef lconf_h
#define lconf_h

#include <luaconf.h>

/* A number is an integer. A numeral with a fraction or an exponent does not convert. */
#undef LUA_NUMBER
#undef l_floatatt
#undef LUAI_NUMFFORMAT
#undef LUAI_UACNUMBER
#undef LUA_NUMBER_FRMLEN
#undef LUA_NUMBER_FMT
#undef l_mathop
#undef l_floor
#undef lua_number2str
#undef lua_numbertointeger
#undef lua_str2number
#undef lua_strx2number
#undef lua_number2strx
#undef lua_getlocaledecpoint
#undef LUAI_MAXALIGN
#undef LUA_MAXINTEGER
#undef LUA_MININTEGER

#define LUA_MAXINTEGER			0x7fffffffffffffffLL
#define LUA_MININTEGER			(-LUA_MAXINTEGER - 1)
#define LUA_NUMBER			long long
#define LUAI_UACNUMBER			long long
#define LUA_NUMBER_FRMLEN		"ll"
#define LUA_NUMBER_FMT			"%lld"
#define LUA_FLOATATT_MANT_DIG		64
#define LUA_FLOATATT_MAX_10_EXP		19
#define l_floatatt(n)			(LUA_FLOATATT_##n)
#define l_mathop(op)			lua_int_##op
#define lua_int_fmod(a, b)		((a) % (b))
#define l_floor(x)			(x)
#define lua_number2str(s, sz, n)	lua_integer2str(s, sz, n)
#define lua_numbertointeger(n, p)	((*(p) = (n)), 1)
#define lua_str2number(s, p)		((void)(p), *(p) = (char *)(s), 0)
#define lua_strx2number(s, p)		lua_str2number(s, p)
#define lua_number2strx(L, b, sz, f, n)	lua_number2str(b, sz, n)
#define lua_getlocaledecpoint()		'.'
#define l_hashfloat(n)			((int)(n))
#define luai_numdiv(L, a, b)		luaV_idiv(L, a, b)
#define luai_numidiv(L, a, b)		luaV_idiv(L, a, b)
#define luai_nummod(L, a, b, m)		((m) = luaV_mod(L, a, b))
#define luai_numpow(L, a, b)		(luaG_runerror(L, "no operator '^' (integers only)"), (void)(b), (a))
#define LUAI_MAXALIGN			lua_Integer i; void *s; long l

/*
 * Nothing defines LUAI_FLOATS, LUAI_STDIO and LUAI_BOXES.
 * The patches put functions for floats, files and blocks with finalizers behind them.
 * These macros replace calls of such functions.
 */
#define luaK_numberK(fs, r)		luaK_intK(fs, r)
#define quotefloat(L, b, n)		lua_integer2str(b, MAX_ITEM, n)
#define L_MAXLENNUM			1

/* Files are read by the host: lentry.h. */
#define luaL_loadfilex			lunatik_loadfile

/* Frames stay below 512 bytes. */
#undef LUAL_BUFFERSIZE
#define LUAL_BUFFERSIZE			128

/* Formatting without the C library: lformat.h, which lua.c includes before the sources of Lua. */
#undef l_sprintf
#undef lua_integer2str
#undef lua_pointer2str
#define l_sprintf(s, sz, f, i)		lua_format(s, sz, f, i)
#define lua_integer2str(s, sz, n)	lua_formatinteger(s, sz, n)
#define lua_pointer2str(s, sz, p)	lua_formatpointer(s, sz, p)

/* The libraries alone have more than a hundred strings. */
#define MINSTRTABSIZE			256

#define l_signalT			int
#define luai_userstateopen(L)		luaE_hostmessages(L)
#define l_randomizePivot()		((unsigned int)(luai_intseed >> 32))	/* takes no lock in a probe */
#define luai_makeseed(L)		((void)(L), lunatik_seed())

/* Where kernel modules are looked for is the business of the host; only Lua files have a path. */
#undef LUA_PATH_DEFAULT
#undef LUA_CPATH_DEFAULT
#define LUA_PATH_DEFAULT \
	"/lib/modules/lua/?.lua;/lib/modules/lua/?/init.lua"

/* Searched before package.path, whose value is documented: the administrator's folder, as for scripts. */
#define LUA_PATH_FIRST \
	"/etc/lunatik/?.lua;/etc/lunatik/?/init.lua"

#endif
