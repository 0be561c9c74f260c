// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kcall.c - what the interpreter does with handles and functions of the host: methods, leaves
 *
 * Included before lvm.c, whose macros klua.h redirects to here. An unusual case goes Lua's own way, before anything has
 * happened.
 */

/* The function behind each leaf: for whatever the leaf has left alone. Upvalue: the leaf. */
static int luaE_callleaf(lua_State *L)
{
	const struct lua_Leaf *leaf = pvalue(&clCvalue(s2v(L->ci->func.p))->upvalue[0]);

	return leaf->function(L);
}

/* Push a C function that has a short form. */
LUAI_FUNC void luaE_pushleaf(lua_State *L, const struct lua_Leaf *leaf)
{
	lua_pushlightuserdata(L, (void *)leaf);
	lua_pushcclosure(L, luaE_callleaf, 1);
}

#define ishandle(o)	(ttisfulluserdata(o) && uvalue(o)->handle)
#define handlepayload(o)	((void *)(cast_charp(uvalue(o)) + offsetof(Udata0, bindata)))

/* (handle, integer) -> integer */
l_sinline int leafget(lua_State *L, const struct lua_Leaf *leaf, StkId func, int nresults)
{
	if (L->top.p != func + 3 || nresults != 1 || !ishandle(s2v(func + 1)) || !ttisinteger(s2v(func + 2)) ||
	    !leaf->leaf(handlepayload(s2v(func + 1)), ivalue(s2v(func + 2)), &val_(s2v(func)).i))
		return 0;
	settt_(s2v(func), LUA_VNUMINT);
	return 1;
}

/* (handle, integer, integer) -> nothing */
l_sinline int leafset(lua_State *L, const struct lua_Leaf *leaf, StkId func, int nresults)
{
	return L->top.p == func + 4 && nresults == 0 && ishandle(s2v(func + 1)) && ttisinteger(s2v(func + 2)) &&
	       ttisinteger(s2v(func + 3)) &&
	       leaf->leaf(handlepayload(s2v(func + 1)), ivalue(s2v(func + 2)), &val_(s2v(func + 3)).i);
}

/* (integer) -> integer, () -> integer */
l_sinline int leafnumber(lua_State *L, const struct lua_Leaf *leaf, StkId func, int nresults)
{
	int narg = cast_int(L->top.p - func) - 1;
	lua_Integer argument = 0;

	if (nresults != 1 || narg != (leaf->shape == LUA_LEAFMAP))
		return 0;
	if (narg == 1) {
		if (!ttisinteger(s2v(func + 1)))
			return 0;
		argument = ivalue(s2v(func + 1));
	}
	if (!leaf->leaf(NULL, argument, &val_(s2v(func)).i))
		return 0;
	settt_(s2v(func), LUA_VNUMINT);
	return 1;
}

/* Call a leaf. It costs what calling any C function costs. */
static __attribute__((__noinline__)) int luaE_leaf(lua_State *L, StkId func, int nresults)
{
	const struct lua_Leaf *leaf = pvalue(&clCvalue(s2v(func))->upvalue[0]);
	int done;

	if (l_unlikely(G(L)->entry.slice <= 2))
		return 0;
	if (l_likely(leaf->shape == LUA_LEAFGET))
		done = leafget(L, leaf, func, nresults);
	else if (leaf->shape == LUA_LEAFSET)
		done = leafset(L, leaf, func, nresults);
	else
		done = leaf->shape < LUA_LEAFLENGTH && leafnumber(L, leaf, func, nresults);
	if (l_likely(done))
		G(L)->entry.slice -= 2;
	return done;
}

/* The frame of a Lua function, if there is room: the same as luaD_precall() makes. */
l_sinline CallInfo *luaE_frame(lua_State *L, StkId func, int nresults)
{
	Proto *p = clLvalue(s2v(func))->p;
	CallInfo *ci = L->ci->next;
	int fsize = p->maxstacksize;
	int narg = cast_int(L->top.p - func) - 1;

	if (l_unlikely(!ci || L->stack_last.p - L->top.p <= fsize))
		return luaD_precall(L, func, nresults);
	luaE_charge(L, 1 + (p->sizecode >> 4));
	ci->func.p = func;
	ci->nresults = nresults;
	ci->callstatus = 0;
	ci->top.p = func + 1 + fsize;
	ci->u.l.savedpc = p->code;
	L->ci = ci;
	for (; narg < p->numparams; narg++)
		setnilvalue(s2v(L->top.p++));
	return ci;
}

/* luaD_precall() of the interpreter's own calls. */
l_sinline CallInfo *luaE_precall(lua_State *L, StkId func, int nresults)
{
	if (l_likely(ttisLclosure(s2v(func))))
		return luaE_frame(L, func, nresults);
	if (ttisCclosure(s2v(func)) && clCvalue(s2v(func))->f == luaE_callleaf && luaE_leaf(L, func, nresults))
		return NULL;
	return luaD_precall(L, func, nresults);
}

/* The method of a handle, or an empty value. (A long key is in no table of methods.) */
l_sinline const TValue *luaE_method(lua_State *L, const TValue *o, TString *key)
{
	const struct lua_HandleClass *class;

	if (!ttisfulluserdata(o))
		return &absentkey;
	class = &G(L)->entry.classes[uvalue(o)->handle];
	if (class->metatable != uvalue(o)->metatable)
		return &absentkey;
	return luaH_getshortstr((Table *)class->methods, key);
}

/* The length of a handle is an integer of its own. */
l_sinline int leaflength(const TValue *f, const TValue *handle, lua_Integer *length)
{
	const struct lua_Leaf *leaf;

	if (clCvalue(f)->f != luaE_callleaf)
		return 0;
	leaf = pvalue(&clCvalue(f)->upvalue[0]);
	return leaf->shape == LUA_LEAFLENGTH && leaf->leaf(handlepayload(handle), 0, length);
}

/* Fields of handles: the third upvalue of the function __index is the leaf, or NULL. Metamethods of others get here, too. */
static int leaffield(lua_State *L, const TValue *f, const TValue *handle, const TValue *key, StkId res)
{
	const struct lua_Leaf *leaf;
	lua_Integer value;
	int done;

	if (clCvalue(f)->f != G(L)->entry.field || !ttisshrstring(key))
		return 0;
	leaf = pvalue(&clCvalue(f)->upvalue[2]);
	if (!leaf)
		return 0;
	done = leaf->leaf(handlepayload(handle), lua_fieldkey(getshrstr(tsvalue(key)), tsvalue(key)->shrlen), &value);
	if (done == LUA_LEAFTEXT) {
		setsvalue2s(L, res, luaS_new(L, (const char *)value));
		luaC_checkGC(L);
	} else if (done) {
		setivalue(s2v(res), value);
	}
	return done;
}

/* luaT_callTMres() of the interpreter: leaves of handles need no frame. */
static void luaE_calltm(lua_State *L, const TValue *f, const TValue *p1, const TValue *p2, StkId res)
{
	lua_Integer length;

	if (ishandle(p1) && ttisCclosure(f) && G(L)->entry.slice > 2) {
		if (leaffield(L, f, p1, p2, res)) {
			G(L)->entry.slice -= 2;
			return;
		}
		if (leaflength(f, p1, &length)) {
			setivalue(s2v(res), length);
			G(L)->entry.slice -= 2;
			return;
		}
	}
	luaT_callTMres(L, f, p1, p2, res);
}
