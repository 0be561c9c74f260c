/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * luaxt.h - what a plugin of iptables and the library that runs its Lua script know of each other.
 *
 * iptables passes the rule to a callback, but not the extension. Each plugin is therefore a copy of one stub,
 * which has callbacks of its own and names itself in each call.
 */
#ifndef luaxt_h
#define luaxt_h

#include <xtables.h>

/** USERARGS - bytes that a rule holds for its extension, as the kernel's library xtable has them */
#define USERARGS 256

/**
 * struct luaxt_rule - what iptables and the kernel exchange for a rule
 * @userargs: padded with zeros
 * @kernel: only the kernel's; of no meaning here
 */
struct luaxt_rule {
	char userargs[USERARGS];
	unsigned long kernel __attribute__((aligned(8)));
};

enum luaxt_kind {
	LUAXT_MATCH,
	LUAXT_TARGET,
	LUAXT_KINDS
};

struct luaxt;

/**
 * struct luaxt_callbacks - the stub's own, to be registered with iptables
 */
struct luaxt_callbacks {
	struct xtables_match match;
	struct xtables_target target;
};

#pragma GCC visibility push(default)

/**
 * luaxt_open - run the script of a plugin, which registers a match, a target or both
 * @inside: any address in the plugin: its file's name libxt_NAME.so says which script
 * @callbacks: the plugin's; lives as long as the process
 *
 * Problems are printed on standard error; nothing is registered then.
 *
 * Return: the argument of the other functions, or NULL.
 */
struct luaxt *luaxt_open(const void *inside, const struct luaxt_callbacks *callbacks);

/**
 * luaxt_try - run the script of an extension that is to be installed, and register nothing
 * @name: of the extension
 * @path: of the script
 *
 * Return: 0 if it runs, after a warning if it registers neither a match nor a target; else -1, after a message on standard
 * error.
 */
int luaxt_try(const char *name, const char *path);

/** luaxt_help - describe the options: the script's help() */
void luaxt_help(struct luaxt *luaxt, enum luaxt_kind kind);

/** luaxt_init - a new rule: the script's init(par), which may set par.userargs */
void luaxt_init(struct luaxt *luaxt, enum luaxt_kind kind, struct luaxt_rule *rule);

/**
 * luaxt_parse - an option was given: the script's parse(par)
 * @c: number of the option, counted as in extra_opts
 * @inverted: there was a "!" before it
 * @flags: the rule's, kept by iptables
 *
 * Return: 1 if the option is one of the script's, 0 otherwise.
 */
int luaxt_parse(struct luaxt *luaxt, enum luaxt_kind kind, int c, int inverted, unsigned int *flags,
		struct luaxt_rule *rule);

/** luaxt_check - all options were given: the script's final_check(flags) */
void luaxt_check(struct luaxt *luaxt, enum luaxt_kind kind, unsigned int flags);

/** luaxt_print - list a rule: the script's print(userargs, raw) */
void luaxt_print(struct luaxt *luaxt, enum luaxt_kind kind, const struct luaxt_rule *rule);

/** luaxt_save - print a rule as options: the script's save(userargs, raw) */
void luaxt_save(struct luaxt *luaxt, enum luaxt_kind kind, const struct luaxt_rule *rule);

#pragma GCC visibility pop

#endif
