/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * print.h - what goes to the kernel log
 */
#ifndef LUNATIK_PRINT_H
#define LUNATIK_PRINT_H

#include <lunatik.h>

#include <linux/ratelimit.h>

#include "error.h"

/**
 * struct lunatik_loglimit - how much of one kind reaches the kernel log
 * @dropped: records since the last one that did
 */
struct lunatik_loglimit {
	struct ratelimit_state state;
	atomic_t dropped;
};

/**
 * struct lunatik_log - what a runtime writes to the kernel log
 * @errors: of its script
 * @prints: of print() in callbacks
 * @warning: the parts so far of a warning that is not complete
 */
struct lunatik_log {
	struct lunatik_loglimit errors;
	struct lunatik_loglimit prints;
	char warning[LUNATIK_MESSAGELEN];
};

void lunatik_log_error(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		       const char *message);
void lunatik_log_announce(struct lunatik_runtime *rt, struct lunatik_entry *entry,
			  const char *message);
void lunatik_log_creation(const char *script, char *message);
void lunatik_log_initlimit(struct lunatik_loglimit *limit, int burst);
void lunatik_log_init(void);
void lunatik_log_exit(void);
int lunatik_error_traceback(lua_State *L);
void lunatik_log_warning(void *ud, const char *message, int tocont);

#endif
