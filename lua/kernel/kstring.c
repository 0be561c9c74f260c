// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kstring.c - what the libraries of strings charge, their buffers, and string.gsub
 */

/* Charge for the steps of a match that have been counted; *@steps is what was left of MATCHSTEPS. */
void lunatik_chargesteps(lua_State *L, int *steps)
{
	size_t n = (size_t)(MATCHSTEPS - *steps);

	*steps = MATCHSTEPS;
	lua_charge(L, n);
}

/* Comparing this much costs next to nothing. */
#define STRING_SHORT	16

/* Are two areas equal? Charges for what is compared. */
int lunatik_samebytes(lua_State *L, const char *a, const char *b, size_t length)
{
	lua_charge(L, 1);
	if (length > STRING_SHORT) {
		if (memcmp(a, b, STRING_SHORT) != 0)
			return 0;
		lua_charge(L, length >> 4);
	}
	return memcmp(a, b, length) == 0;
}

/*
 * Move a buffer to a userdata of @size bytes, which takes the place of the previous one, or of the placeholder, at
 * index @box. Plain userdata need no finalizer to free their memory.
 */
char *lunatik_growbuffer(lua_State *L, luaL_Buffer *buffer, size_t size, int box)
{
	char *bytes;

	lua_charge(L, size >> 4);
	bytes = (char *)lua_newuserdatauv(L, size, 0);
	memcpy(bytes, buffer->b, buffer->n);
	lua_replace(L, box - 1);
	return bytes;
}

/* The state of string.gsub. */
struct gsub_state {
	MatchState match;
	luaL_Buffer result;
};

__attribute__((__noinline__))
static int gsub_onstack(lua_State *L)
{
	struct gsub_state state;

	return gsub_aux(L, &state.match, &state.result);
}

/*
 * string.gsub(s, pattern, replacement [, n])
 *
 * A function, or what a table's __index calls, may come here again: each level would keep 500 bytes of the C stack.
 */
int str_gsub(lua_State *L)
{
	int type = lua_type(L, 3);
	struct gsub_state *state;

	if (type != LUA_TFUNCTION && type != LUA_TTABLE)
		return gsub_onstack(L);
	lua_settop(L, 4);		/* the state is above the arguments */
	state = (struct gsub_state *)lua_newuserdatauv(L, sizeof(*state), 0);
	return gsub_aux(L, &state->match, &state->result);
}
