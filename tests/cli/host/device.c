// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stands in for the control device: runs the real session.lua under the system's Lua.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lualib.h>

#include "cli.h"

static lua_State *state;
static bool cut_off;

/* As in the kernel, a signal that comes while the chunk runs ends it, and nothing in the chunk can catch that. */
static void hook(lua_State *L, lua_Debug *ar)
{
	sigset_t pending, mask;

	(void)ar;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigpending(&pending);
	if (!cut_off && !(sigismember(&pending, SIGINT) && sigismember(&mask, SIGINT)))
		return;
	lua_sethook(L, hook, LUA_MASKCOUNT, 1);
	luaL_error(L, "cut off");
}

static struct sigaction callers;

static void on_signal(int signal)
{
	cut_off = true;
	callers.sa_handler(signal);
}

int device_open(void)
{
	if (access(PATH_DEVICE, F_OK))
		return -ENOENT;
	if (access(LUNATIK_ROOT "/refuse", F_OK) == 0)
		return -EPERM;
	state = luaL_newstate();
	luaL_openlibs(state);
	lua_pushliteral(state, TEST_LIBRARY "/?.lua");
	lua_setglobal(state, "LIBRARY");
	lua_pushliteral(state, LUNATIK_ROOT);
	lua_setglobal(state, "ROOT");
	if (luaL_dofile(state, TEST_MOCK)) {
		print_error("%s", lua_tostring(state, -1));
		return -EIO;
	}
	return 3;
}

static int call(const char *name)
{
	lua_getfield(state, 1, name);
	lua_pushvalue(state, 1);
	return 0;
}

ssize_t device_write(int fd, const void *data, size_t size)
{
	struct sigaction action = { .sa_handler = on_signal };
	int failed;

	(void)fd;
	cut_off = false;
	sigaction(SIGINT, &action, &callers);
	call("write");
	lua_pushlstring(state, data, size);
	lua_sethook(state, hook, LUA_MASKCOUNT, 1000);
	failed = lua_pcall(state, 2, 0, 0);
	lua_sethook(state, NULL, 0, 0);
	sigaction(SIGINT, &callers, NULL);
	if (cut_off)
		lua_settop(state, 1);
	if (cut_off && failed)
		return -EINTR;
	if (failed)
		print_error("mock: %s", lua_tostring(state, -1));
	lua_settop(state, 1);
	return failed ? -ECANCELED : (ssize_t)size;
}

/* Gives few bytes at a time, so that answers take several reads. */
ssize_t device_read(int fd, void *data, size_t size)
{
	const char *text;
	size_t got;

	(void)fd;
	if (size > 13)
		size = 13;
	call("read");
	lua_pushinteger(state, size);
	if (lua_pcall(state, 2, 1, 0)) {
		print_error("mock: %s", lua_tostring(state, -1));
		return -ECANCELED;
	}
	text = lua_tolstring(state, -1, &got);
	if (!text)
		got = 0;
	memcpy(data, text ? text : "", got);
	lua_settop(state, 1);
	return got;
}

void device_close(int fd)
{
	(void)fd;
	lua_close(state);
	state = NULL;
}
