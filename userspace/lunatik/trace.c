// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik trace: runs a program of probes until it is interrupted, and prints as they come the lines that it writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define SOURCE_MAX	65536
#define POLL_MS		200
#define TRACEFS		LUNATIK_ROOT "/sys/kernel/tracing/available_events"
#define DEBUGFS		LUNATIK_ROOT "/sys/kernel/debug/tracing/available_events"

/* A program, and the conditions under which it ends. */
struct trace {
	const char *name;	/* of the program, for messages */
	char *source;
	size_t size;
	long pid;		/* of a process, or 0 */
	const char *command;	/* or NULL */
	pid_t child;
	int go;			/* closed to let the child run */
	double seconds;		/* or 0 */
	struct timespec begin;
};

static volatile sig_atomic_t stopped;

static void on_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_stop };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* ---- the command line ---- */

static bool positive(const char *option, const char *text, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(text, &end);
	if (!errno && end != text && !*end && *value > 0 && *value < 1e9)
		return true;
	usage_error("%s needs a number above 0, not '%s'", option, text);
	return false;
}

static bool process(const char *text, long *pid)
{
	double number;

	if (!positive("-p", text, &number))
		return false;
	*pid = number;
	if (*pid == number)
		return true;
	usage_error("-p needs the number of a process, not '%s'", text);
	return false;
}

/* A name without a slash may be that of a tool. */
static FILE *open_file(const char *name)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char path[256];
	int error = errno;

	if (file || strchr(name, '/'))
		return file;
	snprintf(path, sizeof(path), PATH_TOOLS "/%s.trace", name);
	file = fopen(path, "re");
	errno = error;
	return file;
}

static bool read_file(struct trace *trace, const char *path)
{
	FILE *file = open_file(path);
	bool ok;

	trace->source = must(malloc(SOURCE_MAX + 1));
	trace->size = file ? fread(trace->source, 1, SOURCE_MAX + 1, file) : 0;
	ok = file && !ferror(file);
	if (!ok)
		print_error("%s: %s", path, strerror(errno));
	if (file && file != stdin)
		fclose(file);
	if (ok && trace->size > SOURCE_MAX) {
		print_error("%s: a program has at most %d bytes", path, SOURCE_MAX);
		ok = false;
	}
	trace->name = file == stdin ? "stdin" : path;
	return ok;
}

/* A program has braces; anything else is the name of a file. */
static bool read_program(struct trace *trace, const char *argument)
{
	if (!strchr(argument, '{'))
		return read_file(trace, argument);
	trace->name = "trace";
	trace->source = must(strdup(argument));
	trace->size = strlen(argument);
	if (trace->size <= SOURCE_MAX)
		return true;
	print_error("a program has at most %d bytes", SOURCE_MAX);
	return false;
}

/* ---- the command that is traced ---- */

