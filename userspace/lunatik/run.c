// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik run, spawn and stop.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static bool known(const char *word, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* A whole number above zero that a Lua integer holds; sizes may end in K, M or G. */
static bool number(const char *text, bool size, unsigned long long *value)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	int shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno || *value == 0)
		return false;
	if (size && *end) {
		unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (!unit)
			return false;
		shift = (int)(unit - units + 1) * 10;
		end++;
	}
	if (*end || *value > (unsigned long long)LLONG_MAX >> shift)
		return false;
	*value <<= shift;
	return true;
}

static const char *const contexts[] = { "process", "softirq", "hardirq" };

static bool set_option(struct options *options, int letter, const char *value)
{
	switch (letter) {
	case 'c':
		options->context = value;
		if (known(value, contexts, ARRAY_SIZE(contexts)))
			return true;
		usage_error("the context is process, softirq or hardirq, not '%s'", value);
		return false;
	case 'm':
		if (number(value, true, &options->memory))
			return true;
		usage_error("'%s' is not a size: a number of bytes, or of K, M or G (128K to 1G)", value);
		return false;
	case 'b':
		if (number(value, false, &options->budget))
			return true;
		usage_error("'%s' is not a budget: a number of units (1000 to 2147483647)", value);
		return false;
	}
	options->percpu |= letter == 'p';
	options->spawn |= letter == 's';
	options->before_network |= letter == 'n';
	options->now |= letter == 'w';
	return true;
}

/* The script's name, and perhaps a context behind it, or the documented boolean. */
static bool positional(struct options *options, int argc, char **argv)
{
	static const char *const booleans[] = { "true", "false" };
	const char *word;

	if (optind >= argc) {
		usage_error("%s needs the name of a script", argv[0]);
		return false;
	}
	options->script = argv[optind++];
	if (optind >= argc)
		return true;
	word = argv[optind++];
	if (known(word, booleans, ARRAY_SIZE(booleans))) {
		options->sleep = word;
	} else if (!known(word, contexts, ARRAY_SIZE(contexts))) {
		usage_error("after the script comes its context (process, softirq, hardirq, true or false), not '%s'", word);
		return false;
	}
	if (options->context) {
		usage_error("the context is given twice: --context %s and '%s'", options->context, word);
		return false;
	}
	if (!options->sleep)
		options->context = word;
	if (optind < argc)
		usage_error("too many arguments: '%s'", argv[optind]);
	return optind >= argc;
}

static bool is_process(const struct options *options)
{
	return (options->context && strcmp(options->context, "process") == 0) ||
	       (options->sleep && strcmp(options->sleep, "true") == 0);
}

/**
 * options_parse - read a script's name and its options; false after a usage error
 *
 * @letters: those of the options that the subcommand has
 */
bool options_parse(struct options *options, int argc, char **argv, const char *letters)
{
	static const struct option all[] = {
		{ "context", required_argument, NULL, 'c' },
		{ "memory", required_argument, NULL, 'm' },
		{ "budget", required_argument, NULL, 'b' },
		{ "percpu", no_argument, NULL, 'p' },
		{ "spawn", no_argument, NULL, 's' },
		{ "before-network", no_argument, NULL, 'n' },
		{ "now", no_argument, NULL, 'w' },
	};
	struct option names[ARRAY_SIZE(all) + 1] = { };
	size_t i, count = 0;
	int letter;

	memset(options, 0, sizeof(*options));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (strchr(letters, all[i].val))
			names[count++] = all[i];
	while ((letter = next_option(argc, argv, strchr(letters, 'c') ? "c:m:b:" : "", names)) != -1)
		if (letter == '?' || !set_option(options, letter, optarg))
			return false;
	if (!positional(options, argc, argv))
		return false;
	if (options->percpu && (options->spawn || strcmp(argv[0], "spawn") == 0))
		usage_error("with --percpu a script has a state for each CPU: none of them can run in a thread");
	else if (options->percpu && is_process(options))
		usage_error("with --percpu the context is softirq (the default) or hardirq");
	else
		return true;
	return false;
}

