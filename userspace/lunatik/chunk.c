// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Builds chunks. Text of a user enters them as a quoted string only.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/** chunk_begin - an empty chunk, to be written to through ->file */
void chunk_begin(struct chunk *chunk)
{
	chunk->file = must(open_memstream(&chunk->text, &chunk->size));
}

/** chunk_quote - append bytes as a Lua string literal */
void chunk_quote(struct chunk *chunk, const char *text, size_t size)
{
	size_t i;

	fputc('"', chunk->file);
	for (i = 0; i < size; i++) {
		unsigned char c = text[i];

		if (c == '"' || c == '\\')
			fprintf(chunk->file, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(chunk->file, "\\%03u", c);
		else
			fputc(c, chunk->file);
	}
	fputc('"', chunk->file);
}

/** chunk_text - append a text as a Lua string literal */
void chunk_text(struct chunk *chunk, const char *text)
{
	chunk_quote(chunk, text, strlen(text));
}

/** chunk_call - append `local value = ` and the call of a function of the runner with a script's name and an argument that is Lua already */
void chunk_call(struct chunk *chunk, const char *function, const char *script, const char *argument)
{
	fputs("local value = require(\"lunatik.command\").call(", chunk->file);
	chunk_text(chunk, function);
	fputs(", ", chunk->file);
	chunk_text(chunk, script);
	fprintf(chunk->file, ", %s)\n", argument);
}

/** chunk_command - append the return of what a function of lunatik.command makes of a text */
void chunk_command(struct chunk *chunk, const char *function, const char *text, size_t size)
{
	fprintf(chunk->file, "return require(\"lunatik.command\").%s(", function);
	chunk_quote(chunk, text, size);
	fputc(')', chunk->file);
}

static int finish(struct chunk *chunk, int session, struct answer *answer,
		  int (*eval)(int session, const char *chunk, size_t size, struct answer *answer))
{
	int error;

	if (fclose(chunk->file))
		out_of_memory();
	error = eval(session, chunk->text, chunk->size, answer);
	free(chunk->text);
	chunk->text = NULL;
	return error;
}

/** chunk_eval - run the chunk, as session_eval does, and release it */
int chunk_eval(struct chunk *chunk, int session, struct answer *answer)
{
	return finish(chunk, session, answer, session_eval);
}

/** chunk_show - run the chunk, as session_show does, and release it */
int chunk_show(struct chunk *chunk, int session, struct answer *answer)
{
	return finish(chunk, session, answer, session_show);
}
