// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The REPL: a line editor on a terminal, a plain reader on a pipe.
 */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <histedit.h>

#include "cli.h"

#define HISTORY_FILE	"/.lunatik_history"
#define HISTORY_LINES	1000
#define COPYRIGHT	"Copyright (C) 2026 The Lunatik Authors"

struct repl {
	int session;
	EditLine *edit;
	History *history;
	char *path;		/* of the history file, or NULL */
	char *text;		/* the input so far */
	size_t size;
	bool cancelled;		/* by Control-C at the prompt */
};

static void discard(struct repl *repl)
{
	free(repl->text);
	repl->text = NULL;
	repl->size = 0;
}

/* One chunk per line, as long as it is complete; then the next. */
static enum submission feed(struct repl *repl, const char *line, size_t size)
{
	enum submission submission;

	repl->text = must(realloc(repl->text, repl->size + size + 1));
	memcpy(repl->text + repl->size, line, size);
	repl->size += size;
	repl->text[repl->size] = '\0';
	submission = submit(repl->session, repl->text, repl->size, false);
	if (submission != SUBMIT_MORE)
		discard(repl);
	return submission;
}

static enum status read_pipe(struct repl *repl)
{
	enum submission submission = SUBMIT_DONE;
	enum status status = STATUS_OK;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	while (submission != SUBMIT_LOST && (size = getline(&line, &room, stdin)) >= 0) {
		submission = feed(repl, line, size);
		if (submission == SUBMIT_FAILED || submission == SUBMIT_LOST)
			status = STATUS_FAILED;
	}
	free(line);
	if (repl->size && submit(repl->session, repl->text, repl->size, true) != SUBMIT_DONE)
		status = STATUS_FAILED;
	return status;
}

static char *prompt(EditLine *edit)
{
	static char first[] = "> ", more[] = ">> ";
	struct repl *repl;

	el_get(edit, EL_CLIENTDATA, &repl);
	return repl->size ? more : first;
}

/* Insert what all candidates begin with; when nothing is missing of that, list them. */
static unsigned char offer(EditLine *edit, char **candidates, size_t count, size_t typed)
{
	size_t size = strlen(candidates[0]), i, n;

	for (i = 1; i < count; i++) {
		for (n = 0; n < size && candidates[i][n] == candidates[0][n]; n++)
			;
		size = n;
	}
	if (size > typed) {
		candidates[0][size] = '\0';
		return el_insertstr(edit, candidates[0] + typed) ? CC_ERROR : CC_REFRESH;
	}
	if (count == 1)
		return CC_NORM;
	putchar('\n');
	for (i = 0; i < count; i++)
		printf("%s%s", candidates[i], i + 1 < count ? "  " : "\n");
	fflush(stdout);
	return CC_REDISPLAY;
}

static unsigned char on_tab(EditLine *edit, int key)
{
	const LineInfo *line = el_line(edit);
	const char *word = line->cursor;
	unsigned char result = CC_ERROR;
	char **candidates;
	struct repl *repl;
	size_t count, i;

	(void)key;
	while (word > line->buffer && (isalnum((unsigned char)word[-1]) || memchr("_.:", word[-1], 3)))
		word--;
	if (word == line->cursor)
		return el_insertstr(edit, "\t") ? CC_ERROR : CC_REFRESH;
	el_get(edit, EL_CLIENTDATA, &repl);
	count = complete(repl->session, word, line->cursor - word, &candidates);
	if (count)
		result = offer(edit, candidates, count, line->cursor - word);
	for (i = 0; i < count; i++)
		free(candidates[i]);
	free(candidates);
	return result;
}

