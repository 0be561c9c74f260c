// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include <libkmod.h>

#include "cli.h"

#define KLOG_READ_ALL	3
#define KLOG_SIZE	10

/* Errors come back as errno; diagnose.c explains them to the user. */
static void silent(void *data, int priority, const char *file, int line, const char *function, const char *format,
		   va_list arguments)
{
	(void)data, (void)priority, (void)file, (void)line, (void)function, (void)format, (void)arguments;
}

static struct kmod_module *find(const char *name)
{
	static struct kmod_ctx *context;
	struct kmod_module *module;

	if (!context) {
		context = must(kmod_new(NULL, NULL));
		kmod_set_log_fn(context, silent, NULL);
	}
	return kmod_module_new_from_name(context, name, &module) < 0 ? NULL : module;
}

/** kmod_insert - load a module with what it depends on, as modprobe does; 0 or a negative errno */
int kmod_insert(const char *name)
{
	struct kmod_module *module = find(name);
	int error;

	if (!module)
		return -ENOENT;
	error = kmod_module_probe_insert_module(module, 0, NULL, NULL, NULL, NULL);
	kmod_module_unref(module);
	return error > 0 ? -EPERM : error;
}

/** kmod_remove - remove one module without waiting; 0 or a negative errno */
int kmod_remove(const char *name)
{
	struct kmod_module *module = find(name);
	int error;

	if (!module)
		return -ENOENT;
	error = kmod_module_remove_module(module, 0);
	kmod_module_unref(module);
	return error;
}

/** kmod_path - the file from which a module would be loaded, to be freed, or NULL */
char *kmod_path(const char *name)
{
	struct kmod_module *module = find(name);
	const char *path = module ? kmod_module_get_path(module) : NULL;
	char *copy = path ? must(strdup(path)) : NULL;

	if (module)
		kmod_module_unref(module);
	return copy;
}

/** kmod_log - what the kernel logged, to be freed, or NULL */
char *kmod_log(void)
{
	int size = klogctl(KLOG_SIZE, NULL, 0);
	char *log;

	if (size <= 0)
		return NULL;
	log = must(calloc(1, size + 1));
	if (klogctl(KLOG_READ_ALL, log, size) > 0)
		return log;
	free(log);
	return NULL;
}

/** kmod_exists - whether the running kernel's module folder has a module of this name */
bool kmod_exists(const char *name)
{
	struct kmod_module *module = find(name);
	bool exists = module && kmod_module_get_path(module);

	if (module)
		kmod_module_unref(module);
	return exists;
}

/** kmod_info - a field of the modinfo of the module on disk, to be freed, or NULL */
char *kmod_info(const char *name, const char *key)
{
	struct kmod_module *module = find(name);
	struct kmod_list *list = NULL, *item;
	char *value = NULL;

	/* Without a path libkmod would ask /sys, and the answer would be about the loaded module. */
	if (module && kmod_module_get_path(module) && kmod_module_get_info(module, &list) >= 0) {
		kmod_list_foreach(item, list)
			if (!value && strcmp(kmod_module_info_get_key(item), key) == 0)
				value = must(strdup(kmod_module_info_get_value(item)));
		kmod_module_info_free_list(list);
	}
	if (module)
		kmod_module_unref(module);
	return value;
}
