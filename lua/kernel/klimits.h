/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * klimits.h - macros and functions that the patched sources of Lua call: C stack, budget, collector
 *
 * Included by klua.h after Lua's headers and before its sources, so that it may replace their macros.
 */
#ifndef klimits_h
#define klimits_h

#include "lentry.h"

/* There are no floats: a float is stored as an integer. */
#undef setfltvalue
#define setfltvalue(obj, x)	setivalue(obj, x)

/* Takes the place of a macro of lmem.h. */
#undef luaM_error
#define luaM_error(L)		(lunatik_nomemory(L), luaD_throw(L, LUA_ERRMEM))

/* kinit.c: states and threads */

/* Secret factor of the hash of integer keys, the same for all states. */
static lua_Unsigned luai_intseed;

LUAI_FUNC void luaE_initentry(lua_State *L);
LUAI_FUNC void luaE_hostmessages(lua_State *L);
LUAI_FUNC int lunatik_pushnormal(lua_State *L);

/*
 * To objtool a function looks as if it could return: it checks bindings one object at a time, where nothing says that
 * lua_error never does.
 */
#define luai_mayreturn() \
do { \
	int never_ = 0; \
	__asm__ __volatile__("" : "+r" (never_)); \
	if (l_unlikely(never_)) \
		return 0; \
} while (0)

/* kinteger.c: numbers */

LUAI_FUNC void luaV_forvalues(lua_State *L, TValue *init, TValue *limit, TValue *step);

/* kstack.c: the C stack, by bytes */

/*
 * Is the C stack below the limit of the running entry? (The limit leaves a reserve for what is called without another
 * check.)
 */
#define luaE_cstacklow(L) \
	l_unlikely((unsigned long)__builtin_frame_address(0) < G(L)->entry.stacklimit)

/* Bytes that error handling may use beyond the limit. */
#define LUAI_CSTACKEXTRA	512

/* Size limit of Lua stacks in the running entry. */
#define luaE_maxstack(L) \
	((G(L)->entry.maysleep || G(L)->entry.maxstack < 0x10000) ? G(L)->entry.maxstack : 0x10000)

LUAI_FUNC void luaE_cstackfull(lua_State *L);

/*
 * The parser recurses through statement() and subexpr(). Inlined there, each of these would add its variables to every
 * level of nesting.
 */
#define LUAI_OWNFRAME	static __attribute__((__noinline__))

LUAI_OWNFRAME void close_func(LexState *ls);
LUAI_OWNFRAME void exprstat(LexState *ls);
LUAI_OWNFRAME void forstat(LexState *ls, int line);
LUAI_OWNFRAME void funcstat(LexState *ls, int line);
LUAI_OWNFRAME void localfunc(LexState *ls);
LUAI_OWNFRAME void localstat(LexState *ls);
LUAI_OWNFRAME void parlist(LexState *ls);
LUAI_OWNFRAME void repeatstat(LexState *ls, int line);
LUAI_OWNFRAME void retstat(LexState *ls);
LUAI_OWNFRAME void whilestat(LexState *ls, int line);
LUAI_OWNFRAME void luaK_infix(FuncState *fs, BinOpr op, expdesc *v);
LUAI_OWNFRAME void luaK_posfix(FuncState *fs, BinOpr op, expdesc *v1, expdesc *v2, int line);
LUAI_OWNFRAME void luaK_prefix(FuncState *fs, UnOpr op, expdesc *v, int line);

/* No array lies in its frame; the compiler would guard it for single values. */
#if defined(__has_attribute)
#if __has_attribute(__no_stack_protector__)
#define LUAI_NOPROTECTOR	__attribute__((__no_stack_protector__))
#endif
#endif
#ifndef LUAI_NOPROTECTOR
#define LUAI_NOPROTECTOR
#endif

/* kbudget.c: charges */

LUAI_FUNC void luaE_slice(lua_State *L);
LUAI_FUNC void luaE_unwind(lua_State *L);
LUAI_FUNC int luaE_canfinalize(lua_State *L);
LUAI_FUNC int luaE_eqlngstr(lua_State *L, TString *a, TString *b);

/*
 * Spend 'n' units of the entry's budget. One unit is about one VM instruction, or 16 bytes copied. When the slice is
 * used up, the host decides whether the entry goes on; if not, it is aborted.
 */
#define luaE_charge(L, n) \
	(l_unlikely((G(L)->entry.slice -= (n)) <= 0) ? luaE_slice(L) : (void)0)

/* Only notes the work, for code that cannot raise an error: the next charge checks it. */
#define luaE_debit(L, n) \
	((G(L)->entry.slice > -LUAI_MAXCHARGE) ? (void)(G(L)->entry.slice -= (n)) : (void)0)

/* The same for a size, clamped so that the slice cannot wrap around. */
#define LUAI_MAXCHARGE		(1 << 28)
#define luaE_units(n)		cast_int((n) < LUAI_MAXCHARGE ? (n) : LUAI_MAXCHARGE)
#define luaE_chargesize(L, n)	luaE_charge(L, luaE_units(n))

