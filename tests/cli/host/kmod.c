// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stands in for libkmod: ROOT/kmod/NAME is a module on disk, ROOT/kmod/NAME.KEY a field of it, ROOT/kmod/NAME.errno makes
 * loading fail, ROOT/kmod/NAME.seconds makes it take that long, ROOT/kmod/NAME.busy makes unloading fail. TEST_RELEASE in
 * the environment is the kernel's release.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"

/* In place of the C library's. */
int uname(struct utsname *name)
{
	const char *release = getenv("TEST_RELEASE");
	int error = syscall(SYS_uname, name);

	if (release && !error)
		snprintf(name->release, sizeof(name->release), "%s", release);
	return error;
}

static char *field(const char *name, const char *key)
{
	char path[512], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), LUNATIK_ROOT "/kmod/%s.%s", name, key);
	file = fopen(path, "r");
	if (!file)
		return NULL;
	if (getline(&line, &room, file) > 0)
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
	return line;
}

static void attribute(const char *name, const char *key)
{
	char path[512], *value = field(name, key);
	FILE *file;

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s/%s", name, key);
	file = value ? fopen(path, "w") : NULL;
	if (file) {
		fprintf(file, "%s\n", value);
		fclose(file);
	}
	free(value);
}

static void state(const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s/initstate", name);
	file = fopen(path, "w");
	if (file) {
		fprintf(file, "%s\n", text);
		fclose(file);
	}
}

static void take_time(const char *name)
{
	char *seconds = field(name, "seconds");

	if (seconds)
		sleep(atoi(seconds));
	free(seconds);
}

int kmod_insert(const char *name)
{
	char path[512], *error = field(name, "errno");
	int number = error ? atoi(error) : 0;

	free(error);
	if (number)
		return -number;
	if (!kmod_exists(name))
		return -ENOENT;
	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s", name);
	if (mkdir(path, 0755))
		return -errno;
	state(name, "coming");
	attribute(name, "version");
	attribute(name, "srcversion");
	take_time(name);
	if (strcmp(name, "lunatik_run") == 0 && symlink("/dev/full", PATH_DEVICE))
		return -errno;
	state(name, "live");
	return 0;
}

int kmod_remove(const char *name)
{
	char command[600], *busy = field(name, "busy");

	free(busy);
	if (busy)
		return -EAGAIN;
	snprintf(command, sizeof(command), "rm -r " PATH_SYSMODULE "/%s", name);
	if (strcmp(name, "lunatik_run") == 0)
		unlink(PATH_DEVICE);
	return system(command) ? -ENOENT : 0;
}

bool kmod_exists(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), LUNATIK_ROOT "/kmod/%s", name);
	return access(path, F_OK) == 0;
}

char *kmod_path(const char *name)
{
	return kmod_exists(name) ? sentence("/kmod/%s.ko", name) : NULL;
}

char *kmod_log(void)
{
	FILE *file = fopen(LUNATIK_ROOT "/klog", "r");
	char *text = calloc(1, 4096);

	if (file) {
		if (!fread(text, 1, 4095, file))
			*text = '\0';
		fclose(file);
	}
	return text;
}

char *kmod_info(const char *name, const char *key)
{
	return kmod_exists(name) ? field(name, key) : NULL;
}
