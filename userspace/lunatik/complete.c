// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Completion of names, which come from the session itself.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/** complete - what the word at the cursor may become: the number of candidates, which the caller frees */
size_t complete(int session, const char *word, size_t size, char ***candidates)
{
	char *cursor, *name;
	struct answer answer;
	struct chunk chunk;
	size_t count = 0;

	*candidates = NULL;
	chunk_begin(&chunk);
	chunk_command(&chunk, "complete", word, size);
	if (chunk_eval(&chunk, session, &answer))
		return 0;
	/* One name a line. */
	cursor = answer.ok ? answer.result : NULL;
	while ((name = strsep(&cursor, "\n"))) {
		if (!*name)
			continue;
		*candidates = must(realloc(*candidates, (count + 1) * sizeof(char *)));
		(*candidates)[count++] = must(strdup(name));
	}
	answer_free(&answer);
	return count;
}
