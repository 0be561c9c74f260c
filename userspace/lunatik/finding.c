// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Findings: a cause, and the one command that mends it. `lunatik load` prints them as errors, `lunatik doctor` lists them.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "cli.h"

/** sentence - printf into memory of its own, to be freed */
char *sentence(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		out_of_memory();
	va_end(arguments);
	return text;
}

static void add(struct findings *findings, bool problem, const char *check, char *cause, char *command)
{
	struct finding *finding;

	findings->list = must(realloc(findings->list, (findings->count + 1) * sizeof(*finding)));
	finding = &findings->list[findings->count++];
	*finding = (struct finding){ .problem = problem, .check = check, .cause = cause, .command = command };
}

/**
 * found - add a problem
 *
 * @check: one word, for programs
 * @cause: owned by the finding from here on
 * @command: mends it, owned likewise; NULL when the cause contains the remedy
 */
void found(struct findings *findings, const char *check, char *cause, char *command)
{
	add(findings, true, check, cause, command);
}

/** noted - add what is worth knowing and keeps nothing from working */
void noted(struct findings *findings, const char *check, char *cause, char *command)
{
	add(findings, false, check, cause, command);
}

/** findings_problem - whether one of them is a problem */
bool findings_problem(const struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++)
		if (findings->list[i].problem)
			return true;
	return false;
}

/** findings_report - print them on standard error, for a command that failed */
void findings_report(const struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		print_error("%s", findings->list[i].cause);
		if (findings->list[i].command)
			print_error("to mend it: %s", findings->list[i].command);
	}
}

/** findings_print - print them on standard output */
void findings_print(const struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		printf("%s: %s\n", findings->list[i].problem ? "problem" : "note", findings->list[i].cause);
		if (findings->list[i].command)
			printf("  to mend it: %s\n", findings->list[i].command);
	}
}

/** findings_json - an array of objects: check, problem (boolean), cause, command (or null) */
json_t *findings_json(const struct findings *findings)
{
	json_t *list = must(json_array());
	size_t i;

	for (i = 0; i < findings->count; i++)
		json_array_append_new(list, must(json_pack("{s:s, s:b, s:s, s:s?}", "check", findings->list[i].check,
							   "problem", findings->list[i].problem,
							   "cause", findings->list[i].cause,
							   "command", findings->list[i].command)));
	return list;
}

/** findings_free - release what they own */
void findings_free(struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		free(findings->list[i].cause);
		free(findings->list[i].command);
	}
	free(findings->list);
	*findings = (struct findings){ };
}
