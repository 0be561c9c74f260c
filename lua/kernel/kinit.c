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

LUALIB_API void luaL_openlibs(lua_State *L)
{
	const luaL_Reg *library;

	for (library = standard_libraries; library->func; library++) {
		luaL_requiref(L, library->name, library->func, 1);
		lua_pop(L, 1);
	}
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	lua_pop(L, 1);
}
