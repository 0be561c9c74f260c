/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * param.h - parameters of lunatik.ko, and the bounds of what they set
 */
#ifndef LUNATIK_PARAM_H
#define LUNATIK_PARAM_H

#include <linux/sizes.h>
#include <linux/types.h>

#define LUNATIK_LEAST_BUDGET	1000	/* units, for any callback at all */
#define LUNATIK_LEAST_MEMORY	SZ_128K	/* bytes of any runtime */
#define LUNATIK_MOST_MEMORY	SZ_1G

extern unsigned long lunatik_param_memory;
extern unsigned long lunatik_param_memory_atomic;
extern unsigned long lunatik_param_budget;
extern unsigned long lunatik_param_grace;
extern unsigned long lunatik_param_runtimes;
extern unsigned long lunatik_param_jit;
extern unsigned long lunatik_param_jit_stress;

size_t lunatik_param_totallimit(void);
size_t lunatik_param_memorylimit(void);

#endif
