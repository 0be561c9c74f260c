// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A module that does wrong: the harness has to notice. Built by ci/root.sh for every kernel,
 * loaded by tests/harness/run only.
 */
#include <linux/delay.h>
#include <linux/module.h>

static char *what = "warning";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "warning, oops or lockup");

static int __init harness_init(void)
{
	int *nowhere = NULL;

	if (!strcmp(what, "oops"))
		WRITE_ONCE(*nowhere, 1);
	else if (!strcmp(what, "lockup"))
		for (;;)
			cpu_relax();
	else
		WARN(1, "harness: a warning on purpose\n");
	return -ENODEV;
}
module_init(harness_init);

MODULE_DESCRIPTION("Warns, crashes or hangs on purpose");
MODULE_LICENSE("Dual MIT/GPL");