/* libedit does not pass an interrupted read on, so Control-C is a key at the prompt. */
static unsigned char on_cancel(EditLine *edit, int key)
{
	struct repl *repl;

	(void)key;
	el_get(edit, EL_CLIENTDATA, &repl);
	repl->cancelled = true;
	fputs("^C\n", stdout);
	return CC_NEWLINE;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void history_open(struct repl *repl)
{
	const char *home = getenv("HOME");
	struct stat node;
	HistEvent event;

	repl->history = must(history_init());
	history(repl->history, &event, H_SETSIZE, HISTORY_LINES);
	history(repl->history, &event, H_SETUNIQUE, 1);
	if (!home || !*home || asprintf(&repl->path, "%s" HISTORY_FILE, home) < 0) {
		repl->path = NULL;
		return;
	}
	/* The home may be somebody else's, when sudo keeps HOME: neither follow their links nor read their files. */
	if (lstat(repl->path, &node) == 0 && S_ISREG(node.st_mode) && node.st_uid == geteuid())
		history(repl->history, &event, H_LOAD, repl->path);
}

static void editor_open(struct repl *repl)
{
	/* Between the prompt and the session, which have uses for it, Control-C drops the input as well. */
	struct sigaction action = { .sa_handler = on_interrupt };

	history_open(repl);
	repl->edit = must(el_init("lunatik", stdin, stdout, stderr));
	el_set(repl->edit, EL_CLIENTDATA, repl);
	el_set(repl->edit, EL_PROMPT, prompt);
	el_set(repl->edit, EL_EDITOR, "emacs");
	el_set(repl->edit, EL_HIST, history, repl->history);
	el_set(repl->edit, EL_ADDFN, "lunatik-complete", "complete a name", on_tab);
	el_set(repl->edit, EL_BIND, "^I", "lunatik-complete", NULL);
	el_set(repl->edit, EL_ADDFN, "lunatik-cancel", "drop the input", on_cancel);
	el_set(repl->edit, EL_SETTY, "-d", "-isig", NULL);
	el_set(repl->edit, EL_BIND, "^C", "lunatik-cancel", NULL);
	el_set(repl->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(repl->edit, NULL);
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
}

static void editor_close(struct repl *repl)
{
	struct stat node;
	HistEvent event;
	FILE *file;
	int fd;

	el_end(repl->edit);
	fd = repl->path ? open(repl->path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600) : -1;
	if (fd >= 0 && fstat(fd, &node) == 0 && S_ISREG(node.st_mode) && node.st_uid == geteuid() && node.st_nlink == 1 &&
	    fchmod(fd, 0600) == 0 && ftruncate(fd, 0) == 0) {
		file = must(fdopen(fd, "w"));
		history(repl->history, &event, H_SAVE_FP, file);
		fclose(file);
	} else if (fd >= 0) {
		close(fd);
	}
	history_end(repl->history);
	free(repl->path);
}

static enum status read_terminal(struct repl *repl)
{
	enum submission submission = SUBMIT_DONE;
	const char *line;
	HistEvent event;
	int size;

	while (submission != SUBMIT_LOST) {
		repl->cancelled = false;
		interrupted = 0;
		line = el_gets(repl->edit, &size);
		if (interrupted) {
			el_reset(repl->edit);
			putchar('\n');
		}
		if (repl->cancelled || interrupted) {
			discard(repl);
			continue;
		}
		if (!line || size <= 0)
			break;
		if (line[strspn(line, " \t\n")])
			history(repl->history, &event, H_ENTER, line);
		submission = feed(repl, line, size);
	}
	if (submission != SUBMIT_LOST)
		putchar('\n');
	return submission == SUBMIT_LOST ? STATUS_FAILED : STATUS_OK;
}

/** repl - lunatik without a command */
enum status repl(void)
{
	static const char version[] = "return _LUNATIK_VERSION";
	struct repl repl = { 0 };
	enum status status = session_start(&repl.session);
	struct answer answer;

	if (status != STATUS_OK)
		return status;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		if (session_eval(repl.session, version, strlen(version), &answer) == 0) {
			printf("%s  " COPYRIGHT "\n", answer.ok ? answer.result : "Lunatik");
			answer_free(&answer);
		}
		editor_open(&repl);
		status = read_terminal(&repl);
		editor_close(&repl);
	} else {
		status = read_pipe(&repl);
	}
	discard(&repl);
	session_close(repl.session);
	return status;
}