/* The child waits until the probes are there. */
static bool fork_command(struct trace *trace)
{
	int ends[2];
	char byte;

	if (pipe2(ends, O_CLOEXEC)) {
		print_error("pipe: %s", strerror(errno));
		return false;
	}
	trace->child = fork();
	if (trace->child < 0) {
		print_error("fork: %s", strerror(errno));
		return false;
	}
	if (trace->child) {
		close(ends[0]);
		trace->go = ends[1];
		return true;
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		_exit(125);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	execl("/bin/sh", "sh", "-c", trace->command, (char *)NULL);
	_exit(127);
}

static void let_go(struct trace *trace)
{
	if (!trace->command)
		return;
	if (write(trace->go, "", 1) != 1)
		print_error("the command did not start");
	close(trace->go);
	trace->go = -1;
}

/* The end of the command: its status as a shell has it. */
static enum status end_command(struct trace *trace)
{
	int status = 0;

	if (!trace->command)
		return STATUS_OK;
	if (trace->go >= 0)
		close(trace->go);
	else if (stopped)
		kill(trace->child, SIGTERM);
	while (waitpid(trace->child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- until when ---- */

static double elapsed(const struct trace *trace)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - trace->begin.tv_sec + (now.tv_nsec - trace->begin.tv_nsec) / 1e9;
}

static bool is_over(const struct trace *trace)
{
	siginfo_t info = { };

	if (stopped || (trace->seconds > 0 && elapsed(trace) >= trace->seconds))
		return true;
	if (trace->pid && kill(trace->pid, 0) && errno == ESRCH)
		return true;
	return trace->command && waitid(P_PID, trace->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

static int wait_ms(const struct trace *trace)
{
	double left = trace->seconds > 0 ? (trace->seconds - elapsed(trace)) * 1000 : POLL_MS;

	return left < 1 ? 1 : left > POLL_MS ? POLL_MS : left;
}

/* ---- the session ---- */

/* Print what an answer has for the user: its result is a state, messages, a zero byte, and text. */
static char take(const struct answer *answer)
{
	size_t text = strlen(answer->result) + 1;

	if (text < answer->result_size)
		fwrite(answer->result + text, 1, answer->result_size - text, stdout);
	fflush(stdout);
	if (*answer->result)
		fputs(answer->result + 1, stderr);
	return *answer->result;
}

/* The message alone: the traceback is about files of ours. */
static void print_failure(const struct answer *answer)
{
	print_error("%s", answer->cut_off ? "interrupted" : answer->result);
}

/*
 * One look at what the program has written. *ack is whether the last answer came.
 * Returns the state, or 0 after a message.
 */
static char look(int session, int ms, bool *ack)
{
	struct answer answer;
	char chunk[96], state = '+';
	int size;

	size = snprintf(chunk, sizeof(chunk), "return require(\"lunatik.trace\").poll(%d, %s)", ms, *ack ? "true" : "false");
	if (session_eval(session, chunk, size, &answer))
		return 0;
	*ack = answer.ok;
	if (answer.ok)
		state = take(&answer);
	stopped |= answer.interrupted || session_signalled();
	if (!answer.ok && !stopped) {
		print_failure(&answer);
		state = 0;
	}
	answer_free(&answer);
	return state;
}

static bool start(int session, const struct trace *trace)
{
	struct answer answer;
	struct chunk chunk;
	bool ok;

	chunk_begin(&chunk);
	fputs("require(\"lunatik.trace\").start(", chunk.file);
	chunk_quote(&chunk, trace->source, trace->size);
	fputs(", ", chunk.file);
	chunk_text(&chunk, trace->name);
	fprintf(chunk.file, trace->pid ? ", %ld" : ", nil", trace->pid);
	fprintf(chunk.file, trace->child ? ", %ld)" : ", nil)", (long)trace->child);
	if (chunk_eval(&chunk, session, &answer))
		return false;
	ok = answer.ok;
	if (!ok)
		print_failure(&answer);
	answer_free(&answer);
	return ok;
}

static bool finish(int session)
{
	static const char chunk[] = "require(\"lunatik.trace\").finish()";
	struct answer answer;
	bool ok;

	if (session_eval(session, chunk, sizeof(chunk) - 1, &answer))
		return false;
	ok = answer.ok;
	if (!ok)
		print_failure(&answer);
	answer_free(&answer);
	return ok;
}

static enum status run(int session, struct trace *trace)
{
	bool ack = true;
	char state = '+';

	if (!start(session, trace))
		return STATUS_FAILED;
	clock_gettime(CLOCK_MONOTONIC, &trace->begin);
	let_go(trace);
	while (state == '+' && !is_over(trace))
		state = look(session, wait_ms(trace), &ack);
	if (!state || !finish(session))
		return STATUS_FAILED;
	/* A second Control-C ends this, too. */
	for (stopped = 0, state = '+'; state == '+' && !stopped;)
		state = look(session, 0, &ack);
	return state ? STATUS_OK : STATUS_FAILED;
}

static enum status trace_program(struct trace *trace)
{
	enum status status, command;
	int session;

	status = session_start(&session);
	if (status != STATUS_OK)
		return status;
	catch_signals();
	if (trace->command && !fork_command(trace)) {
		session_close(session);
		return STATUS_FAILED;
	}
	status = run(session, trace);
	session_close(session);
	command = end_command(trace);
	return status == STATUS_OK ? command : status;
}

/* ---- --list ---- */

/* The events of system calls are not tracepoints. */
static void list_tracepoints(const char *pattern)
{
	FILE *file = fopen(TRACEFS, "re");
	char *line = NULL;
	size_t room = 0;

	if (!file)
		file = fopen(DEBUGFS, "re");
	if (!file) {
		print_error("no list of tracepoints (%s); to mount it: sudo mount -t tracefs nodev /sys/kernel/tracing", strerror(errno));
		return;
	}
	while (getline(&line, &room, file) > 0) {
		char *name = strchr(line, ':');

		line[strcspn(line, "\n")] = '\0';
		if (!name || strncmp(line, "syscalls:", 9) == 0)
			continue;
		if (fnmatch(pattern, line, 0) == 0 || fnmatch(pattern, name + 1, 0) == 0)
			printf("tracepoint:%s\n", line);
	}
	free(line);
	fclose(file);
}

static enum status list_functions(const char *pattern)
{
	struct answer answer;
	struct chunk chunk;
	enum status status;
	int session;

	status = session_start(&session);
	if (status != STATUS_OK)
		return status;
	chunk_begin(&chunk);
	fputs("return require(\"lunatik.trace\").symbols(", chunk.file);
	chunk_text(&chunk, pattern);
	fputc(')', chunk.file);
	status = STATUS_FAILED;
	if (chunk_eval(&chunk, session, &answer) == 0) {
		if (answer.ok)
			fwrite(answer.result, 1, answer.result_size, stdout);
		else
			print_failure(&answer);
		status = answer.ok ? STATUS_OK : STATUS_FAILED;
		answer_free(&answer);
	}
	session_close(session);
	return status;
}

static enum status list(const char *pattern)
{
	static const char kprobe[] = "kprobe:", tracepoint[] = "tracepoint:";

	if (strncmp(pattern, tracepoint, strlen(tracepoint)) == 0) {
		list_tracepoints(pattern + strlen(tracepoint));
		return STATUS_OK;
	}
	if (strncmp(pattern, kprobe, strlen(kprobe)) == 0)
		return list_functions(pattern + strlen(kprobe));
	list_tracepoints(pattern);
	return list_functions(pattern);
}

/** command_trace - lunatik trace */
enum status command_trace(int argc, char **argv)
{
	static const struct option names[] = {
		{ "command", required_argument, NULL, 'c' },
		{ "pid", required_argument, NULL, 'p' },
		{ "duration", required_argument, NULL, 'd' },
		{ "list", required_argument, NULL, 'l' },
		{ }
	};
	struct trace trace = { .go = -1 };
	const char *pattern = NULL;
	enum status status;
	int letter;

	while ((letter = next_option(argc, argv, "c:p:d:l:", names)) != -1) {
		if (letter == '?' || (letter == 'd' && !positive("-d", optarg, &trace.seconds)) ||
		    (letter == 'p' && !process(optarg, &trace.pid)))
			return STATUS_USAGE;
		if (letter == 'c')
			trace.command = optarg;
		else if (letter == 'l')
			pattern = optarg;
	}
	if (pattern && optind < argc)
		return usage_error("too many arguments: '%s'", argv[optind]);
	if (!pattern && optind + 1 != argc)
		return optind < argc ? usage_error("too many arguments: '%s'", argv[optind + 1]) :
				       usage_error("trace needs a program, such as 'kprobe:vfs_read { print(event.pid) }', or its file");
	if (trace.command && trace.pid)
		return usage_error("-c and -p exclude each other");
	if (needs_root(argc, argv))
		return STATUS_REFUSED;
	if (pattern)
		return list(pattern);
	if (trace.pid && kill(trace.pid, 0) && errno == ESRCH) {
		print_error("there is no process %ld", trace.pid);
		return STATUS_FAILED;
	}
	status = read_program(&trace, argv[optind]) ? trace_program(&trace) : STATUS_FAILED;
	free(trace.source);
	return status;
}
