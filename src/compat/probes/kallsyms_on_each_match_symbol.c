// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.2 (6.1 in later releases of it), the kernel goes through the symbols of a name without looking at all others. */
#include <linux/kallsyms.h>

int lunatik_probe(int (*function)(void *argument, unsigned long address));
int lunatik_probe(int (*function)(void *argument, unsigned long address))
{
	return kallsyms_on_each_match_symbol(function, "name", NULL);
}
