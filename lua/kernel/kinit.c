// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kinit.c - what every state has: limits, libraries, strings that must exist; threads of the host
 */
#define LUA_LIB

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/**
 * luaE_initentry - prepare the limits of a state that is being made
 * @L: its main thread, which only the host enters
 */
void luaE_initentry(lua_State *L)
{
	struct lua_Entry *entry = &G(L)->entry;

	L->host = 1;
	memset(entry, 0, sizeof(*entry));
	entry->maysleep = 1;
	entry->maxstack = LUAI_MAXSTACK;
	entry->slice = INT_MAX;		/* until the host starts an entry */
	entry->classes[0].metatable = entry;	/* that of no handle */
	entry->classes[1].metatable = entry;
	entry->nclasses = 2;
	/* one secret for all states: the first one wins */
	__sync_val_compare_and_swap(&luai_intseed, 0,
				    (lua_Unsigned)luai_makeseed(L) << 32 | luai_makeseed(L) | 1);
}

/* Raised or set where no protected call may be there to catch a memory error: they must exist. */
static const char *const host_messages[] = {
	"cannot resume dead coroutine",
	"cannot resume non-suspended coroutine",
	"stack overflow",
	"error in error handling",
};

/* luai_userstateopen() */
void luaE_hostmessages(lua_State *L)
{
	const char *const *message;
	const char *const *end = host_messages + sizeof(host_messages) / sizeof(host_messages[0]);

	for (message = host_messages; message < end; message++)
		luaC_fix(L, obj2gco(luaS_newlstr(L, *message, strlen(*message))));
}

/* A script may not resume a thread that only the host enters; -1 is the mark of an error. */
int lunatik_pushnormal(lua_State *L)
{
	lua_pushliteral(L, "cannot resume non-suspended coroutine");
	return -1;
}

/* The name is on the stack meanwhile: the table may grow, and a collection come. */
static void set_function(lua_State *L, Table *table, const luaL_Reg *function)
{
	TValue value;

	setsvalue2s(L, L->top.p, luaS_newlstr(L, function->name, strlen(function->name)));
	api_incr_top(L);
	setbfvalue(&value);	/* a place to be filled in later */
	if (function->func)
		setfvalue(&value, function->func);
	luaH_set(L, table, s2v(L->top.p - 1), &value);
	L->top.p--;
}

/*
 * Without upvalues and metamethods, names go from the list to the table. A state has a hundred of them, and they are most of
 * what it costs to make one.
 */
LUALIB_API void luaL_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues)
{
	const TValue *top = s2v(L->top.p - 1);
	Table *table = upvalues || !ttistable(top) ? NULL : hvalue(top);

	if (!table || table->metatable) {
		luaE_setclosures(L, functions, upvalues);
		return;
	}
	luaL_checkstack(L, 1, NULL);
	for (; functions->name; functions++)
		set_function(L, table, functions);
	invalidateTMcache(table);
}

static const luaL_Reg standard_libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_LOADLIBNAME, luaopen_package },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_DBLIBNAME, luaopen_debug },
	{ NULL, NULL },
};

/* A table that grows by powers of two would move all that it has again and again. */
static void make_room(lua_State *L, int names)
{
	luaH_resize(L, hvalue(s2v(L->top.p - 1)), 0, names);
	lua_pop(L, 1);
}

LUALIB_API void luaL_openlibs(lua_State *L)
{
	const luaL_Reg *library;

	lua_pushglobaltable(L);
	make_room(L, 64);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	make_room(L, 16);
	for (library = standard_libraries; library->func; library++) {
		luaL_requiref(L, library->name, library->func, 1);
		lua_pop(L, 1);
	}
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	lua_pop(L, 1);
}
