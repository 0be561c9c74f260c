/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The command lunatik: what its files share.
 */
#ifndef LUNATIK_COMMAND_H
#define LUNATIK_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>

/* Tests build the command with a root of their own. */
#ifndef LUNATIK_ROOT
#define LUNATIK_ROOT	""
#endif

#define PATH_DEVICE	LUNATIK_ROOT "/dev/lunatik"
#define PATH_SYSMODULE	LUNATIK_ROOT "/sys/module"
#define PATH_MODULES	LUNATIK_ROOT "/usr/lib/lunatik/modules"
#define PATH_LOCKDOWN	LUNATIK_ROOT "/sys/kernel/security/lockdown"
#define PATH_KERNELS	LUNATIK_ROOT "/lib/modules"
#define PATH_SOURCE	LUNATIK_ROOT "/usr/src/lunatik-" LUNATIK_VERSION

/* Where the kernel looks for scripts, in its order. */
#define PATH_ADMIN	"/etc/lunatik"
#define PATH_SCRIPTS	"/lib/modules/lua"

#define CORE		"lunatik"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum status {
	STATUS_OK	= 0,
	STATUS_FAILED	= 1,
	STATUS_USAGE	= 2,
	STATUS_REFUSED	= 3,	/* not permitted, or modules missing */
};

/* message.c */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void out_of_memory(void) __attribute__((noreturn));
void *must(void *pointer);
bool needs_root(int argc, char **argv);
enum status closed_stdout(enum status status);

/* device.c: the control device, or what tests put in its place */
int device_open(void);
ssize_t device_write(int fd, const void *data, size_t size);
ssize_t device_read(int fd, void *data, size_t size);
void device_close(int fd);

/* session.c */
struct answer {
	bool ok;
	bool interrupted;	/* by Control-C */
	bool cut_off;		/* so early that there is no message */
	char *text;		/* owns what follows */
	char *output;
	char *trace;
	char *result;
	size_t output_size;
	size_t trace_size;
	size_t result_size;
};

int session_open(void);
enum status session_start(int *session);
void session_close(int session);
int session_eval(int session, const char *chunk, size_t size, struct answer *answer);
void answer_free(struct answer *answer);
void answer_print_error(const struct answer *answer);
void answer_print(const struct answer *answer);

/* chunk.c */
struct chunk {
	FILE *file;
	char *text;
	size_t size;
};

void chunk_begin(struct chunk *chunk);
void chunk_quote(struct chunk *chunk, const char *text, size_t size);
void chunk_call(struct chunk *chunk, const char *function, const char *name, const char *argument);
int chunk_eval(struct chunk *chunk, int session, struct answer *answer);

/* dump.c */
json_t *dump_eval(int session, const char *expression);

/* kmod.c: loading and unloading, or what tests put in its place */
int kmod_insert(const char *name);
int kmod_remove(const char *name);
bool kmod_exists(const char *name);
char *kmod_info(const char *name, const char *key);

/* modules.c */
struct modules {
	char **names;
	size_t count;
};

bool modules_read(struct modules *modules);
void modules_free(struct modules *modules);
bool module_loaded(const char *name);
bool module_listed(const struct modules *modules, const char *name);
char *module_attribute(const char *name, const char *attribute);
char *module_stub(const char *name);
enum status modules_load(void);
enum status modules_ensure(void);

/* unload.c */
enum status modules_unload(void);

/* diagnose.c */
void diagnose_insert(const char *name, int error);
void diagnose_open(int error);
char *diagnose_version(void);

/* complete.c, repl.c */
size_t complete(int session, const char *word, size_t size, char ***candidates);
enum submission { SUBMIT_DONE, SUBMIT_MORE, SUBMIT_FAILED, SUBMIT_LOST };
enum submission submit(int session, const char *text, size_t size, bool last);
enum status repl(void);

/* the subcommands: argv[0] is the subcommand's name */
enum status command_load(int argc, char **argv);
enum status command_unload(int argc, char **argv);
enum status command_reload(int argc, char **argv);
enum status command_status(int argc, char **argv);
enum status command_list(int argc, char **argv);
enum status command_run(int argc, char **argv);
enum status command_stop(int argc, char **argv);
enum status command_kbuild_flags(int argc, char **argv);
enum status usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
int next_option(int argc, char **argv, const char *letters, const struct option *names);
bool plain_arguments(int argc, char **argv, int positional);

#endif
