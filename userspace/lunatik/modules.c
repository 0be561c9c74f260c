// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kernel modules: which there are, which are loaded, loading them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lunatik.h"

/** modules_read - the list of modules in load order; false after a message */
bool modules_read(struct modules *modules)
{
	FILE *file = fopen(PATH_MODULES, "re");
	char *line = NULL, *name;
	size_t room = 0;

	memset(modules, 0, sizeof(*modules));
	if (!file) {
		complain(PATH_MODULES ": %s: is the package lunatik-tools complete?", strerror(errno));
		return false;
	}
	while (getline(&line, &room, file) >= 0) {
		name = strtok(line, " \t\n");
		if (!name || *name == '#')
			continue;
		modules->names = must(realloc(modules->names, (modules->count + 1) * sizeof(char *)));
		modules->names[modules->count++] = must(strdup(name));
	}
	free(line);
	fclose(file);
	return true;
}

/** modules_free - release the list */
void modules_free(struct modules *modules)
{
	while (modules->count)
		free(modules->names[--modules->count]);
	free(modules->names);
	modules->names = NULL;
}

/** module_listed - whether a module is one of ours */
bool module_listed(const struct modules *modules, const char *name)
{
	size_t i;

	for (i = 0; i < modules->count; i++)
		if (strcmp(modules->names[i], name) == 0)
			return true;
	return false;
}

/** module_loaded - whether the kernel has a module of this name */
bool module_loaded(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s", name);
	return access(path, F_OK) == 0;
}

/** module_attribute - a file of /sys/module/NAME without its newline, to be freed, or NULL */
char *module_attribute(const char *name, const char *attribute)
{
	char path[256], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s/%s", name, attribute);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	if (getline(&line, &room, file) < 0) {
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\n")] = '\0';
	}
	fclose(file);
	return line;
}

/** module_stub - why the module cannot exist on this kernel, to be freed, or NULL when it is a real one */
char *module_stub(const char *name)
{
	return kmod_info(name, "lunatik_missing");
}

/* What this call loaded goes again, so that nothing stays half loaded. */
static void roll_back(const struct modules *modules, const bool *ours, size_t count)
{
	while (count--)
		if (ours[count])
			kmod_remove(modules->names[count]);
}

static enum status load_one(const char *name, bool *ours)
{
	char *reason;
	int error;
	bool stub;

	if (module_loaded(name))
		return STATUS_OK;
	reason = module_stub(name);
	stub = reason;
	free(reason);
	/* A library that this kernel cannot have: require and status tell the reason to whoever wants it. */
	if (stub && strncmp(name, CORE, strlen(CORE)) != 0)
		return STATUS_OK;
	error = stub ? -ENOSYS : kmod_insert(name);
	if (!error && module_loaded(name)) {
		*ours = true;
		return STATUS_OK;
	}
	diagnose_insert(name, error ? -error : ENODEV);
	return STATUS_REFUSED;
}

static enum status load_all(const struct modules *modules)
{
	bool *ours = must(calloc(modules->count + 1, sizeof(*ours)));
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; i < modules->count && status == STATUS_OK; i++)
		status = load_one(modules->names[i], &ours[i]);
	if (status != STATUS_OK)
		roll_back(modules, ours, modules->count);
	free(ours);
	return status;
}

static bool device_present(void)
{
	struct stat node;

	return stat(PATH_DEVICE, &node) == 0 && S_ISCHR(node.st_mode);
}

/* A core of another version, or another project's, would fail later and less legibly. */
static enum status check_core(void)
{
	char *difference;

	if (!module_loaded(CORE))
		return STATUS_OK;
	difference = diagnose_version();
	if (!difference)
		return STATUS_OK;
	complain("%s", difference);
	free(difference);
	return STATUS_REFUSED;
}

/** modules_load - load what is not loaded: everything, or nothing and a message */
enum status modules_load(void)
{
	enum status status = check_core();
	struct modules modules;

	if (status != STATUS_OK)
		return status;
	if (!modules_read(&modules))
		return STATUS_REFUSED;
	status = load_all(&modules);
	modules_free(&modules);
	if (status == STATUS_OK && !device_present()) {
		complain(PATH_DEVICE " is missing although the modules are loaded: is devtmpfs mounted on /dev?");
		return STATUS_REFUSED;
	}
	return status;
}

/** modules_ensure - modules_load, unless the control device is there already */
enum status modules_ensure(void)
{
	return device_present() ? STATUS_OK : modules_load();
}
