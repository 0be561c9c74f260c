// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik load, unload and reload.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/** command_load - lunatik load */
enum status command_load(int argc, char **argv)
{
	if (!plain_arguments(argc, argv, 0))
		return STATUS_USAGE;
	return needs_root(argc, argv) ? STATUS_REFUSED : modules_load();
}

/** command_unload - lunatik unload */
enum status command_unload(int argc, char **argv)
{
	if (!plain_arguments(argc, argv, 0))
		return STATUS_USAGE;
	return needs_root(argc, argv) ? STATUS_REFUSED : modules_unload();
}

static void write_option(FILE *file, const char *name, const json_t *value)
{
	if (json_is_integer(value) && json_integer_value(value) > 0)
		fprintf(file, ", %s = %lld", name, (long long)json_integer_value(value));
}

/* The options that make the runtime what it was. */
static char *options(const json_t *script)
{
	const char *context = json_string_value(json_object_get(script, "context"));
	char *text;
	size_t size;
	FILE *file = must(open_memstream(&text, &size));

	fprintf(file, "{context = \"%s\"", context ? context : "process");
	write_option(file, "memory", json_object_get(script, "limit"));
	write_option(file, "budget", json_object_get(script, "budget"));
	if (json_object_get(script, "percpu"))
		fputs(", percpu = true", file);
	fputc('}', file);
	if (fclose(file))
		out_of_memory();
	return text;
}

static bool restart(int session, const json_t *script)
{
	const char *name = json_string_value(json_object_get(script, "name"));
	bool spawned = json_is_true(json_object_get(script, "spawned"));
	char *argument = options(script);
	struct answer answer;
	struct chunk chunk;
	bool back = false;

	chunk_begin(&chunk);
	chunk_call(&chunk, spawned ? "spawn" : "run", name ? name : "", argument);
	if (chunk_eval(&chunk, session, &answer) == 0) {
		/* A script that another one starts may be back already. */
		back = answer.ok || strstr(answer.result, " is already running");
		if (answer.ok || !back)
			answer_print(&answer);
		answer_free(&answer);
	}
	if (!back)
		print_error("%s was not restarted", name);
	free(argument);
	return back;
}

static enum status restart_all(const json_t *scripts)
{
	enum status status = STATUS_OK;
	size_t i;
	int session;

	if (json_array_size(scripts) == 0)
		return STATUS_OK;
	if (session_start(&session) != STATUS_OK)
		return STATUS_FAILED;
	for (i = 0; i < json_array_size(scripts); i++)
		if (!restart(session, json_array_get(scripts, i)))
			status = STATUS_FAILED;
	session_close(session);
	return status;
}

/** command_reload - lunatik reload: unload, load, and start again what was running */
enum status command_reload(int argc, char **argv)
{
	enum status unloaded, status;
	json_t *scripts, *script;
	size_t i;

	if (!plain_arguments(argc, argv, 0))
		return STATUS_USAGE;
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	/* Another command starts a script before this list of scripts to restart, or after the new modules are loaded. */
	modules_lock();
	scripts = dump_once("lunatik.list()");
	unloaded = modules_unload();
	status = unloaded == STATUS_OK ? modules_load() : unloaded;
	modules_unlock();
	/* A refused unload has stopped the scripts all the same: they go on under the modules that are still there. */
	if (unloaded == STATUS_OK && status != STATUS_OK) {
		json_array_foreach(scripts, i, script)
			print_error("%s was not restarted", json_string_value(json_object_get(script, "name")));
	} else if (restart_all(scripts) != STATUS_OK && status == STATUS_OK) {
		status = STATUS_FAILED;
	}
	json_decref(scripts);
	return status;
}
