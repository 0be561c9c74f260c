// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik status: needs neither root nor the modules.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void print_module(const char *name)
{
	bool loaded = module_loaded(name);
	char *stub = loaded ? NULL : module_stub(name), *btf = module_without_btf(name);

	printf("%s is %sloaded", name, loaded ? "" : "not ");
	if (stub)
		printf(" (not available on this kernel: %s)", stub);
	else if (!loaded && !kmod_exists(name))
		printf(" (there is no such module for this kernel: lunatik doctor says why)");
	else if (btf)
		printf(" (without BTF: %s)", btf);
	putchar('\n');
	free(stub);
	free(btf);
}

/* Only where somebody has switched native code on. */
static void print_native(void)
{
	char *on = module_attribute(CORE, "parameters/jit"), *state = NULL;

	if (on && strcmp(on, "1") == 0)
		state = module_attribute(CORE, "parameters/jit_state");
	if (state)
		printf("native functions: %s\n", state);
	free(state);
	free(on);
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

static json_t *describe_module(const char *name)
{
	json_t *module = must(json_object());
	bool loaded = module_loaded(name);
	char *version = loaded ? module_attribute(name, "version") : NULL;
	char *reason = module_stub(name), *btf = module_without_btf(name);

	set_text(module, "name", name);
	set_text(module, "state", loaded ? "loaded" : reason ? "stub" : kmod_exists(name) ? "available" : "absent");
	json_object_set_new(module, "loaded", json_boolean(loaded));
	set_text(module, "version", version);
	set_text(module, "missing", reason);
	set_text(module, "without_btf", btf);
	free(version);
	free(reason);
	free(btf);
	return module;
}

static void print_json(const struct modules *modules, const struct findings *notes)
{
	json_t *list = must(json_array());
	json_t *all = must(json_object());
	json_t *core = NULL;
	size_t i;

	if (geteuid() == 0) {
		/* Unloading is refused while a session is open. */
		modules_lock();
		core = dump_once("lunatik.status()");
		modules_unlock();
	}
	for (i = 0; i < modules->count; i++)
		json_array_append_new(list, describe_module(modules->names[i]));
	set_text(all, "version", LUNATIK_VERSION);
	json_object_set_new(all, "modules", list);
	set_text(all, "note", notes->count ? notes->list[0].cause : NULL);
	if (core)
		json_object_set_new(all, "core", core);
	print_document(all);
	json_decref(all);
}

/** command_status - lunatik status; fails unless every module that this kernel can have is loaded */
enum status command_status(int argc, char **argv)
{
	enum status status = STATUS_OK;
	struct findings notes = { };
	struct modules modules;
	bool json;
	char *stub;
	size_t i;

	if (!json_option(argc, argv, &json))
		return STATUS_USAGE;
	if (!modules_read(&modules))
		return STATUS_REFUSED;
	diagnose_version(&notes);
	if (json)
		print_json(&modules, &notes);
	for (i = 0; i < modules.count; i++) {
		if (!json)
			print_module(modules.names[i]);
		stub = module_stub(modules.names[i]);
		/* Nothing works without the core, whatever the reason. */
		if (!module_loaded(modules.names[i]) && (!stub || strcmp(modules.names[i], CORE) == 0))
			status = STATUS_FAILED;
		free(stub);
	}
	if (!json)
		print_native();
	if (!json && notes.count) {
		notes.list[0].problem = false;
		findings_print(&notes);
	}
	modules_free(&modules);
	findings_free(&notes);
	return status;
}
