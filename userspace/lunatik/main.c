// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The command lunatik: reads the command line. Nothing is touched before it is understood.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char usage[] = "usage: lunatik [load|unload|reload|status|list] [run|spawn|stop <script>]\n"
	"       lunatik [rearm|enable|disable <script>] [trace <program>] [doctor]\n";

static const char help[] =
	"\n"
	"  load                  load the kernel modules\n"
	"  unload                stop every script and unload the modules\n"
	"  reload                unload, load, and start again what was running\n"
	"  status [--json]       report which modules are loaded; fails unless all are\n"
	"  list [-l|--json]      list the running scripts and their children; -l: with their statistics\n"
	"  run SCRIPT [CONTEXT] [OPTION...]\n"
	"                        run a script\n"
	"  spawn SCRIPT [CONTEXT] [OPTION...]\n"
	"                        run a script, then the function it returned in a kernel thread\n"
	"  stop SCRIPT           stop a script\n"
	"  rearm SCRIPT          arm the switched-off hooks of a script and its children again\n"
	"  enable SCRIPT [CONTEXT] [--spawn] [--before-network] [--now] [OPTION...]\n"
	"                        run a script at every boot\n"
	"  disable SCRIPT [--now]\n"
	"                        do not run it at boot any more\n"
	"  trace [-c COMMAND] [-p PID] [-d SECONDS] PROGRAM|FILE\n"
	"                        run a program of probes until Control-C, and print what it prints\n"
	"  trace --list PATTERN  list what can be probed\n"
	"  doctor [--json]       find out what is wrong, and what mends it\n"
	"  kbuild-flags [KERNEL] print what the Kbuild file of another module needs\n"
	"  (none)                read Lua from the terminal, or from a pipe, and run it in the kernel\n"
	"\n"
	"SCRIPT is a path below " PATH_ADMIN " or " PATH_SCRIPTS ", with or without .lua.\n"
	"CONTEXT is process, softirq or hardirq: where its callbacks run; true means process and false softirq.\n"
	"\n"
	"  -c, --context CONTEXT the same as an option\n"
	"  -m, --memory SIZE     limit of its memory in bytes, or with K, M or G\n"
	"  -b, --budget UNITS    limit of one entry, about one instruction of the virtual machine each\n"
	"      --percpu          a state for each CPU, for packets and probes (not with spawn)\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0, 1 (failed), 2 (usage), 3 (not permitted, or modules missing). See lunatik(8).\n";

static const struct {
	const char *name;
	enum status (*run)(int argc, char **argv);
} commands[] = {
	{ "load", command_load },
	{ "unload", command_unload },
	{ "reload", command_reload },
	{ "status", command_status },
	{ "list", command_list },
	{ "run", command_run },
	{ "spawn", command_run },
	{ "stop", command_stop },
	{ "rearm", command_rearm },
	{ "enable", command_enable },
	{ "disable", command_disable },
	{ "trace", command_trace },
	{ "doctor", command_doctor },
	{ "kbuild-flags", command_kbuild_flags },
};

/** usage_error - what is wrong with the command line, and its right form */
enum status usage_error(const char *format, ...)
{
	va_list arguments;

	fputs("lunatik: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n%s", usage);
	return STATUS_USAGE;
}

/** next_option - getopt_long for a subcommand, with messages of our form */
int next_option(int argc, char **argv, const char *letters, const struct option *names)
{
	int letter;

	opterr = 0;
	letter = getopt_long(argc, argv, letters, names, NULL);
	if (letter == '?')
		usage_error("%s has no option '%s', or its value is missing", argv[0], argv[optind - 1]);
	return letter;
}

/** json_option - read the arguments of a subcommand whose one option is --json; false after a usage error */
bool json_option(int argc, char **argv, bool *json)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ }
	};
	int letter;

	*json = false;
	while ((letter = next_option(argc, argv, "", names)) != -1) {
		if (letter == '?')
			return false;
		*json = true;
	}
	if (optind < argc)
		usage_error("too many arguments: '%s'", argv[optind]);
	return optind >= argc;
}

/** plain_arguments - whether a subcommand without options has its number of arguments; a message if not */
bool plain_arguments(int argc, char **argv, int positional)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			usage_error("%s has no option '%s'", argv[0], argv[i]);
			return false;
		}
	}
	if (argc - 1 < positional)
		usage_error("%s needs the name of a script", argv[0]);
	else if (argc - 1 > positional)
		usage_error("too many arguments: '%s'", argv[positional + 1]);
	return argc - 1 == positional;
}

static bool has_flag(int argc, char **argv, const char *option)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], option) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	enum status status = STATUS_OK;
	size_t i;

	/* Whole lines: commands that fail at one moment write to one terminal or log. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	if (has_flag(argc, argv, "--help") || has_flag(argc, argv, "-h")) {
		printf("%s%s", usage, help);
	} else if (has_flag(argc, argv, "--version")) {
		puts("lunatik " LUNATIK_VERSION);
	} else if (argc < 2) {
		status = needs_root(0, argv) ? STATUS_REFUSED : repl();
	} else {
		for (i = 0; i < ARRAY_SIZE(commands) && strcmp(argv[1], commands[i].name) != 0; i++)
			;
		status = i < ARRAY_SIZE(commands) ? commands[i].run(argc - 1, argv + 1) :
						    usage_error("there is no command '%s'", argv[1]);
	}
	return closed_stdout(status);
}
