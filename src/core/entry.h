/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * entry.h - executions inside a runtime, for the core alone
 */
#ifndef LUNATIK_ENTRY_H
#define LUNATIK_ENTRY_H

#include <lunatik.h>

int lunatik_enterruntime(struct lunatik_runtime *rt,
			 struct lunatik_entry *entry, unsigned int flags);

#endif
