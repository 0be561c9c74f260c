// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Gets a Lua value out of a session: the chunk writes it as one token a line, and here it becomes a jansson value.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define DEPTH_MAX	16

/* An empty table is written as an array. */
static const char dumper[] =
	"local parts = {}\n"
	"local escapes = {[\"\\\\\"] = \"\\\\\\\\\", [\"\\n\"] = \"\\\\n\"}\n"
	"local function emit(kind, text)\n"
	"\tparts[#parts + 1] = kind .. text:gsub(\"[\\\\\\n]\", escapes)\n"
	"end\n"
	"local function dump(value, depth)\n"
	"\tlocal kind = type(value)\n"
	"\tif kind == \"table\" and depth > 0 then\n"
	"\t\tlocal array = #value > 0 or next(value) == nil\n"
	"\t\temit(array and \"[\" or \"{\", \"\")\n"
	"\t\tfor key, item in (array and ipairs or pairs)(value) do\n"
	"\t\t\tif not array then emit(\"k\", tostring(key)) end\n"
	"\t\t\tdump(item, depth - 1)\n"
	"\t\tend\n"
	"\t\temit(\"e\", \"\")\n"
	"\telseif kind == \"number\" then emit(\"i\", tostring(value))\n"
	"\telseif kind == \"boolean\" then emit(value and \"t\" or \"f\", \"\")\n"
	"\telseif kind == \"nil\" then emit(\"n\", \"\")\n"
	"\telse emit(\"s\", tostring(value)) end\n"
	"end\n";

static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			*to++ = *++text == 'n' ? '\n' : *text;
		else
			*to++ = *text;
	}
	*to = '\0';
}

static json_t *parse_value(char **cursor, int depth);

static char *next_token(char **cursor)
{
	char *token = strsep(cursor, "\n");

	if (token && *token)
		unescape(token + 1);
	return token;
}

static json_t *parse_array(char **cursor, int depth)
{
	json_t *array = must(json_array());
	json_t *item;

	while (*cursor && **cursor != 'e') {
		item = parse_value(cursor, depth - 1);
		if (!item || json_array_append_new(array, item)) {
			json_decref(array);
			return NULL;
		}
	}
	next_token(cursor);
	return array;
}

static json_t *parse_object(char **cursor, int depth)
{
	json_t *object = must(json_object());
	json_t *item;
	char *key;

	while (*cursor && **cursor == 'k') {
		key = next_token(cursor) + 1;
		item = parse_value(cursor, depth - 1);
		if (!item || json_object_set_new(object, key, item)) {
			json_decref(object);
			return NULL;
		}
	}
	next_token(cursor);
	return object;
}

/* Names are bytes to the kernel; JSON wants UTF-8. */
static json_t *text_value(const char *text)
{
	json_t *value = json_string(text);

	return value ? value : json_string("(not UTF-8)");
}

static json_t *parse_value(char **cursor, int depth)
{
	char *token = next_token(cursor);

	if (!token || depth < 0)
		return NULL;
	switch (*token) {
	case '[':
		return parse_array(cursor, depth);
	case '{':
		return parse_object(cursor, depth);
	case 'i':
		return json_integer(strtoll(token + 1, NULL, 10));
	case 's':
		return text_value(token + 1);
	case 't':
		return json_true();
	case 'f':
		return json_false();
	case 'n':
		return json_null();
	}
	return NULL;
}

/** dump_eval - the value of a Lua expression, or NULL after a message */
json_t *dump_eval(int session, const char *expression)
{
	struct answer answer;
	struct chunk chunk;
	json_t *value = NULL;
	char *cursor;

	chunk_begin(&chunk);
	fprintf(chunk.file, "%sdump(%s, %d)\nreturn table.concat(parts, \"\\n\")", dumper, expression, DEPTH_MAX);
	if (chunk_eval(&chunk, session, &answer))
		return NULL;
	cursor = answer.result;
	if (answer.ok) {
		value = parse_value(&cursor, DEPTH_MAX);
		if (!value)
			complain("the answer to '%s' makes no sense: is another version of the modules loaded? Then: sudo lunatik reload", expression);
	} else {
		answer_print_error(&answer);
	}
	answer_free(&answer);
	return value;
}
