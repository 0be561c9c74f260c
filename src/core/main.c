// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * main.c - lunatik.ko: init and exit. Runs no Lua.
 */
#include <linux/random.h>

#include "core.h"

struct workqueue_struct *lunatik_workqueue;
struct workqueue_struct *lunatik_refills;	/* of its own: no refill waits behind a stop */

lunatik_object_t *lunatik_env;
EXPORT_SYMBOL(lunatik_env);

/**
 * lunatik_setenv() - set or clear the table that all runtimes share
 * @env: an rcu table; the core takes a reference of its own. NULL clears.
 *
 * Context: process
 */
void lunatik_setenv(lunatik_object_t *env)
{
	lunatik_object_t *old;

	if (env)
		lunatik_getobject(env);
	old = xchg(&lunatik_env, env);
	if (old)
		lunatik_putobject(old);
}
EXPORT_SYMBOL(lunatik_setenv);

unsigned int lunatik_seed(void)
{
	return get_random_u32();
}

static int __init init_queues(void)
{
	lunatik_workqueue = alloc_workqueue("lunatik", WQ_UNBOUND, 0);
	if (!lunatik_workqueue)
		return -ENOMEM;
	lunatik_refills = alloc_workqueue("lunatik_refills", WQ_UNBOUND, 0);
	if (lunatik_refills && !lunatik_stack_init())
		return 0;
	if (lunatik_refills)
		destroy_workqueue(lunatik_refills);
	destroy_workqueue(lunatik_workqueue);
	return -ENOMEM;
}

static int __init lunatik_init(void)
{
	int err = init_queues();

	if (err)
		return err;
	lunatik_objects_init();
	lunatik_hooks_init();
	lunatik_print_init();
	lunatik_symbols_init();
	lunatik_access_init();
	return 0;
}

static void __exit lunatik_exit(void)
{
	lunatik_hooks_flush();
	lunatik_objects_exit();
	lunatik_print_exit();
	lunatik_stack_exit();
	destroy_workqueue(lunatik_refills);
	destroy_workqueue(lunatik_workqueue);
}

module_init(lunatik_init);
module_exit(lunatik_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lua scripting for the running kernel");
MODULE_VERSION(LUNATIK_RELEASE);
MODULE_INFO(lunatik_version, LUNATIK_RELEASE);
