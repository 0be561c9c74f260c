// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Completion of names: the session itself is asked what it has.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define CANDIDATES_MAX	"500"

/* A word is names joined by '.' or ':'. Fields are read raw: completing runs none of the user's code. */
static const char finder[] =
	"local head, last = word:match(\"^(.*[.:])([%w_]*)$\")\n"
	"local value = _G\n"
	"local function fields(object)\n"
	"\tif type(object) == \"table\" then return object end\n"
	"\tlocal meta = getmetatable(object)\n"
	"\tlocal index = type(meta) == \"table\" and rawget(meta, \"__index\")\n"
	"\treturn type(index) == \"table\" and index or {}\n"
	"end\n"
	"for name in (head or \"\"):gmatch(\"[%w_]+\") do value = rawget(fields(value), name) end\n"
	"local found = {}\n"
	"local function offer(name)\n"
	"\tif type(name) == \"string\" and name:find(\"^[%a_][%w_]*$\")\n"
	"\t\tand name:sub(1, #(last or word)) == (last or word) and #found < " CANDIDATES_MAX " then\n"
	"\t\tfound[#found + 1] = (head or \"\") .. name\n"
	"\tend\n"
	"end\n"
	"for name in next, fields(value) do offer(name) end\n"
	"if not head then\n"
	"\tfor name in (\"and break do else elseif end false for function goto if in local nil not or repeat \"\n"
	"\t\t.. \"return then true until while\"):gmatch(\"%a+\") do offer(name) end\n"
	"end\n"
	"table.sort(found)\n"
	"return table.concat(found, \"\\n\")\n";

static size_t split(char *text, char ***candidates)
{
	char *cursor = text, *name;
	size_t count = 0;

	*candidates = NULL;
	while ((name = strsep(&cursor, "\n"))) {
		if (!*name)
			continue;
		*candidates = must(realloc(*candidates, (count + 1) * sizeof(char *)));
		(*candidates)[count++] = must(strdup(name));
	}
	return count;
}

/** complete - what the word at the cursor may become: the number of candidates, which the caller frees */
size_t complete(int session, const char *word, size_t size, char ***candidates)
{
	struct answer answer;
	struct chunk chunk;
	size_t count = 0;

	*candidates = NULL;
	chunk_begin(&chunk);
	fputs("local word = ", chunk.file);
	chunk_quote(&chunk, word, size);
	fprintf(chunk.file, "\n%s", finder);
	if (chunk_eval(&chunk, session, &answer))
		return 0;
	if (answer.ok)
		count = split(answer.result, candidates);
	answer_free(&answer);
	return count;
}
