// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * error.c - what an error says, and where it happened.
 */
#include <linux/sched/signal.h>

#include "error.h"
#include "context.h"
#include "runtime.h"

#define ERROR_NOMEMORY	"not enough memory"	/* as Lua says it */

/**
 * lunatik_error_describe() - note a message, and the line of the script that runs
 * @L: the running thread
 * @text: the message
 *
 * Goes to @message of the runtime. Neither raises nor allocates.
 */
void lunatik_error_describe(lua_State *L, const char *text)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	lua_Debug ar;
	int level = 0;

	while (lua_getstack(L, level++, &ar)) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline > 0) {
			snprintf(rt->error.message, sizeof(rt->error.message),
				 "%s:%d: %s", ar.short_src, ar.currentline,
				 text);
			return;
		}
	}
	snprintf(rt->error.message, sizeof(rt->error.message), "%s: %s",
		 rt->name, text);
}

/**
 * lunatik_nomemory() - note where memory ran out: Lua's own message cannot say
 *
 * A state that is being made does not know its runtime yet; its allocator does.
 */
void lunatik_nomemory(lua_State *L)
{
	struct lunatik_runtime *rt;
	void *owner;

	lua_getallocf(L, &owner);
	rt = owner;
	if (!rt->current_entry || rt->vm->abort)
		return;
	lunatik_error_describe(L, ERROR_NOMEMORY);
	rt->error.outofmemory = true;
	rt->current_entry->unusual = true;
}

/**
 * lunatik_error_text() - what an error says, without running Lua
 * @L: the thread with the error value on top
 * @status: of the call
 * @buffer: for what has to be put together
 * @size: of @buffer
 */
const char *lunatik_error_text(lua_State *L, int status, char *buffer,
			       size_t size)
{
	struct lunatik_runtime *rt = lunatik_of(L);

	if (status == LUA_ERRABORT)
		return rt->error.message;
	if (status == LUA_ERRMEM && rt->error.outofmemory)
		return rt->error.message;
	if (lua_type(L, -1) == LUA_TSTRING)
		return lua_tostring(L, -1);
	if (lua_isinteger(L, -1)) {
		snprintf(buffer, size, "error %lld",
			 (long long)lua_tointeger(L, -1));
		return buffer;
	}
	snprintf(buffer, size, "(error object is a %s value)",
		 luaL_typename(L, -1));
	return buffer;
}

/**
 * lunatik_text_copy() - copy a message that may be too long for its place
 * @to: the place
 * @text: the message
 * @size: of @to, 8 or more
 *
 * The end stays: where a function has put its position before the message of
 * another one, again and again, it says what happened.
 */
void lunatik_text_copy(char *to, const char *text, size_t size)
{
	int head = size / 2;
	size_t length = strlen(text), tail = size - head - sizeof(" ... ");

	if (length < size)
		memcpy(to, text, length + 1);
	else
		snprintf(to, size, "%.*s ... %s", head, text,
			 text + length - tail);
}

static bool error_endswith(lua_State *L, const char *end)
{
	size_t length, n = strlen(end);
	const char *text = lua_tolstring(L, -1, &length);

	return length >= n && !strcmp(text + length - n, end);
}

/**
 * lunatik_error_isinterrupt() - whether an error is how a request to end reaches a script that waits
 * @entry: the entry that it ended
 * @L: the thread with the error value on top
 *
 * Sockets raise the number EINTR then, completions and mailboxes say "interrupt".
 */
bool lunatik_error_isinterrupt(struct lunatik_entry *entry, lua_State *L)
{
	struct lunatik_hook *hook = entry->hook;

	if (!(entry->flags & LUNATIK_MAYSLEEP) ||
	    (!READ_ONCE(entry->runtime->stopping) &&
	     !(hook && READ_ONCE(hook->stopping)) && !signal_pending(current)))
		return false;
	if (lua_isinteger(L, -1))
		return lua_tointeger(L, -1) == EINTR;
	return lua_type(L, -1) == LUA_TSTRING && error_endswith(L, "interrupt");
}
