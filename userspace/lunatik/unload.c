// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Stops every script and removes the modules; when that is refused, says who holds them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cli.h"

static enum status stop_scripts(void)
{
	static const char shutdown[] = "return lunatik.runner.shutdown()";
	enum status status = STATUS_OK;
	struct answer answer;
	int session;

	if (access(PATH_DEVICE, F_OK))
		return STATUS_OK;
	session = session_open();
	if (session < 0) {
		report_open(-session);
		return session == -EPERM || session == -EACCES ? STATUS_REFUSED : STATUS_OK;
	}
	if (session_eval(session, shutdown, strlen(shutdown), &answer) == 0) {
		if (!answer.ok) {
			answer_print_error(&answer);
			status = STATUS_FAILED;
		}
		answer_free(&answer);
	}
	session_close(session);
	return status;
}

/* A character device, or all of one driver. */
struct held {
	unsigned int major;
	bool every_minor;
	unsigned int minor;
};

/* The name of an open file of the device in a process, to be freed, or NULL; of one that was removed it is the old one. */
static char *held_by(const char *pid, const struct held *held)
{
	char path[600], name[256], *found = NULL;
	struct dirent *entry;
	struct stat node;
	ssize_t size;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	folder = opendir(path);
	if (!folder)
		return NULL;
	while (!found && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name);
		if (stat(path, &node) || !S_ISCHR(node.st_mode) || major(node.st_rdev) != held->major ||
		    (!held->every_minor && minor(node.st_rdev) != held->minor))
			continue;
		size = readlink(path, name, sizeof(name) - 1);
		name[size > 0 ? size : 0] = '\0';
		if (strstr(name, " (deleted)"))
			*strstr(name, " (deleted)") = '\0';
		found = must(strdup(name));
	}
	closedir(folder);
	return found;
}

/* Names each process that has such a file open; false without any. */
static bool name_processes(const struct held *held)
{
	struct dirent *entry;
	bool open = false;
	DIR *folder = opendir("/proc");

	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		char path[300], *file, *name;

		if (!isdigit((unsigned char)*entry->d_name) || atoi(entry->d_name) == getpid())
			continue;
		file = held_by(entry->d_name, held);
		if (!file)
			continue;
		open = true;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		name = first_line(path);
		print_error("%s is open in %s (process %s): end it, then try again", file, name ? name : "a process", entry->d_name);
		free(name);
		free(file);
	}
	closedir(folder);
	return open;
}

/* A session that somebody else has open would be found half-way, with some modules gone. */
static bool sessions_open(void)
{
	struct held held = { };
	struct stat node;

	if (stat(PATH_DEVICE, &node) || !S_ISCHR(node.st_mode))
		return false;
	held.major = major(node.st_rdev);
	held.minor = minor(node.st_rdev);
	return name_processes(&held);
}

/* Files of scripts' devices stay open when the scripts have ended. */
static bool devices_open(void)
{
	struct held held = { .every_minor = true };
	char line[128], name[64];
	bool known = false;
	FILE *list = fopen("/proc/devices", "re");

	while (list && !known && fgets(line, sizeof(line), list))
		known = sscanf(line, "%u %63s", &held.major, name) == 2 && strcmp(name, "luadevice") == 0;
	if (list)
		fclose(list);
	return known && name_processes(&held);
}

/* Modules that hold this one; those in the list go before it and do not count. */
static bool name_holders(const char *name, const struct modules *except)
{
	struct dirent *entry;
	bool held = false;
	char path[256];
	DIR *folder;

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s/holders", name);
	folder = opendir(path);
	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		if (*entry->d_name == '.' || (except && module_listed(except, entry->d_name)))
			continue;
		print_error("%s is used by the module %s: sudo rmmod %s, then try again", name, entry->d_name, entry->d_name);
		held = true;
	}
	closedir(folder);
	return held;
}

/* Scripts have ended by now: only rules still hold xtable, and the kernel does not list them by module. */
static void explain_refusal(const char *name, int error)
{
	char *users = module_attribute(name, "refcnt");

	if (strcmp(name, "luaxtable") == 0 && users && atoi(users) > 0)
		print_error("luaxtable is used by rules of iptables, ip6tables, arptables or ebtables (%s): delete them "
			    "('iptables-save' and its likes show them), then try again", users);
	else if (!name_holders(name, NULL) && !(strcmp(name, "luadevice") == 0 && devices_open()))
		print_error("%s cannot be unloaded: %s (references: %s); the kernel log has the reason if the kernel kept a hook",
			    name, strerror(error), users ? users : "unknown");
	print_error("all scripts are stopped; 'lunatik load' loads the modules again");
	free(users);
}

static enum status remove_all(const struct modules *modules)
{
	size_t i = modules->count;
	int error;

	while (i--) {
		if (!module_present(modules->names[i]))
			continue;
		error = module_remove(modules->names[i]);
		if (error && module_present(modules->names[i])) {
			explain_refusal(modules->names[i], -error);
			return error == -EPERM ? STATUS_REFUSED : STATUS_FAILED;
		}
	}
	return STATUS_OK;
}

/** modules_unload - stop all scripts and remove all modules, or say what is in the way */
enum status modules_unload(void)
{
	struct modules modules;
	enum status status;
	bool held = false;
	size_t i;

	if (!modules_read(&modules))
		return STATUS_REFUSED;
	modules_lock();
	status = stop_scripts();
	if (status != STATUS_OK)
		goto unlock;
	for (i = 0; i < modules.count; i++)
		held |= name_holders(modules.names[i], &modules);
	status = held || sessions_open() ? STATUS_FAILED : remove_all(&modules);
unlock:
	modules_unlock();
	modules_free(&modules);
	return status;
}
