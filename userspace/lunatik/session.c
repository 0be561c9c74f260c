// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A session is an open of the control device: a runtime of its own, whose answers nobody else sees.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define FRAMED		'\1'
#define SHOWN		'\2'	/* framed, and tables are written out */
#define CHUNK_MAX	((size_t)1 << 20)
#define ANSWER_MAX	((size_t)16 << 20)

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

struct signals {
	sigset_t mask;
	struct sigaction interrupt;
};

/*
 * A signal ends the chunk that runs. That is wanted of Control-C and of what ends the process anyway, not of a
 * resized window.
 */
static void signals_enter(struct signals *saved)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = on_interrupt };
	sigset_t mask;
	size_t i;

	interrupted = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, NULL, &saved->interrupt);
	/* A shell's background job is to be left alone. */
	if (saved->interrupt.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
	sigfillset(&mask);
	for (i = 0; i < ARRAY_SIZE(ending); i++)
		sigdelset(&mask, ending[i]);
	sigprocmask(SIG_SETMASK, &mask, &saved->mask);
}

static void signals_leave(const struct signals *saved)
{
	sigaction(SIGINT, &saved->interrupt, NULL);
	sigprocmask(SIG_SETMASK, &saved->mask, NULL);
}

/** session_open - a session, or a negative errno */
int session_open(void)
{
	return device_open();
}

/** report_open - print why the control device did not open: @error is the errno */
void report_open(int error)
{
	struct findings findings = { };

	diagnose_open(&findings, error);
	findings_report(&findings);
	findings_free(&findings);
}

/** session_start - load the modules where that is needed and open a session, with a message on failure */
enum status session_start(int *session)
{
	struct findings findings = { };
	bool ready;

	/* Under the lock, as the modules that doctor tries go again. */
	modules_lock();
	ready = modules_ensure(&findings);
	if (ready)
		*session = session_open();
	modules_unlock();
	findings_report(&findings);
	findings_free(&findings);
	if (!ready)
		return STATUS_REFUSED;
	if (*session >= 0)
		return STATUS_OK;
	report_open(-*session);
	return *session == -EPERM || *session == -EACCES || *session == -ENOENT ? STATUS_REFUSED : STATUS_FAILED;
}

/** session_close - end a session */
void session_close(int session)
{
	device_close(session);
}

static ssize_t read_answer(int session, char **text)
{
	size_t size = 0, room = 4096;
	ssize_t got;

	*text = must(malloc(room + 1));
	for (;;) {
		got = device_read(session, *text + size, room - size);
		if (got == -EINTR)
			continue;
		if (got <= 0)
			break;
		size += got;
		if (size == room) {
			if (room >= ANSWER_MAX)
				return -EFBIG;
			room *= 2;
			*text = must(realloc(*text, room + 1));
		}
	}
	(*text)[size] = '\0';
	return got < 0 ? got : (ssize_t)size;
}

/* The parts are copied behind one another, each followed by a NUL of its own. */
static bool parse(struct answer *answer, size_t size)
{
	char *body = memchr(answer->text, '\n', size), *copy;
	size_t output, trace, result;
	int consumed = 0;
	char status[6];

	if (!body || sscanf(answer->text, "%5s %zu %zu %zu%n", status, &output, &trace, &result, &consumed) != 4 ||
	    answer->text + consumed != body)
		return false;
	answer->ok = strcmp(status, "ok") == 0;
	if (!answer->ok && strcmp(status, "error") != 0)
		return false;
	body++;
	size -= body - answer->text;
	if (output > size || trace > size - output || result != size - output - trace)
		return false;
	copy = must(calloc(1, size + 3));
	answer->output = memcpy(copy, body, output);
	answer->trace = memcpy(copy + output + 1, body + output, trace);
	answer->result = memcpy(copy + output + trace + 2, body + output + trace, result);
	answer->output_size = output;
	answer->trace_size = trace;
	answer->result_size = result;
	free(answer->text);
	answer->text = copy;
	return true;
}

