// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One input of the REPL: finds out whether it is an expression, a chunk, or the beginning of one; runs it.
 */
#include <string.h>

#include "cli.h"

enum kind { KIND_EXPRESSION, KIND_CHUNK, KIND_INCOMPLETE, KIND_INTERRUPTED, KIND_LOST };

/* The text is compiled only. Other errors come out when it is run. */
static enum kind classify(int session, const char *text, size_t size)
{
	enum kind kind = KIND_CHUNK;
	struct answer answer;
	struct chunk chunk;

	chunk_begin(&chunk);
	chunk_command(&chunk, "classify", text, size);
	if (chunk_eval(&chunk, session, &answer))
		return KIND_LOST;
	if (answer.interrupted) {
		answer_print(&answer);
		kind = KIND_INTERRUPTED;
	} else if (answer.ok && strcmp(answer.result, "expression") == 0) {
		kind = KIND_EXPRESSION;
	} else if (answer.ok && strcmp(answer.result, "incomplete") == 0) {
		kind = KIND_INCOMPLETE;
	}
	answer_free(&answer);
	return kind;
}

static enum submission run(int session, const char *text, size_t size, bool expression)
{
	enum submission submission;
	struct answer answer;
	struct chunk chunk;

	chunk_begin(&chunk);
	if (expression)
		fputs("return ", chunk.file);
	fwrite(text, 1, size, chunk.file);
	if (chunk_show(&chunk, session, &answer))
		return SUBMIT_LOST;
	answer_print(&answer);
	submission = answer.ok ? SUBMIT_DONE : SUBMIT_FAILED;
	if (answer.ok && answer.result_size) {
		fwrite(answer.result, 1, answer.result_size, stdout);
		putchar('\n');
	}
	fflush(stdout);
	answer_free(&answer);
	return submission;
}

/** submit - run the text, unless it is incomplete and more may come; prints what came of it */
enum submission submit(int session, const char *text, size_t size, bool last)
{
	switch (classify(session, text, size)) {
	case KIND_EXPRESSION:
		return run(session, text, size, true);
	case KIND_INCOMPLETE:
		return last ? run(session, text, size, false) : SUBMIT_MORE;
	case KIND_CHUNK:
		return run(session, text, size, false);
	case KIND_INTERRUPTED:
		return SUBMIT_FAILED;
	case KIND_LOST:
		break;
	}
	return SUBMIT_LOST;
}
