// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kbudget.c - charges to the budget of the running entry, and its abort
 */

/**
 * lua_charge - spend units of the entry's budget
 * @L: running thread
 * @units: about one VM instruction, or 16 bytes copied, each
 *
 * For C functions whose work grows with their arguments; long work charges in steps. May raise an error that only the
 * host catches.
 */
LUA_API void lua_charge(lua_State *L, size_t units)
{
	luaE_chargesize(L, units);
}

/*
 * The slice is used up. Once the entry is aborted, every check throws, past message handlers and protected calls.
 * (Without any handler there is no entry, only the host working on the state.)
 */
__attribute__((__noinline__, __cold__))
void luaE_slice(lua_State *L)
{
	global_State *g = G(L);

	if (g->entry.slice < -LUAI_MAXCHARGE)
		g->entry.slice = -LUAI_MAXCHARGE;	/* no wrap around */
	if ((g->entry.abort || lunatik_slice(L) != 0) && (L->errorJmp || g->mainthread->errorJmp))
		luaD_throw(L, LUA_ERRABORT);
}

/* A call that was protected has ended: an abort goes on unwinding in @L, the thread that called, or NULL. */
void luaE_unwind(lua_State *L)
{
	if (L && G(L)->entry.abort && L->errorJmp)
		luaD_throw(L, LUA_ERRABORT);
}

/*
 * Finalizers wait while an abort unwinds, and when hardly any C stack is left: they would fail, and there is no second
 * call.
 */
int luaE_canfinalize(lua_State *L)
{
	const struct lua_Entry *entry = &G(L)->entry;

	return !entry->abort &&
	       (entry->stacklimit == 0 ||
		(unsigned long)__builtin_frame_address(0) > entry->stacklimit + 2 * LUAI_CSTACKEXTRA);
}

/* As luaS_eqlngstr; charges for what is compared, unless @L is NULL. */
int luaE_eqlngstr(lua_State *L, TString *a, TString *b)
{
	if (L && a != b && a->u.lnglen == b->u.lnglen)
		luaE_chargesize(L, a->u.lnglen >> 4);
	return luaS_eqlngstr(a, b);
}