/* Only the options that were given: the defaults are the kernel's. */
static char *argument(const struct options *options)
{
	char *text;
	size_t size;
	FILE *file = must(open_memstream(&text, &size));

	if (!options->context && !options->memory && !options->budget && !options->percpu) {
		fputs(options->sleep ? options->sleep : "nil", file);
	} else {
		fputc('{', file);
		if (options->context)
			fprintf(file, "context = \"%s\", ", options->context);
		if (options->sleep)
			fprintf(file, "context = %s, ", options->sleep);
		if (options->memory)
			fprintf(file, "memory = %llu, ", options->memory);
		if (options->budget)
			fprintf(file, "budget = %llu, ", options->budget);
		if (options->percpu)
			fputs("percpu = true", file);
		fputc('}', file);
	}
	if (fclose(file))
		out_of_memory();
	return text;
}

static bool script_exists(const char *prefix, const char *name)
{
	static const char *const searched[] = { PATH_ADMIN, PATH_SCRIPTS };
	char path[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(searched); i++) {
		snprintf(path, sizeof(path), LUNATIK_ROOT "%s/%s%s.lua", searched[i], prefix, name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static const char *const folders[] = { PATH_ADMIN "/", PATH_SCRIPTS "/", "/usr" PATH_SCRIPTS "/" };

/**
 * script_name - a script's name without its final .lua, to be freed
 *
 * Of an absolute path, the part behind a script folder; the path itself where it begins with none of them.
 */
char *script_name(const char *script)
{
	size_t i, size;
	char *name;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		if (strncmp(script, folders[i], strlen(folders[i])) == 0) {
			script += strlen(folders[i]);
			break;
		}
	}
	name = must(strdup(script));
	size = strlen(name);
	if (size > 4 && strcmp(name + size - 4, ".lua") == 0)
		name[size - 4] = '\0';
	return name;
}

/**
 * script_chosen - whether the kernel would run just the file of this path, and no other one of its name; a message if not
 *
 * @script: as the user typed it: only an absolute path means one file
 */
bool script_chosen(const char *script)
{
	char *name, *path;
	bool hidden;

	if (*script != '/' || strncmp(script, PATH_ADMIN "/", sizeof(PATH_ADMIN)) == 0)
		return true;
	name = script_name(script);
	path = sentence(LUNATIK_ROOT PATH_ADMIN "/%s.lua", name);
	hidden = *name != '/' && access(path, F_OK) == 0;
	if (hidden)
		print_error("%s is hidden by " PATH_ADMIN "/%s.lua, which the name %s stands for", script, name, name);
	free(path);
	free(name);
	return !hidden;
}

/** script_found - whether a script folder has it; if not, a message of where it was searched, and who has it */
bool script_found(const char *name)
{
	static const char examples[] = "examples/";

	if (script_exists("", name))
		return true;
	print_error("there is no script %s: searched for %s.lua in " PATH_ADMIN " and " PATH_SCRIPTS, name, name);
	if (script_exists(examples, name))
		print_error("there is an example of that name: sudo lunatik run %s%s", examples, name);
	else if (strncmp(name, examples, strlen(examples)) == 0 &&
		 access(LUNATIK_ROOT PATH_SCRIPTS "/examples", F_OK)) {
		char *command = install_command("lunatik-examples", "lunatik-examples");

		print_error("the package lunatik-examples has examples: %s", command);
		free(command);
	}
	return false;
}

/*
 * Print what a script printed, and what its message leaves open: why it could not be opened, and what to do with a function
 * that another script may call, or that was meant to be spawned.
 */
static enum status report(const struct answer *answer, const char *script)
{
	/* A look-up that was stopped hangs in the file system, where the command would hang, too. */
	bool missing = !answer->ok && !answer->interrupted && strstr(answer->result, "cannot open") &&
		       !strstr(answer->result, ": interrupted");
	char *name = script_name(script);

	answer_print(answer);
	if (missing)
		script_found(name);
	else if (answer->ok && strcmp(answer->result, "true") == 0)
		print_error("%s returned a function or yielded, which 'run' does not continue; to run it in a kernel thread: lunatik stop %s && lunatik spawn %s",
			    name, name, name);
	free(name);
	return answer->ok ? STATUS_OK : STATUS_FAILED;
}

static enum status start(const char *verb, const struct options *options)
{
	enum status status;
	bool interrupted = false;
	struct answer answer;
	struct chunk chunk;
	int session;
	char *text;

	status = session_start(&session);
	if (status != STATUS_OK)
		return status;
	text = argument(options);
	chunk_begin(&chunk);
	chunk_call(&chunk, verb, options->script, text);
	free(text);
	if (strcmp(verb, "run") == 0)
		fputs("return value:resumable()", chunk.file);
	status = STATUS_FAILED;
	if (chunk_eval(&chunk, session, &answer) == 0) {
		status = report(&answer, options->script);
		interrupted = answer.interrupted;
		answer_free(&answer);
	}
	session_close(session);
	if (interrupted) {
		/* End as Control-C ends a command, so that a shell's loop around it ends too. */
		fflush(stdout);
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	return status;
}

/** command_run - lunatik run and spawn */
enum status command_run(int argc, char **argv)
{
	struct options options;

	if (!options_parse(&options, argc, argv, OPTIONS_RUN))
		return STATUS_USAGE;
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	return script_chosen(options.script) ? start(argv[0], &options) : STATUS_FAILED;
}

/* Nothing runs under this name itself; perhaps a child's name ends with it. */
static void explain_not_running(int session, const char *script)
{
	const char *parent = "";
	struct answer answer = { };
	struct chunk chunk;

	chunk_begin(&chunk);
	chunk_command(&chunk, "parent", script, strlen(script));
	if (chunk_eval(&chunk, session, &answer) == 0 && answer.ok)
		parent = answer.result;
	if (*parent)
		print_error("%s does not run by itself: it is a child of %s: name that one", script, parent);
	else
		print_error("%s is not running", script);
	answer_free(&answer);
}

/* Calls a function of the runner's with the script's name; its result goes into @result. */
static enum status call(int session, const char *function, const char *script, char *result, size_t size)
{
	struct answer answer;
	struct chunk chunk;
	enum status status;

	chunk_begin(&chunk);
	chunk_call(&chunk, function, script, "nil");
	fputs("return value", chunk.file);
	if (chunk_eval(&chunk, session, &answer))
		return STATUS_FAILED;
	answer_print(&answer);
	status = answer.ok ? STATUS_OK : STATUS_FAILED;
	snprintf(result, size, "%s", answer.result);
	answer_free(&answer);
	if (status == STATUS_OK && strcmp(result, "nil") == 0) {
		explain_not_running(session, script);
		status = STATUS_FAILED;
	}
	return status;
}

static enum status on_script(int argc, char **argv, const char *function, char *result, size_t size)
{
	enum status status = STATUS_FAILED;
	int session;

	if (!plain_arguments(argc, argv, 1))
		return STATUS_USAGE;
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	/* A stop after an unload, as of a service, loads nothing. */
	modules_lock();
	if (device_present())
		status = session_start(&session);
	else
		print_error("%s is not running", argv[1]);
	modules_unlock();
	if (status != STATUS_OK)
		return status;
	status = call(session, function, argv[1], result, size);
	session_close(session);
	return status;
}

/** command_stop - lunatik stop */
enum status command_stop(int argc, char **argv)
{
	char result[32];

	return on_script(argc, argv, "stop", result, sizeof(result));
}

/** command_rearm - lunatik rearm; fails when nothing was to be armed */
enum status command_rearm(int argc, char **argv)
{
	enum status status;
	char result[32];

	status = on_script(argc, argv, "rearm", result, sizeof(result));
	if (status != STATUS_OK || strcmp(result, "0") != 0)
		return status;
	print_error("no hook of %s is switched off", argv[1]);
	return STATUS_FAILED;
}
