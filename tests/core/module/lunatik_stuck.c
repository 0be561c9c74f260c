// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_stuck.c - makes the kernel fail to unregister a probe of a script's
 *
 * Loaded with symbol=NAME while a script has one probe there: the kernel does not
 * find that probe when it is to unregister it, and goes on calling it. Unloading
 * takes the probe away behind its owner's back.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

static char *symbol;
module_param(symbol, charp, 0444);

static kprobe_opcode_t stuck_nowhere;
static struct kprobe *stuck_probe;
static kprobe_opcode_t *stuck_address;

static int stuck_pre(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe stuck_own = { .pre_handler = stuck_pre };

/* Probes of one place are in a list. */
static struct kprobe *stuck_find(void)
{
	struct kprobe *kp;
	char name[64];

	list_for_each_entry(kp, &stuck_own.list, list) {
		snprintf(name, sizeof(name), "%ps", kp->pre_handler);
		if (!strncmp(name, "luaprobe_", 9))
			return kp;
	}
	return NULL;
}

static int __init stuck_init(void)
{
	int err;

	stuck_own.symbol_name = symbol;
	err = register_kprobe(&stuck_own);
	if (err)
		return err;
	stuck_probe = stuck_find();
	if (!stuck_probe) {
		unregister_kprobe(&stuck_own);
		return -ENOENT;
	}
	stuck_address = stuck_probe->addr;
	stuck_probe->addr = &stuck_nowhere;
	return 0;
}

static void __exit stuck_exit(void)
{
	bool failed = !stuck_probe->addr;

	stuck_probe->addr = stuck_address;
	if (failed)
		unregister_kprobe(stuck_probe);
	unregister_kprobe(&stuck_own);
}

module_init(stuck_init);
module_exit(stuck_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: a probe that the kernel does not let go of");
