// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.4, whoever goes through the kernel's symbols is not told their modules. */
#include <linux/kallsyms.h>

int lunatik_probe(int (*function)(void *argument, const char *name, unsigned long address));
int lunatik_probe(int (*function)(void *argument, const char *name, unsigned long address))
{
	return kallsyms_on_each_symbol(function, NULL);
}
