// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * fire.c - call the function of a probe with its event
 */
#include "probe.h"

/* Puts the string at the top of the stack into the value that the exit of the call will get. */
static void fire_take(lua_State *L, struct luaprobe_value *result)
{
	char refusal[] = "what entry returns does not reach exit: it is neither an integer nor a string of at most 32 bytes";
	size_t length = LUAPROBE_PASSED + 1;
	const char *text = NULL;

	if (lua_type(L, -1) == LUA_TSTRING)
		text = lua_tolstring(L, -1, &length);
	if (lua_isinteger(L, -1)) {
		result->length = LUAPROBE_INTEGER;
		result->integer = lua_tointeger(L, -1);
	} else if (length <= LUAPROBE_PASSED) {
		result->length = length;
		memcpy(result->text, text, length);
	} else if (!lua_isnil(L, -1)) {
		lunatik_log(L, "probe", refusal, 0);
	}
}

/* function(event, text): making the text may raise; arguments: function, event, and a struct luaprobe_value */
static int fire_withtext(lua_State *L)
{
	const struct luaprobe_value *value = lua_touserdata(L, 3);

	lua_settop(L, 2);
	lua_pushlstring(L, value->text, value->length);
	lua_call(L, 2, 0);
	return 0;
}

static void fire_call(struct lunatik_entry *entry, int slot,
		      const struct luaprobe_value *argument, struct luaprobe_value *result)
{
	lua_State *L = entry->L;
	int nargs = 1;

	if (!lua_checkstack(L, 8))
		return;
	if (argument && argument->length >= 0) {
		lua_pushcfunction(L, fire_withtext);
		nargs = 3;
	}
	lua_pushvalue(L, slot);
	lua_pushvalue(L, LUAPROBE_HANDLE);
	if (nargs == 3) {
		lua_pushlightuserdata(L, (void *)argument);
	} else if (argument && argument->length == LUAPROBE_INTEGER) {
		lua_pushinteger(L, argument->integer);
		nargs = 2;
	}
	if (lunatik_call(entry, nargs, result ? 1 : 0) != LUA_OK || !result)
		return;
	fire_take(L, result);
	lua_pop(L, 1);
}

static noinline void fire_enter(struct luaprobe_site *site, int slot, void *now,
				const struct luaprobe_value *argument,
				struct luaprobe_value *result)
{
	struct lunatik_entry entry;

	if (lunatik_enter(&site->hook, &entry))
		return;
	site->event->now = now;
	fire_call(&entry, slot, argument, result);
	site->event->now = NULL;
	lunatik_leave(&entry);
}

/* The runtime is entered by the short way. */
static noinline void fire_inside(struct luaprobe_site *site, int slot, bool called,
				 const struct luaprobe_value *argument,
				 struct luaprobe_value *result)
{
	struct lunatik_entry *entry = &site->hook.prepared.entry;

	if (called) {
		fire_take(entry->L, result);
		lua_pop(entry->L, 1);
	} else {
		fire_call(entry, slot, argument, result);
	}
	site->event->now = NULL;
	lunatik_event_leave(&site->hook);
}

/**
 * luaprobe_fire() - call a function of a probe
 * @site: of the state that is to be entered; between luaprobe_begin() and luaprobe_end()
 * @slot: of the function, in the hook's thread
 * @now: of the event, by its kind
 * @argument: second argument of the function, or NULL
 * @result: set to what the function returns, or left alone; or NULL
 *
 * Context: any, without preemption
 */
void luaprobe_fire(struct luaprobe_site *site, int slot, void *now,
		   const struct luaprobe_value *argument, struct luaprobe_value *result)
{
	const lua_Integer *integer = NULL;
	lua_Integer number;
	int code = LUNATIK_EVENT_ENTER;

	if (argument && argument->length == LUAPROBE_INTEGER)
		integer = &argument->integer;
	if (likely(!argument || argument->length < 0))
		code = lunatik_event_trace(&site->hook, slot, &site->event->now, now,
					   integer, result ? &number : NULL);
	if (likely(code == 0))
		return;
	if (code == 1) {
		result->length = LUAPROBE_INTEGER;
		result->integer = number;
	} else if (code == LUNATIK_EVENT_ENTER) {
		fire_enter(site, slot, now, argument, result);
	} else if (code != LUNATIK_EVENT_FAILED) {
		fire_inside(site, slot, code == LUNATIK_EVENT_RESULTS, argument, result);
	}
}
