// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kstack.c - the C stack is limited by the bytes that the running entry has left
 */

/*
 * The C stack is used up: raise an error that names the innermost Lua function. No message handler runs, for which no
 * stack would be left.
 */
static l_noret stack_overflow(lua_State *L)
{
	const char *message = luaO_pushfstring(L, "stack overflow");
	CallInfo *ci = L->ci;

	while (ci && !isLua(ci))
		ci = ci->previous;
	if (ci) {
		luaG_addinfo(L, message, ci_func(ci)->p->source, getcurrentline(ci));
		setobjs2s(L, L->top.p - 2, L->top.p - 1);	/* in place of the message alone */
		L->top.p--;
	}
	L->errfunc = 0;
	luaG_errormsg(L);
}

/*
 * Called when calls or bytes of the C stack have run out. Bytes count as having reached LUAI_MAXCCALLS; the protected
 * call that catches the error restores the count. A larger count means that an overflow is being handled, for which
 * some calls and bytes more may be used.
 */
void luaE_cstackfull(lua_State *L)
{
	if (getCcalls(L) < LUAI_MAXCCALLS)
		L->nCcalls += LUAI_MAXCCALLS - getCcalls(L);
	if (getCcalls(L) == LUAI_MAXCCALLS)
		stack_overflow(L);
	if ((unsigned long)__builtin_frame_address(0) < G(L)->entry.stacklimit - LUAI_CSTACKEXTRA)
		luaD_errerr(L);
}

/**
 * lua_checkcstack - raise "stack overflow" if the C stack is used up
 * @L: running thread
 *
 * For C functions that recurse without calling Lua.
 */
LUA_API void lua_checkcstack(lua_State *L)
{
	if (luaE_cstacklow(L))
		luaE_checkcstack(L);
}
