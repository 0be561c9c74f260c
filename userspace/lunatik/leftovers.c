// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files of another installation that get in the way, and script folders that the kernel will not read from.
 */
#include <ftw.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define COMMAND_NAME	"lunatik"
#define COMMAND_PATH	LUNATIK_ROOT "/usr/sbin/" COMMAND_NAME

/* nftw() has no argument for its function. */
static struct findings *findings;
static struct modules modules;
static size_t prefix;

static char **owned;		/* paths of packages, sorted */
static size_t owned_count;

static char *strangers;		/* the first script that belongs to no package */
static size_t stranger_count;

/* ---- modules ------------------------------------------------------------------------------------- */

static int visit_module(const char *path, const struct stat *node, int type, struct FTW *at)
{
	/* Where DKMS installs: updates on Debian, any of these elsewhere. */
	static const char *const places[] = { "updates/", "extra/", "weak-updates/" };
	const char *file = path + at->base, *end = strstr(file, ".ko");
	size_t i, count = on_debian() ? 1 : ARRAY_SIZE(places);
	char name[64], *folder;

	(void)node;
	/* NAME.ko, NAME.ko.xz and so on, where NAME is one of ours. */
	if (type != FTW_F || !end || (end[3] && end[3] != '.') || (size_t)(end - file) >= sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(end - file), file);
	if (!module_listed(&modules, name))
		return 0;
	for (i = 0; i < count; i++)
		if (strncmp(path + prefix, places[i], strlen(places[i])) == 0)
			return 0;
	folder = sentence("%.*s", at->base - 1, path);
	found(findings, "leftover", sentence("%s is the module of another installation", path),
	      /* A folder of that name holds nothing else. */
	      strcmp(folder + strlen(folder) - strlen(CORE), CORE) == 0 && !strstr(path + prefix, "updates") ?
	      sentence("sudo rm %s/*.ko* && sudo depmod", folder) : sentence("sudo rm %s && sudo depmod", path));
	free(folder);
	return 1;
}

/* ---- DKMS's folders -------------------------------------------------------------------------------- */

/* DKMS reads the dkms.conf of everything that it has built. Where one is gone, every command of DKMS ends with an error. */
static void stale_folders(void)
{
	glob_t sources;
	size_t i;

	if (glob(PATH_DKMS "/*/*/source", 0, NULL, &sources))
		return;
	for (i = 0; i < sources.gl_pathc; i++) {
		const char *source = sources.gl_pathv[i];
		char *folder = sentence("%.*s", (int)(strrchr(source, '/') - source), source);
		char *conf = sentence("%s/dkms.conf", source), *target = realpath(source, NULL), link[256] = "";

		if (access(conf, F_OK) != 0) {
			if (!target && readlink(source, link, sizeof(link) - 1) < 0)
				*link = '\0';
			found(findings, "dkms", sentence("%s is left of a module whose source%s%s is gone: 'dkms status' fails there, and so do "
							 "builds for the next kernel", folder, *link ? " " : "", link),
			      sentence("sudo rm -r %s", folder));
		}
		free(target);
		free(folder);
		free(conf);
	}
	globfree(&sources);
}

/* ---- commands ------------------------------------------------------------------------------------- */

