// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik enable and disable: scripts that run at every boot, as instances of lunatik@.service.
 */
#include <ctype.h>
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define PATH_SERVICE	LUNATIK_ROOT PATH_ADMIN "/service"
#define PATH_UNITS	LUNATIK_ROOT "/etc/systemd/system"
/* As sd_booted(3) has it. */
#define PATH_SYSTEMD	LUNATIK_ROOT "/run/systemd/system"

/* As systemd-escape does: / becomes -, and what is neither letter nor digit nor one of :_. becomes \xNN. */
static char *escape(const char *script)
{
	const char *cursor;
	char *text;
	size_t size;
	FILE *file = must(open_memstream(&text, &size));

	for (cursor = script; *cursor; cursor++) {
		if (*cursor == '/')
			fputc('-', file);
		else if (isalnum((unsigned char)*cursor) || *cursor == ':' || *cursor == '_' ||
			 (*cursor == '.' && cursor > script))
			fputc(*cursor, file);
		else
			fprintf(file, "\\x%02x", (unsigned char)*cursor);
	}
	if (fclose(file))
		out_of_memory();
	return text;
}

/* The folder's parent is there. */
static bool make_folder(const char *path)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return true;
	print_error("%s: %s", path, strerror(errno));
	return false;
}

/* Whole or not at all. */
static bool write_file(const char *path, const char *text)
{
	char *temporary = sentence("%s.new", path);
	FILE *file = fopen(temporary, "we");
	bool written = file && fputs(text, file) >= 0;

	if (file && fclose(file))
		written = false;
	written = written && rename(temporary, path) == 0;
	if (!written)
		print_error("%s: %s", path, strerror(errno));
	free(temporary);
	return written;
}

static void append_text(FILE *file, const char *option, const char *value)
{
	if (value)
		fprintf(file, "%s %s ", option, value);
}

static void append_number(FILE *file, const char *option, unsigned long long value)
{
	if (value)
		fprintf(file, "%s %llu ", option, value);
}

static bool configure(const struct options *options, const char *instance)
{
	char *path = sentence(PATH_SERVICE "/%s.conf", instance), *text;
	bool written;
	size_t size;
	FILE *file = must(open_memstream(&text, &size));

	fprintf(file, "# How the service runs %s; see lunatik(8).\nCOMMAND=%s\nOPTIONS=\"", options->script,
		options->spawn ? "spawn" : "run");
	if (options->sleep)
		append_text(file, "--context", strcmp(options->sleep, "true") == 0 ? "process" : "softirq");
	append_text(file, "--context", options->context);
	append_number(file, "--memory", options->memory);
	append_number(file, "--budget", options->budget);
	if (options->percpu)
		fputs("--percpu ", file);
	fputs("\"\n", file);
	if (fclose(file))
		out_of_memory();
	written = make_folder(LUNATIK_ROOT PATH_ADMIN) && make_folder(PATH_SERVICE) && write_file(path, text);
	free(path);
	free(text);
	return written;
}

/* The order that a firewall of its own needs: no packet passes before it. */
static bool order_unit(const struct options *options, const char *instance)
{
	static const char text[] =
		"# Written by lunatik enable --before-network\n"
		"[Unit]\n"
		"DefaultDependencies=no\n"
		"After=local-fs.target systemd-modules-load.service systemd-sysctl.service\n"
		"Wants=network-pre.target\n"
		"Before=network-pre.target multi-user.target shutdown.target\n"
		"Conflicts=shutdown.target\n";
	char *folder = sentence(PATH_UNITS "/lunatik@%s.service.d", instance);
	char *path = sentence("%s/before-network.conf", folder);
	bool done;

	if (options->before_network) {
		done = make_folder(folder) && write_file(path, text);
	} else {
		done = unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR;
		rmdir(folder);
	}
	free(folder);
	free(path);
	return done;
}

static enum status systemctl(const char *verb, bool now, const char *instance)
{
	char *unit = sentence("lunatik@%s.service", instance);
	const char *const argv[] = { "systemctl", verb, unit, now ? "--now" : NULL, NULL };
	int error, status = 1;
	pid_t process;

	fflush(stdout);
	error = posix_spawnp(&process, argv[0], NULL, NULL, (char *const *)argv, environ);
	if (error)
		print_error("scripts are run at boot by systemd, but systemctl cannot be started: %s", strerror(error));
	else if (waitpid(process, &status, 0) < 0 || status)
		print_error("'systemctl %s %s%s' failed%s", verb, unit, now ? " --now" : "",
			    now ? ": see 'systemctl status' of it" : "");
	free(unit);
	return status ? STATUS_FAILED : STATUS_OK;
}

static enum status enable(const struct options *options, const char *instance)
{
	bool given = options->spawn || options->sleep || options->context || options->memory || options->budget ||
		     options->percpu || options->before_network;

	/* Nothing is left half done: systemctl would enable the script and then fail to start it. */
	if (options->now && access(PATH_SYSTEMD, F_OK)) {
		print_error("nothing can be started now: systemd does not run here; without --now, the script runs from the next boot on");
		return STATUS_FAILED;
	}
	/* Options replace those of an earlier time; without any, those stay. */
	if (given && (!configure(options, instance) || !order_unit(options, instance)))
		return STATUS_FAILED;
	return systemctl("enable", options->now, instance);
}

static enum status disable(const struct options *options, const char *instance)
{
	return systemctl("disable", options->now, instance);
}

static enum status on_service(int argc, char **argv, const char *letters, bool needs_script,
			      enum status (*act)(const struct options *options, const char *instance))
{
	/* The characters that the kernel takes in a name; a unit's name may hold no others. */
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./";
	enum status status = STATUS_FAILED;
	struct options options;
	char *script, *instance;

	if (!options_parse(&options, argc, argv, letters))
		return STATUS_USAGE;
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	script = script_name(options.script);
	if (!*script || *script == '/' || strstr(script, "..") || strlen(script) >= 128 || script[strspn(script, plain)]) {
		print_error("'%s' is not a script's name: a path below " PATH_ADMIN " or " PATH_SCRIPTS
			    " of at most 127 letters, digits and _-+./, without '..'", options.script);
	} else if (!needs_script || (script_found(script) && script_chosen(options.script))) {
		options.script = script;
		instance = escape(script);
		status = act(&options, instance);
		free(instance);
	}
	free(script);
	return status;
}

/** command_enable - lunatik enable */
enum status command_enable(int argc, char **argv)
{
	return on_service(argc, argv, OPTIONS_RUN "snw", true, enable);
}

/** command_disable - lunatik disable; the options are kept for the next time */
enum status command_disable(int argc, char **argv)
{
	return on_service(argc, argv, "w", false, disable);
}
