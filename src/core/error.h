/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * error.h - what an error says, and where it happened
 */
#ifndef LUNATIK_ERROR_H
#define LUNATIK_ERROR_H

#include <lunatik.h>

#define LUNATIK_MESSAGELEN	256

/**
 * struct lunatik_error - what ended an entry without a Lua value that says it
 * @outofmemory: @message says where memory ran out
 * @message: with the script's line
 */
struct lunatik_error {
	bool outofmemory;
	char message[LUNATIK_MESSAGELEN];
};

void lunatik_error_describe(lua_State *L, const char *text);
void lunatik_text_copy(char *to, const char *text, size_t size);
bool lunatik_error_isinterrupt(struct lunatik_entry *entry, lua_State *L);
const char *lunatik_error_text(lua_State *L, int status, char *buffer,
			       size_t size);

#endif
