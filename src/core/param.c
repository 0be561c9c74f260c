// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * param.c - the parameters of lunatik.ko. A value is checked when it is set, at load time or later.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/mm.h>
#include <linux/moduleparam.h>

#include "param.h"

#define PARAM_TOTAL	SZ_4M		/* least of all runtimes together: a few of them fit */
#define PARAM_GRACE	60000		/* a minute */
#define PARAM_RUNTIMES	65536

unsigned long lunatik_param_memory;	/* 0: never set */
unsigned long lunatik_param_memory_atomic = SZ_4M;
unsigned long lunatik_param_budget = 100000;
unsigned long lunatik_param_grace = 1000;
unsigned long lunatik_param_runtimes = 1024;
unsigned long lunatik_param_jit;
unsigned long lunatik_param_jit_stress;
static unsigned long lunatik_param_total;

/**
 * struct param_range - a parameter and what it may be
 * @value: the parameter
 * @least: smallest value, beside 0 if @zero
 * @most: greatest value; 0 for the bytes of RAM
 * @zero: 0 is allowed, too, and has a meaning of its own
 */
struct param_range {
	unsigned long *value;
	unsigned long least;
	unsigned long most;
	bool zero;
};

static unsigned long param_most(const struct param_range *range)
{
	return range->most ?: totalram_pages() * PAGE_SIZE;
}

static bool param_fits(const struct param_range *range, unsigned long value)
{
	if (!value)
		return range->zero || !range->least;
	return value >= range->least && value <= param_most(range);
}

static int param_set(const char *text, const struct kernel_param *param)
{
	const struct param_range *range = param->arg;
	unsigned long value;

	if (!kstrtoul(text, 0, &value) && param_fits(range, value)) {
		WRITE_ONCE(*range->value, value);
		return 0;
	}
	pr_err("parameter %s: an integer from %lu to %lu%s expected\n",
	       param->name, range->least, param_most(range),
	       range->zero ? ", or 0," : "");
	return -EINVAL;
}

static int param_get(char *buffer, const struct kernel_param *param)
{
	const struct param_range *range = param->arg;
	unsigned long value = READ_ONCE(*range->value);

	if (range->value == &lunatik_param_memory)
		value = lunatik_param_memorylimit();
	return scnprintf(buffer, PAGE_SIZE, "%lu\n", value);
}

static const struct kernel_param_ops param_ops = {
	.set = param_set,
	.get = param_get,
};

#define PARAM(name, least_, most_, zero_, description)			\
static const struct param_range param_##name = {			\
	.value = &lunatik_param_##name,					\
	.least = least_, .most = most_, .zero = zero_,			\
};									\
module_param_cb(name, &param_ops, (void *)&param_##name, 0644);		\
MODULE_PARM_DESC(name, description)

PARAM(memory, LUNATIK_LEAST_MEMORY, LUNATIK_MOST_MEMORY, false,
	"Bytes that a process runtime may use (64 MiB, at most a quarter of total)");
PARAM(memory_atomic, LUNATIK_LEAST_MEMORY, LUNATIK_MOST_MEMORY, false,
	"Bytes that a softirq or hardirq runtime reserves (4 MiB)");
PARAM(budget, LUNATIK_LEAST_BUDGET, INT_MAX, false,
	"Units that an entry may use where it may not sleep (100000)");
PARAM(grace, 0, PARAM_GRACE, false,
	"Milliseconds that a stopped script has to end by itself (1000)");
PARAM(runtimes, 1, PARAM_RUNTIMES, false,
	"Runtimes that may exist at once (1024)");
PARAM(total, PARAM_TOTAL, 0, true,
	"Bytes of all runtimes together (0: 1/8 of RAM)");
PARAM(jit, 1, 1, true,
	"Experimental: hooks made from now on run as native code (0)");
PARAM(jit_stress, 1, INT_MAX, true,
	"For tests: native code leaves after so many instructions of Lua (0: never)");

/**
 * lunatik_param_totallimit() - bytes that all runtimes together may hold
 */
size_t lunatik_param_totallimit(void)
{
	if (lunatik_param_total)
		return lunatik_param_total;
	return (size_t)totalram_pages() * PAGE_SIZE / 8;
}

/**
 * lunatik_param_memorylimit() - bytes that a process runtime may use if nobody says otherwise
 *
 * Context: any
 * Return: the parameter ``memory`` if it was ever set, else 64 MiB, but at most a quarter of what all runtimes may
 * hold: one script that leaks leaves room for others
 */
size_t lunatik_param_memorylimit(void)
{
	size_t memory = READ_ONCE(lunatik_param_memory);

	return memory ?: clamp_t(size_t, lunatik_param_totallimit() / 4,
				 LUNATIK_LEAST_MEMORY, SZ_64M);
}
