/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * entry.h - executions inside a runtime, for the core alone
 */
#ifndef LUNATIK_ENTRY_H
#define LUNATIK_ENTRY_H

#include <lunatik.h>

/**
 * struct lunatik_replay - the hook that may enter its runtime from inside it
 * @hook: is being registered, or NULL
 * @task: registers it
 */
struct lunatik_replay {
	struct lunatik_hook *hook;
	struct task_struct *task;
};

int lunatik_runtime_enter(struct lunatik_runtime *rt,
			  struct lunatik_entry *entry, unsigned int flags);

void lunatik_entry_failed(struct lunatik_entry *entry, int status);

#endif
