// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.4, the kernel does not pass a symbol's module to a function that it calls for each symbol. */
#include <linux/kallsyms.h>

int lunatik_probe(int (*function)(void *argument, const char *name, unsigned long address));
int lunatik_probe(int (*function)(void *argument, const char *name, unsigned long address))
{
	return kallsyms_on_each_symbol(function, NULL);
}
