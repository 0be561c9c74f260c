/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The command lunatik: declarations that its files share.
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
#define PATH_LOCK	LUNATIK_ROOT "/run/lunatik.lock"
#define PATH_MODULES	LUNATIK_ROOT "/usr/lib/lunatik/modules"
#define PATH_LOCKDOWN	LUNATIK_ROOT "/sys/kernel/security/lockdown"
#define PATH_KERNELS	LUNATIK_ROOT "/lib/modules"
#define PATH_CMDLINE	LUNATIK_ROOT "/proc/cmdline"
#define PATH_DISABLED	LUNATIK_ROOT "/proc/sys/kernel/modules_disabled"
#define PATH_ENFORCE	LUNATIK_ROOT "/sys/module/module/parameters/sig_enforce"
#define PATH_EFI	LUNATIK_ROOT "/sys/firmware/efi"
#define PATH_BTF	LUNATIK_ROOT "/sys/kernel/btf"
#define PATH_DEBIAN	LUNATIK_ROOT "/etc/debian_version"
#define PATH_RELEASE	LUNATIK_ROOT "/etc/os-release"
#define PATH_DKMS	LUNATIK_ROOT "/var/lib/dkms"
#define PATH_FRAMEWORK	LUNATIK_ROOT "/etc/dkms/framework.conf"
#define PATH_SOURCES	LUNATIK_ROOT "/usr/src"
#define PATH_SOURCE	PATH_SOURCES "/lunatik-" LUNATIK_VERSION

/* Where the kernel looks for scripts, in its order. */
#define PATH_ADMIN	"/etc/lunatik"
#define PATH_SCRIPTS	"/lib/modules/lua"

/* Programs of lunatik trace that come with it. */
#define PATH_TOOLS	LUNATIK_ROOT "/usr/lib/lunatik/examples/trace"

#define CORE		"lunatik"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum status {
	STATUS_OK	= 0,
	STATUS_FAILED	= 1,
	STATUS_USAGE	= 2,
	STATUS_REFUSED	= 3,	/* not permitted, or modules missing */
};

/* message.c */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_document(const json_t *document);
__attribute__((noreturn)) void out_of_memory(void);
void *must(void *pointer);
bool needs_root(int argc, char **argv);
enum status closed_stdout(enum status status);

/* finding.c: a cause, and the command that mends it */
struct finding {
	bool problem;		/* or only worth knowing */
	const char *check;	/* one word, for programs */
	char *cause;
	char *command;		/* or NULL */
};

struct findings {
	struct finding *list;
	size_t count;
};

char *sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));
void found(struct findings *findings, const char *check, char *cause, char *command);
void noted(struct findings *findings, const char *check, char *cause, char *command);
bool findings_problem(const struct findings *findings);
void findings_report(const struct findings *findings);
void findings_print(const struct findings *findings);
json_t *findings_json(const struct findings *findings);
void findings_free(struct findings *findings);

/* device.c: the control device, or what tests put in its place */
int device_open(void);
ssize_t device_write(int fd, const void *data, size_t size);
ssize_t device_read(int fd, void *data, size_t size);
void device_close(int fd);

/* session.c */
struct answer {
	bool ok;
	bool interrupted;	/* by Control-C */
	bool cut_off;		/* before it had a message */
	char *text;		/* owns what follows */
	char *output;
	char *trace;
	char *result;
	size_t output_size;
	size_t trace_size;
	size_t result_size;
};

int session_open(void);
void report_open(int error);
enum status session_start(int *session);
void session_close(int session);
int session_eval(int session, const char *chunk, size_t size, struct answer *answer);
int session_show(int session, const char *chunk, size_t size, struct answer *answer);
bool session_signalled(void);
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
void chunk_text(struct chunk *chunk, const char *text);
void chunk_call(struct chunk *chunk, const char *function, const char *script, const char *argument);
void chunk_command(struct chunk *chunk, const char *function, const char *text, size_t size);
int chunk_eval(struct chunk *chunk, int session, struct answer *answer);
int chunk_show(struct chunk *chunk, int session, struct answer *answer);

/* dump.c */
json_t *dump_eval(int session, const char *expression);
json_t *dump_once(const char *expression);

/* kmod.c: loading and unloading, or what tests put in its place */
int kmod_insert(const char *name);
int kmod_remove(const char *name);
bool kmod_exists(const char *name);
char *kmod_path(const char *name);
char *kmod_log(void);
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
char *first_line(const char *path);
char *module_attribute(const char *name, const char *attribute);
char *module_stub(const char *name);
char *module_without_btf(const char *name);
bool module_present(const char *name);
int module_insert(const char *name);
int module_remove(const char *name);
bool device_present(void);
void modules_lock(void);
void modules_unlock(void);
bool modules_try(bool trial, struct findings *findings);
enum status modules_load(void);
bool modules_ensure(struct findings *findings);

/* unload.c */
enum status modules_unload(void);

/* kernel.c */
const char *kernel_release(void);
bool on_debian(void);
bool package_installed(const char *name);
char *install_command(const char *debian, const char *fedora);
char *headers_metapackage(void);
bool headers_follow(const char *meta);
char *headers_request(const char *meta);
char *headers_command(void);
bool headers_present(void);
bool kernel_built(const char *release);
void kernel_others(void (*visit)(const char *release, void *data), void *data);
bool kernel_argument(const char *word);
const char *kernel_lockdown(void);
bool kernel_takes_no_modules(void);
bool kernel_takes_signed_modules(void);
char *kernel_log(const char *first, const char *second, const char *third);
bool in_container(void);

/* diagnose.c */
char *rebuild_command(void);
bool program_present(const char *name);
bool diagnose_source(struct findings *findings);
bool diagnose_absent(struct findings *findings);
bool diagnose_stub(struct findings *findings, const char *name);
void diagnose_insert(struct findings *findings, const char *name, int error);
void diagnose_open(struct findings *findings, int error);
void diagnose_device(struct findings *findings);
bool diagnose_version(struct findings *findings);

/* leftovers.c */
void diagnose_leftovers(struct findings *findings);
void diagnose_scripts(struct findings *findings);

/* run.c */
#define OPTIONS_RUN	"cmbp"

struct options {
	const char *script;
	const char *sleep;	/* "true", "false" or NULL: the documented argument */
	const char *context;
	unsigned long long memory;
	unsigned long long budget;
	bool percpu;
	bool spawn;		/* of services from here on */
	bool before_network;
	bool now;
};

bool options_parse(struct options *options, int argc, char **argv, const char *letters);
char *script_name(const char *script);
bool script_found(const char *name);
bool script_chosen(const char *script);

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
enum status command_rearm(int argc, char **argv);
enum status command_doctor(int argc, char **argv);
enum status command_trace(int argc, char **argv);
enum status command_enable(int argc, char **argv);
enum status command_disable(int argc, char **argv);
enum status usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
int next_option(int argc, char **argv, const char *letters, const struct option *names);
bool json_option(int argc, char **argv, bool *json);
bool plain_arguments(int argc, char **argv, int positional);

#endif
