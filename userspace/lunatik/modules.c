// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The kernel modules: which there are, which are loaded, loading them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/** modules_read - the list of modules in load order; false after a message */
bool modules_read(struct modules *modules)
{
	FILE *file = fopen(PATH_MODULES, "re");
	char *line = NULL, *name;
	size_t room = 0;

	memset(modules, 0, sizeof(*modules));
	if (!file) {
		print_error(PATH_MODULES ": %s: is the package lunatik-tools complete?", strerror(errno));
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

/** first_line - that of a file without its newline, to be freed, or NULL */
char *first_line(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

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

/** module_attribute - a file of /sys/module/NAME without its newline, to be freed, or NULL */
char *module_attribute(const char *name, const char *attribute)
{
	char path[256];

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s/%s", name, attribute);
	return first_line(path);
}

/** module_present - whether the kernel has a module of this name, even if it is being loaded or removed */
bool module_present(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), PATH_SYSMODULE "/%s", name);
	return access(path, F_OK) == 0;
}

/** module_loaded - whether the kernel has a module of this name, all of it: its initialisation is over */
bool module_loaded(const char *name)
{
	char *state = module_attribute(name, "initstate");
	bool loaded = state && strcmp(state, "live") == 0;

	free(state);
	return loaded;
}

/** module_stub - why the module cannot exist on this kernel, to be freed, or NULL when it is a real one */
char *module_stub(const char *name)
{
	return kmod_info(name, "lunatik_missing");
}

/** device_present - whether the control device is there */
bool device_present(void)
{
	struct stat node;

	return stat(PATH_DEVICE, &node) == 0 && S_ISCHR(node.st_mode);
}

/* ---- one process at a time ---------------------------------------------------------------------- */

/* Longer than loading, or stopping scripts and unloading, takes; shorter than what a service may take to start. */
#ifndef LOCK_SECONDS
#define LOCK_SECONDS	60
#endif
#define LOCK_PAUSE_MS	20

static void pause_ms(long milliseconds)
{
	const struct timespec pause = { .tv_nsec = milliseconds * 1000000L };

	nanosleep(&pause, NULL);
}

static struct {
	int fd;
	int depth;
} lock;

/**
 * modules_lock - wait until no other process loads or removes the modules, as services do at boot; may be nested
 *
 * No script is run while it is held, else 'lunatik stop' would wait for the script that it is to stop. The others go on
 * after a while, even if the holder waits for something.
 */
void modules_lock(void)
{
	int tries = LOCK_SECONDS * 1000 / LOCK_PAUSE_MS;

	if (lock.depth++)
		return;
	/* Without a lock, as where /run is read-only, what is done is right for one process at a time. */
	lock.fd = open(PATH_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock.fd < 0)
		return;
	while (flock(lock.fd, LOCK_EX | LOCK_NB) && (errno == EWOULDBLOCK || errno == EINTR)) {
		if (!tries--) {
			print_error("another command has been loading or removing the modules for %d seconds (" PATH_LOCK
				    "): not waiting any longer", LOCK_SECONDS);
			return;
		}
		pause_ms(LOCK_PAUSE_MS);
	}
}

/** modules_unlock - end what modules_lock began */
void modules_unlock(void)
{
	if (!--lock.depth && lock.fd >= 0)
		close(lock.fd);
}

/* ---- loading --------------------------------------------------------------------------------------- */

/* Work items free the objects of a script, after a grace period or two; somebody else may be removing a module. */
#define RETRIES		100
#define RETRY_PAUSE_MS	50

static int persist(int (*act)(const char *name), const char *name)
{
	int error, tries;

	for (tries = 0; tries < RETRIES; tries++) {
		error = act(name);
		if (error != -EAGAIN && error != -EBUSY)
			return error;
		pause_ms(RETRY_PAUSE_MS);
	}
	return error;
}

/** module_insert - load a module, waiting for one of its name that is being removed; 0 or a negative errno */
int module_insert(const char *name)
{
	return persist(kmod_insert, name);
}

/** module_remove - remove a module, waiting for what is still being freed; 0 or a negative errno */
int module_remove(const char *name)
{
	return persist(kmod_remove, name);
}

/** module_without_btf - why eBPF programs cannot call the module, to be freed, or NULL when they can, or none is there */
char *module_without_btf(const char *name)
{
	char *reason = kmod_info(name, "lunatik_btf"), path[256];

	snprintf(path, sizeof(path), PATH_BTF "/%s", name);
	if (!reason && module_loaded(name) && access(PATH_BTF "/vmlinux", F_OK) == 0 && access(path, F_OK))
		reason = sentence("the build made none");
	return reason;
}

static bool load_one(const char *name, bool *ours, struct findings *findings)
{
	char *reason;
	int error;
	bool stub;

	if (module_loaded(name))
		return true;
	reason = module_stub(name);
	stub = reason;
	free(reason);
	/* A library that this kernel cannot have: require and status give the reason. */
	if (stub && strncmp(name, CORE, strlen(CORE)) != 0)
		return true;
	error = stub ? -ENOSYS : module_insert(name);
	*ours = !error && module_loaded(name);
	if (!*ours)
		diagnose_insert(findings, name, error ? -error : ENODEV);
	return *ours;
}

/** modules_try - load what is not loaded: everything, or nothing and a problem; a trial ends as it began */
bool modules_try(bool trial, struct findings *findings)
{
	struct modules modules;
	bool *ours, loaded = true;
	size_t i;

	if (!modules_read(&modules))
		return false;
	ours = must(calloc(modules.count + 1, sizeof(*ours)));
	modules_lock();
	/* A core of another version, or another project's, would fail later and less legibly. */
	if (diagnose_version(findings))
		goto unlock;
	for (i = 0; i < modules.count && loaded; i++)
		loaded = load_one(modules.names[i], &ours[i], findings);
	if (loaded && !device_present())
		diagnose_device(findings);
	/* Nothing stays half loaded. */
	while ((!loaded || trial) && i--) {
		if (ours[i])
			module_remove(modules.names[i]);
	}
unlock:
	modules_unlock();
	free(ours);
	modules_free(&modules);
	return true;
}

/** modules_load - load what is not loaded: everything, or nothing and a message */
enum status modules_load(void)
{
	struct findings findings = { };
	bool done = modules_try(false, &findings) && findings.count == 0;

	findings_report(&findings);
	findings_free(&findings);
	return done ? STATUS_OK : STATUS_REFUSED;
}

/** modules_ensure - modules_try for good, unless the control device is there already; false after a message or a finding */
bool modules_ensure(struct findings *findings)
{
	return device_present() || (modules_try(false, findings) && findings->count == 0);
}
