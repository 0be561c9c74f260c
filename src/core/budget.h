/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * budget.h - what an entry may use
 */
#ifndef LUNATIK_BUDGET_H
#define LUNATIK_BUDGET_H

#include <lunatik.h>

#include <linux/percpu.h>

#define LUNATIK_EVENT_BUDGETS	4	/* of all hooks of a runtime that serve one event */
#define LUNATIK_BUDGET_SLICE	4096	/* units between two checks */
#define LUNATIK_BUDGET_SAMPLE	64	/* one entry in so many is timed */

/**
 * struct lunatik_limits - what a runtime may use
 * @memory: bytes, objects outside the Lua heap included
 * @budget: units of one entry that may not sleep; of every entry if @budgetall
 * @event: units of all entries together that serve one event
 */
struct lunatik_limits {
	size_t memory;
	long budget;
	long event;
	bool budgetall;
};

/**
 * struct lunatik_stats - what a runtime counts on each CPU
 * @seen: bits of the hooks that have served the current event; the holder of
 *	the runtime's lock alone uses this field and the next two
 * @spent: units that they have taken
 * @left: jiffies when the last of them ended
 */
struct lunatik_stats {
	u64 entries;
	u64 errors;
	u64 missed;
	u64 exhausted;
	u64 sampled;
	u64 nanoseconds;
	u64 seen;
	long spent;
	unsigned long left;
} ____cacheline_aligned;

#define lunatik_stat_count(rt, field) this_cpu_inc((rt)->stats->field)

void lunatik_entry_begin(struct lunatik_runtime *rt, struct lunatik_entry *entry);
long lunatik_entry_limit(struct lunatik_entry *entry,
			 struct lunatik_entry *caller);
void lunatik_entry_end(struct lunatik_entry *entry);

#endif