static int exchange(int session, char framing, const char *chunk, size_t size, struct answer *answer)
{
	char *frame = must(malloc(size + 1));
	ssize_t written, got;

	frame[0] = framing;
	memcpy(frame + 1, chunk, size);
	written = device_write(session, frame, size + 1);
	free(frame);
	if (written >= 0 && (size_t)written != size + 1)
		return -EFBIG;
	answer->cut_off = written == -EINTR;
	/* The output of a chunk before it was cut off can still be read. */
	if (written < 0 && written != -EINTR && written != -ECANCELED)
		return written;
	got = read_answer(session, &answer->text);
	if (got < 0)
		return got;
	if (!parse(answer, got))
		return -EPROTO;
	/* A script that was being started has its own message of that; the chunk that started it was not cut off. */
	answer->interrupted = interrupted && !answer->ok;
	return 0;
}

static int evaluate(int session, char framing, const char *chunk, size_t size, struct answer *answer)
{
	struct signals saved;
	int error = -EFBIG;

	memset(answer, 0, sizeof(*answer));
	if (size < CHUNK_MAX) {
		signals_enter(&saved);
		error = exchange(session, framing, chunk, size, answer);
		signals_leave(&saved);
	}
	if (!error)
		return 0;
	answer_free(answer);
	if (error == -ENXIO || error == -ENODEV)
		print_error("the session has ended: the modules were unloaded; 'lunatik load' loads them");
	else if (error == -EFBIG)
		print_error("too large: a chunk has less than 1 MiB, its answer less than 16 MiB");
	else if (error == -EPROTO)
		print_error("the answer of " PATH_DEVICE " has another form: is another version of the modules loaded? Then: sudo lunatik reload");
	else
		print_error(PATH_DEVICE ": %s", strerror(-error));
	return error;
}

/**
 * session_eval - run a chunk and get its answer
 *
 * Control-C ends the chunk; other signals that do not end the process wait until the answer is here.
 * Returns 0 when there is an answer, of whatever status, else a negative errno, after a message.
 */
int session_eval(int session, const char *chunk, size_t size, struct answer *answer)
{
	return evaluate(session, FRAMED, chunk, size, answer);
}

/** session_show - the same, for a person who reads the results: tables are written out */
int session_show(int session, const char *chunk, size_t size, struct answer *answer)
{
	return evaluate(session, SHOWN, chunk, size, answer);
}

/** session_signalled - whether Control-C came while the last chunk ran, which may have ended well all the same */
bool session_signalled(void)
{
	return interrupted;
}

/** answer_free - release what an answer owns */
void answer_free(struct answer *answer)
{
	free(answer->text);
	memset(answer, 0, sizeof(*answer));
}

/* Libraries of Lua that the kernel does not have, and the advice that follows Lua's own message. */
static const struct {
	const char *library;
	const char *instead;
} absent[] = {
	{ "os", "require(\"linux\") has the time, random numbers and sleeping" },
	{ "io", "require(\"device\") makes files of its own in /dev, require(\"socket\") talks to programs, print writes to the kernel log" },
};

/** answer_print_error - the message, the traceback if there is one, and advice on absent libraries, on standard error */
void answer_print_error(const struct answer *answer)
{
	const char *result = answer->cut_off ? "interrupted" : answer->result;
	const char *trace = answer->trace;
	size_t size = strlen(result), i;
	char index[64], module[64];

	print_error("%s", result);
	/* A traceback of the kernel's begins with the message. */
	if (strncmp(trace, result, size) == 0 && trace[size] == '\n')
		trace += size + 1;
	if (*trace)
		fprintf(stderr, "%s%s", trace, trace[strlen(trace) - 1] == '\n' ? "" : "\n");
	for (i = 0; i < ARRAY_SIZE(absent); i++) {
		snprintf(index, sizeof(index), "a nil value (global '%s')", absent[i].library);
		snprintf(module, sizeof(module), "module '%s' not found", absent[i].library);
		if (strstr(result, index) || strstr(result, module))
			print_error("there is no library %s in the kernel: %s; see lunatik-scripts(7)", absent[i].library, absent[i].instead);
	}
}

/** answer_print - what the chunk printed, on standard output, then its message if it failed */
void answer_print(const struct answer *answer)
{
	fwrite(answer->output, 1, answer->output_size, stdout);
	fflush(stdout);
	if (!answer->ok)
		answer_print_error(answer);
}
