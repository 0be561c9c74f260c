// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik status: needs neither root nor the modules.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* The remark about a module, to be freed, or NULL. */
static char *remark(const char *name, bool loaded)
{
	char *stub = loaded ? NULL : module_stub(name), *btf = module_without_btf(name), *text = NULL;

	if (stub)
		text = sentence("not available on this kernel: %s", stub);
	else if (!loaded && !kmod_exists(name))
		text = sentence("there is no such module for this kernel: lunatik doctor says why");
	else if (btf)
		text = sentence("without BTF: %s", btf);
	free(stub);
	free(btf);
	return text;
}

static void print_module(const char *name)
{
	bool loaded = module_loaded(name);
	char *text = remark(name, loaded);

	printf("%s is %sloaded", name, loaded ? "" : "not ");
	if (text)
		printf(" (%s)", text);
	putchar('\n');
	free(text);
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

static json_t *describe_core(void)
{
	json_t *core = NULL;
	int session;

	if (geteuid() != 0)
		return NULL;
	/* Unloading is refused while a session is open. */
	modules_lock();
	session = session_open();
	if (session >= 0) {
		core = dump_eval(session, "lunatik.status()");
		session_close(session);
	}
	modules_unlock();
	return core;
}

static void print_json(const struct modules *modules, const struct findings *notes)
{
	json_t *list = must(json_array());
	json_t *all = must(json_object());
	json_t *core = describe_core();
	size_t i;

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

/* Not loaded although this kernel can have it; nothing works without the core, whatever the reason. */
static bool wanting(const char *name)
{
	char *stub;
	bool expected;

	if (module_loaded(name))
		return false;
	stub = module_stub(name);
	expected = !stub || strcmp(name, "lunatik") == 0;
	free(stub);
	return expected;
}

static enum status print_status(bool json)
{
	enum status status = STATUS_OK;
	struct findings notes = { };
	struct modules modules;
	size_t i;

	if (!modules_read(&modules))
		return STATUS_REFUSED;
	diagnose_version(&notes);
	if (json)
		print_json(&modules, &notes);
	for (i = 0; i < modules.count; i++) {
		if (!json)
			print_module(modules.names[i]);
		if (wanting(modules.names[i]))
			status = STATUS_FAILED;
	}
	if (!json && notes.count) {
		notes.list[0].problem = false;
		findings_print(&notes);
	}
	modules_free(&modules);
	findings_free(&notes);
	return status;
}

/** command_status - lunatik status; fails unless every module that this kernel can have is loaded */
enum status command_status(int argc, char **argv)
{
	bool json;

	if (!json_option(argc, argv, &json))
		return STATUS_USAGE;
	return print_status(json);
}