/* Moving a few values costs nothing. */
#define luaE_chargemany(L, n)	((n) > 16 ? luaE_charge(L, (n) >> 4) : (void)0)

/* An operation looks at the whole contents of 'o' if it is a long string. */
#define luaE_chargelong(L, o) \
	(l_unlikely(ttislngstring(o)) ? luaE_chargesize(L, tsvalue(o)->u.lnglen >> 4) : (void)0)

/* One more step along a chain of __index or __newindex. */
#define luaE_chargelookup(L, key)	(luaE_charge(L, 1), luaE_chargelong(L, key))

#define luaE_chargenumeral(L, s)	luaE_chargesize(L, strlen(s) >> 4)

#define luaE_strcmp(L, l, r) \
	(luaE_chargesize(L, (tsslen(l) < tsslen(r) ? tsslen(l) : tsslen(r)) >> 4), l_strcmp(l, r))

/*
 * For luaV_execute. A backward jump costs its length; it is charged before the jump, so that messages name the line of
 * the jump.
 */
#define chargejump(n) \
	{ if (l_unlikely((G(L)->entry.slice -= (n)) <= 0)) Protect(luaE_slice(L)); }

#define jumpby(n) \
	{ int off_ = (n); if (off_ < 0) chargejump(-off_); pc += off_; }

/* A lookup may compare the contents of a long key. */
#define chargekey(o) \
	(l_unlikely(ttislngstring(o)) ? (savestate(L, ci), luaE_chargelong(L, o)) : (void)0)

/* luaV_equalobj charges for the comparison of long strings. */
#define rawequalk(cond, o, k) \
	{ \
		if (l_likely(!ttislngstring(k))) \
			cond = luaV_rawequalobj(o, k); \
		else \
			halfProtect(cond = luaV_equalobj(L, o, k)); \
	}

/* Of the contents of strings, so many bytes are worth the start of a copy by words. */
#define LUAI_LONGCOPY		512

/*
 * Copies what a concatenation joins. Since Linux 6.4, memcpy() of processors without fast short copies executes twelve
 * instructions for 32 bytes, though they all copy long rows of words fast. KASAN and KMSAN look into memcpy() only.
 */
static inline void luaE_copy(void *to, const void *from, size_t size)
{
#if defined(__x86_64__) && !defined(CONFIG_KASAN) && !defined(CONFIG_KMSAN)
	size_t words = size / 8;

	if (size >= LUAI_LONGCOPY) {
		size %= 8;
		__asm__ __volatile__("rep movsq" : "+D" (to), "+S" (from), "+c" (words) : : "memory");
	}
#endif
	memcpy(to, from, size);
}

/* kgc.c: the collector */

/* Passes over ephemeron tables before their values are marked strongly. */
#define MAXCONVERGE		8

/* Work of one step in an entry that may not sleep. */
#define GCBOUNDEDWORK		1024

/*
 * Charge for 'n' units of collector work. The collector cannot be left by an error: when the slice is used up the host
 * may only reschedule. The first check after the collector then asks the host (endslices).
 */
#define luaC_charge(g, n) \
	(l_unlikely(((g)->entry.slice -= luaE_units(n)) <= 0) ? gcslice(g) : (void)0)

/* An entry that may not sleep has one emergency collection; none while an abort unwinds. */
#define mayemergency(g) \
	(!(g)->entry.abort && ((g)->entry.emergencies++ == 0 || (g)->entry.maysleep))

LUAI_FUNC void gcslice(global_State *g);
LUAI_FUNC void endslices(global_State *g);
LUAI_FUNC lu_mem propagatemark(global_State *g);
LUAI_FUNC void markephemerons(global_State *g);
LUAI_FUNC void boundedstep(lua_State *L, global_State *g);
LUAI_FUNC void luaC_collect(lua_State *L);

/* kstring.c: the libraries */

/* Number of steps of a match between charges; one looks at one item of the pattern. */
#define MATCHSTEPS		32

#define countsteps(ms, n) \
	(l_unlikely(((ms)->steps -= (int)(n)) < 0) ? lunatik_chargesteps((ms)->L, &(ms)->steps) : (void)0)

/* In a loop over bytes, of which 'n' have been looked at. */
#define countbytes(ms, n) \
	(l_unlikely(((n) & 1023) == 0) ? countsteps(ms, 256) : (void)0)

LUAI_FUNC void lunatik_chargesteps(lua_State *L, int *steps);
LUAI_FUNC int lunatik_samebytes(lua_State *L, const char *a, const char *b, size_t length);
LUAI_FUNC int str_gsub(lua_State *L);
LUAI_FUNC char *lunatik_growbuffer(lua_State *L, luaL_Buffer *buffer, size_t size, int box);

#endif
