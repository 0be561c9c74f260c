// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * stub.c - a plugin of iptables, under whatever name: libxt_NAME.so is a copy of it.
 *
 * A copy, not a link: the C library loads one file once, and two extensions in one rule need two.
 */
#include "luaxt.h"

static struct luaxt *luaxt;

#define CALLBACKS(kind, KIND)								\
static void kind##_help(void)								\
{											\
	luaxt_help(luaxt, KIND);							\
}											\
											\
static void kind##_init(struct xt_entry_##kind *rule)					\
{											\
	luaxt_init(luaxt, KIND, (struct luaxt_rule *)rule->data);			\
}											\
											\
static int kind##_parse(int c, char **argv, int inverted, unsigned int *flags,		\
			const void *entry, struct xt_entry_##kind **rule)		\
{											\
	(void)argv;									\
	(void)entry;									\
	return luaxt_parse(luaxt, KIND, c, inverted, flags,				\
			   (struct luaxt_rule *)(*rule)->data);				\
}											\
											\
static void kind##_check(unsigned int flags)						\
{											\
	luaxt_check(luaxt, KIND, flags);						\
}											\
											\
static void kind##_print(const void *entry, const struct xt_entry_##kind *rule,		\
			 int numeric)							\
{											\
	(void)entry;									\
	(void)numeric;									\
	luaxt_print(luaxt, KIND, (const struct luaxt_rule *)rule->data);		\
}											\
											\
static void kind##_save(const void *entry, const struct xt_entry_##kind *rule)		\
{											\
	(void)entry;									\
	luaxt_save(luaxt, KIND, (const struct luaxt_rule *)rule->data);			\
}

CALLBACKS(match, LUAXT_MATCH)
CALLBACKS(target, LUAXT_TARGET)

static const struct luaxt_callbacks callbacks = {
	.match = {
		.help = match_help,
		.init = match_init,
		.parse = match_parse,
		.final_check = match_check,
		.print = match_print,
		.save = match_save,
	},
	.target = {
		.help = target_help,
		.init = target_init,
		.parse = target_parse,
		.final_check = target_check,
		.print = target_print,
		.save = target_save,
	},
};

static void __attribute__((constructor)) load(void)
{
	luaxt = luaxt_open(&luaxt, &callbacks);
}
