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

static void append_line(struct repl *repl, const char *line, size_t size)
{
	repl->text = must(realloc(repl->text, repl->size + size + 1));
	memcpy(repl->text + repl->size, line, size);
	repl->size += size;
	repl->text[repl->size] = '\0';
}

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

	append_line(repl, line, size);
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

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == ':';
}

static size_t common_prefix(char **candidates, size_t count)
{
	size_t size = strlen(candidates[0]), i, n;

	for (i = 1; i < count; i++) {
		for (n = 0; n < size && candidates[i][n] == candidates[0][n]; n++)
			;
		size = n;
	}
	return size;
}

static void show(char **candidates, size_t count)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < count; i++)
		printf("%s%s", candidates[i], i + 1 < count ? "  " : "\n");
	fflush(stdout);
}

static unsigned char offer(EditLine *edit, char **candidates, size_t count, size_t typed)
{
	size_t size = common_prefix(candidates, count);

	if (size > typed) {
		candidates[0][size] = '\0';
		return el_insertstr(edit, candidates[0] + typed) ? CC_ERROR : CC_REFRESH;
	}
	if (count == 1)
		return CC_NORM;
	show(candidates, count);
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
	while (word > line->buffer && in_word(word[-1]))
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

static void history_open(struct repl *repl)
{
	const char *home = getenv("HOME");
	struct stat node;
	HistEvent event;

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

static void history_save(struct repl *repl)
{
	struct stat node;
	HistEvent event;
	FILE *file;
	int fd;

	if (!repl->path)
		return;
	fd = open(repl->path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (fstat(fd, &node) || !S_ISREG(node.st_mode) || node.st_uid != geteuid() || node.st_nlink != 1 ||
	    fchmod(fd, 0600) || ftruncate(fd, 0)) {
		close(fd);
		return;
	}
	file = must(fdopen(fd, "w"));
	history(repl->history, &event, H_SAVE_FP, file);
	fclose(file);
}

static void editor_open(struct repl *repl)
{
	repl->history = must(history_init());
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
}

static void editor_close(struct repl *repl)
{
	el_end(repl->edit);
	history_save(repl);
	history_end(repl->history);
	free(repl->path);
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Between the prompt and the session, which have uses for it, Control-C drops the input as well. */
static void catch_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
}

static void remember(struct repl *repl, const char *line)
{
	HistEvent event;

	if (line[strspn(line, " \t\n")])
		history(repl->history, &event, H_ENTER, line);
}

static enum status read_terminal(struct repl *repl)
{
	enum submission submission = SUBMIT_DONE;
	const char *line;
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
		remember(repl, line);
		submission = feed(repl, line, size);
	}
	if (submission != SUBMIT_LOST)
		putchar('\n');
	return submission == SUBMIT_LOST ? STATUS_FAILED : STATUS_OK;
}

static void banner(int session)
{
	static const char version[] = "return _LUNATIK_VERSION";
	struct answer answer;

	if (session_eval(session, version, strlen(version), &answer))
		return;
	printf("%s  " COPYRIGHT "\n", answer.ok ? answer.result : "Lunatik");
	answer_free(&answer);
}

/** repl - lunatik without a command */
enum status repl(void)
{
	struct repl repl = { 0 };
	enum status status = session_start(&repl.session);

	if (status != STATUS_OK)
		return status;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		banner(repl.session);
		editor_open(&repl);
		catch_interrupt();
		status = read_terminal(&repl);
		editor_close(&repl);
	} else {
		status = read_pipe(&repl);
	}
	discard(&repl);
	session_close(repl.session);
	return status;
}
