// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kinteger.c - numbers are integers
 */

/* Make one of the values of a numeric 'for' an integer: a string may be one. */
static void forvalue(lua_State *L, TValue *o, const char *what)
{
	lua_Integer n;

	if (l_likely(ttisinteger(o)))
		return;
	luaE_chargelong(L, o);
	if (l_unlikely(!tointeger(o, &n)))
		luaG_forerror(L, o, what);
	setivalue(o, n);
}

/* Check and convert the values of a numeric 'for', in the order of Lua's messages. */
void luaV_forvalues(lua_State *L, TValue *init, TValue *limit, TValue *step)
{
	forvalue(L, limit, "limit");
	forvalue(L, step, "step");
	forvalue(L, init, "initial value");
}