static bool same_file(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Folders of PATH, and of root's where sudo gives another one. */
static void other_commands(void)
{
	static const char roots[] = "/usr/local/sbin:/usr/local/bin";
	const char *path = getenv("PATH");
	char *folders = sentence("%s%s%s", roots, path ? ":" : "", path ? path : ""), *cursor = folders, *folder;
	char *seen = sentence(":");

	while ((folder = strsep(&cursor, ":"))) {
		char *mark = sentence(":%s:", folder), *command = sentence(LUNATIK_ROOT "%s/" COMMAND_NAME, folder), *more;

		if (!strstr(seen, mark) && *folder == '/' && access(command, X_OK) == 0 &&
		    !same_file(command, COMMAND_PATH) && !same_file(command, "/proc/self/exe"))
			found(findings, "command", sentence("%s is the command of another installation", command),
			      sentence("sudo rm %s", command));
		more = sentence("%s%s:", seen, folder);
		free(command);
		free(mark);
		free(seen);
		seen = more;
	}
	free(seen);
	free(folders);
}

/* ---- scripts --------------------------------------------------------------------------------------- */

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Lines of "PACKAGE[, PACKAGE...]: PATH". */
static void read_owned(void)
{
	FILE *list = popen("dpkg-query -S '" PATH_SCRIPTS "/*' '/usr" PATH_SCRIPTS "/*' 2>/dev/null", "re");
	char *line = NULL, *path;
	size_t room = 0;

	while (list && getline(&line, &room, list) > 0) {
		line[strcspn(line, "\n")] = '\0';
		path = strstr(line, ": /");
		if (!path)
			continue;
		path += 2;
		/* /lib may be a link to it. */
		if (strncmp(path, "/usr/lib/", 9) == 0)
			path += 4;
		owned = must(realloc(owned, (owned_count + 1) * sizeof(*owned)));
		owned[owned_count++] = must(strdup(path));
	}
	free(line);
	if (list)
		pclose(list);
	if (owned)
		qsort(owned, owned_count, sizeof(*owned), by_name);
}

static int visit_script(const char *path, const struct stat *node, int type, struct FTW *at)
{
	const char *name = path + strlen(LUNATIK_ROOT), *suffix = strrchr(path, '.');

	(void)node;
	(void)at;
	if (type != FTW_F || !suffix || strcmp(suffix, ".lua") != 0 ||
	    (owned && bsearch(&name, owned, owned_count, sizeof(*owned), by_name)))
		return 0;
	/* The project's own name space: nobody else puts anything there. */
	if (strncmp(name, PATH_SCRIPTS "/" CORE "/", sizeof(PATH_SCRIPTS "/" CORE)) == 0) {
		found(findings, "leftover", sentence("%s is a library of another installation", path), sentence("sudo rm %s", path));
		return 0;
	}
	if (!stranger_count++)
		strangers = must(strdup(path));
	return 0;
}

/* Only a machine whose library came in a package knows the files that did not. */
static void leftover_scripts(void)
{
	if (package_installed("lunatik-dkms")) {
		read_owned();
		nftw(LUNATIK_ROOT PATH_SCRIPTS, visit_script, 16, FTW_PHYS);
	}
	if (stranger_count)
		noted(findings, "strangers", sentence("in " PATH_SCRIPTS ", %zu script%s no package (%s%s); yours are better kept in "
						      PATH_ADMIN, stranger_count, stranger_count > 1 ? "s belong to" : " belongs to",
						      strangers, stranger_count > 1 ? ", ..." : ""), NULL);
	while (owned_count)
		free(owned[--owned_count]);
	free(owned);
	free(strangers);
}

/** diagnose_leftovers - modules, folders of DKMS, commands and scripts of another installation */
void diagnose_leftovers(struct findings *list)
{
	char *path = sentence(PATH_KERNELS "/%s", kernel_release());

	findings = list;
	prefix = strlen(path) + 1;
	if (modules_read(&modules)) {
		nftw(path, visit_module, 16, FTW_PHYS);
		modules_free(&modules);
	}
	free(path);
	stale_folders();
	other_commands();
	leftover_scripts();
}

/* ---- owners ----------------------------------------------------------------------------------------- */

static int visit_owner(const char *path, const struct stat *node, int type, struct FTW *at)
{
	const char *suffix = strrchr(path, '.');

	(void)at;
	if (type == FTW_SL || (type == FTW_F && (!suffix || strcmp(suffix, ".lua") != 0)))
		return 0;
	if (node->st_uid == 0 && !(node->st_mode & 0022))
		return 0;
	found(findings, "owner", sentence("%s %s: the kernel runs what is root's alone", path,
					  node->st_uid ? "does not belong to root" : "can be written by others than root"),
	      sentence("sudo chown -R root %s && sudo chmod -R go-w %s", path, path));
	/* The command that mends a folder mends everything below it. */
	return FTW_SKIP_SUBTREE;
}

/** diagnose_scripts - scripts and folders that somebody else than root may change */
void diagnose_scripts(struct findings *list)
{
	static const char *const folders[] = { LUNATIK_ROOT PATH_ADMIN, LUNATIK_ROOT PATH_SCRIPTS };
	size_t i;

	findings = list;
	for (i = 0; i < ARRAY_SIZE(folders); i++)
		nftw(folders[i], visit_owner, 16, FTW_PHYS | FTW_ACTIONRETVAL);
}
