// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Gets a Lua value out of a session, as JSON.
 */
#include "cli.h"

/** dump_eval - the value of a Lua expression, or NULL after a message */
json_t *dump_eval(int session, const char *expression)
{
	struct answer answer;
	struct chunk chunk;
	json_t *value = NULL;

	chunk_begin(&chunk);
	fprintf(chunk.file, "return require(\"lunatik.json\")(%s)", expression);
	if (chunk_eval(&chunk, session, &answer))
		return NULL;
	if (answer.ok) {
		value = json_loadb(answer.result, answer.result_size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		if (!value)
			print_error("the answer to '%s' is not JSON: is another version of the modules loaded? Then: sudo lunatik reload", expression);
	} else {
		answer_print_error(&answer);
	}
	answer_free(&answer);
	return value;
}

/** dump_once - dump_eval in a session of its own; without a message when none can be opened, which loads nothing */
json_t *dump_once(const char *expression)
{
	int session = session_open();
	json_t *value;

	if (session < 0)
		return NULL;
	value = dump_eval(session, expression);
	session_close(session);
	return value;
}
