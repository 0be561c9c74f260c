// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik list.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct column {
	const char *title;
	const char *field;
};

static const struct column columns[] = {
	{ "NAME", "name" },
	{ "CONTEXT", "context" },
	{ "STATE", "state" },
	{ "MEMORY", "memory" },
	{ "LIMIT", "limit" },
	{ "ENTRIES", "entries" },
	{ "ERRORS", "errors" },
	{ "MISSED", "missed" },
	{ "EXHAUSTED", "exhausted" },
	{ "OFF", "off" },
	{ "NATIVE", "native" },
	{ "EXITS", "exits" },
};

#define NATIVE_COLUMNS	2	/* the last ones, left out if nothing is native */

static const char *cell(const json_t *script, const char *field, char *buffer, size_t size)
{
	const json_t *value = json_object_get(script, field);

	if (strcmp(field, "context") == 0 && json_object_get(script, "percpu")) {
		snprintf(buffer, size, "%s+percpu", json_string_value(value));
		return buffer;
	}
	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_integer(value))
		return "-";
	snprintf(buffer, size, "%lld", (long long)json_integer_value(value));
	return buffer;
}

/* How many columns are printed. */
static size_t used_columns(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (json_integer_value(json_object_get(row, "native")) > 0)
			return ARRAY_SIZE(columns);
	}
	return ARRAY_SIZE(columns) - NATIVE_COLUMNS;
}

/* Text to the left, numbers to the right, nothing at the end of a line. */
static void print_row(const json_t *script, const int *widths, size_t used)
{
	const char *text;
	char buffer[32];
	size_t c;

	for (c = 0; c < used; c++) {
		text = script ? cell(script, columns[c].field, buffer, sizeof(buffer)) : columns[c].title;
		printf("%s%*s", c ? "  " : "", c < 3 ? -widths[c] : widths[c], text);
	}
	putchar('\n');
}

/* Children stand below their parent, indented. */
static void add_rows(json_t *rows, json_t *scripts, int depth)
{
	json_t *script, *name;
	size_t i;

	for (i = 0; i < json_array_size(scripts); i++) {
		script = json_array_get(scripts, i);
		name = json_sprintf("%*s%s", 2 * depth, "", json_string_value(json_object_get(script, "name")));
		json_object_set_new(script, "name", must(name));
		json_array_append(rows, script);
		add_rows(rows, json_object_get(script, "children"), depth + 1);
	}
}

static void print_table(json_t *scripts)
{
	json_t *rows = must(json_array()), *row;
	int widths[ARRAY_SIZE(columns)], width;
	char buffer[32];
	size_t i, c, used;

	add_rows(rows, scripts, 0);
	used = used_columns(rows);
	for (c = 0; c < used; c++) {
		widths[c] = strlen(columns[c].title);
		json_array_foreach(rows, i, row) {
			width = strlen(cell(row, columns[c].field, buffer, sizeof(buffer)));
			if (width > widths[c])
				widths[c] = width;
		}
	}
	print_row(NULL, widths, used);
	json_array_foreach(rows, i, row)
		print_row(row, widths, used);
	json_decref(rows);
}

/* One line of names, as the runner gives it; below it a line for each child. */
static enum status print_names(int session)
{
	static const char names[] = "return require(\"lunatik.command\").names()";
	enum status status = STATUS_FAILED;
	struct answer answer;

	if (session_eval(session, names, strlen(names), &answer))
		return STATUS_FAILED;
	answer_print(&answer);
	if (answer.ok) {
		puts(answer.result);
		status = STATUS_OK;
	}
	answer_free(&answer);
	return status;
}

static enum status print_details(int session, bool json)
{
	json_t *scripts = dump_eval(session, "lunatik.list()");

	if (!scripts)
		return STATUS_FAILED;
	if (json)
		print_document(scripts);
	else
		print_table(scripts);
	json_decref(scripts);
	return STATUS_OK;
}

/** command_list - lunatik list */
enum status command_list(int argc, char **argv)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "long", no_argument, NULL, 'l' },
		{ }
	};
	bool json = false, details = false;
	enum status status;
	int letter, session;

	while ((letter = next_option(argc, argv, "l", names)) != -1) {
		if (letter == '?')
			return STATUS_USAGE;
		json |= letter == 'j';
		details |= letter == 'l';
	}
	if (optind < argc)
		return usage_error("too many arguments: '%s'", argv[optind]);
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	status = session_start(&session);
	if (status != STATUS_OK)
		return status;
	status = json || details ? print_details(session, json) : print_names(session);
	session_close(session);
	return status;
}
