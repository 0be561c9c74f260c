// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik status: needs neither root nor the modules.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lunatik.h"

static void print_module(const char *name)
{
	bool loaded = module_loaded(name);
	char *reason = loaded ? NULL : module_stub(name);

	printf("%s is %sloaded", name, loaded ? "" : "not ");
	if (reason)
		printf(" (not available on this kernel: %s)", reason);
	putchar('\n');
	free(reason);
}

static void set(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

static json_t *describe_module(const char *name)
{
	json_t *module = must(json_object());
	bool loaded = module_loaded(name);
	char *version = loaded ? module_attribute(name, "version") : NULL;
	char *reason = module_stub(name);

	set(module, "name", name);
	json_object_set_new(module, "loaded", json_boolean(loaded));
	set(module, "version", version);
	set(module, "missing", reason);
	free(version);
	free(reason);
	return module;
}

static json_t *describe_core(void)
{
	json_t *core = NULL;
	int session;

	if (geteuid() != 0 || access(PATH_DEVICE, F_OK))
		return NULL;
	session = session_open();
	if (session < 0)
		return NULL;
	core = dump_eval(session, "lunatik.status()");
	session_close(session);
	return core;
}

static void print_json(const struct modules *modules, const char *note)
{
	json_t *list = must(json_array());
	json_t *all = must(json_object());
	json_t *core = describe_core();
	size_t i;

	for (i = 0; i < modules->count; i++)
		json_array_append_new(list, describe_module(modules->names[i]));
	set(all, "version", LUNATIK_VERSION);
	json_object_set_new(all, "modules", list);
	set(all, "note", note);
	if (core)
		json_object_set_new(all, "core", core);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

static enum status print_status(bool json)
{
	char *note = module_loaded(CORE) ? diagnose_version() : NULL;
	char *missing = module_stub(CORE);
	bool unusable = missing;
	struct modules modules;
	size_t i;

	free(missing);
	if (!modules_read(&modules)) {
		free(note);
		return STATUS_REFUSED;
	}
	if (json)
		print_json(&modules, note);
	for (i = 0; i < modules.count && !json; i++)
		print_module(modules.names[i]);
	if (note && !json)
		printf("%s\n", note);
	modules_free(&modules);
	free(note);
	return unusable ? STATUS_FAILED : STATUS_OK;
}

/** command_status - lunatik status; fails where the core cannot exist on this kernel */
enum status command_status(int argc, char **argv)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ }
	};
	bool json = false;
	int letter;

	while ((letter = next_option(argc, argv, "", names)) != -1) {
		if (letter == '?')
			return STATUS_USAGE;
		json = true;
	}
	if (optind < argc)
		return usage_error("too many arguments: '%s'", argv[optind]);
	return print_status(json);
}
