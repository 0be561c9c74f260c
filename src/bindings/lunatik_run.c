// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_run.c - starts what every machine has: _ENV and the driver
 *
 * _ENV is the table that all runtimes see as lunatik._ENV, with the tables
 * "runtimes" and "threads" for the scripts that run; the script "driver"
 * provides /dev/lunatik.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/module.h>

#include <luarcu.h>
#include <lunatik_binding.h>

static lunatik_object_t *run_env;
static lunatik_object_t *run_driver;

static int __init run_addtable(const char *key)
{
	lunatik_object_t *table = luarcu_newtable(LUARCU_DEFAULT_SIZE, false);
	int err;

	if (!table)
		return -ENOMEM;
	err = luarcu_settable(run_env, key, strlen(key), table);
	lunatik_putobject(table);
	return err;
}

/* Where the kernel takes no scripts, this is of no use: that it does not load says so at once. */
static int __init run_init(void)
{
	int err = lunatik_access_checkcode();

	if (err)
		return err;
	run_env = luarcu_newtable(LUARCU_DEFAULT_SIZE, false);
	if (!run_env)
		return -ENOMEM;
	err = run_addtable("runtimes");
	if (!err)
		err = run_addtable("threads");
	if (err)
		goto put_env;
	lunatik_env_set(run_env);
	err = lunatik_runtime(&run_driver, "driver", true);
	if (!err)
		return 0;
	pr_err("driver: runtime: couldn't create driver runtime (%d)\n", err);
	lunatik_env_set(NULL);
put_env:
	lunatik_putobject(run_env);
	return err;
}

/*
 * Without the driver nobody could list or stop what runs. Tables may hold each
 * other, and runtimes tables: emptying breaks the cycles.
 */
static void __exit run_exit(void)
{
	lunatik_stop(run_driver);
	lunatik_stopall();
	lunatik_env_set(NULL);
	luarcu_emptyall();
	lunatik_putobject(run_env);
}

module_init(run_init);
module_exit(run_exit);

MODULE_DESCRIPTION("Lunatik: the driver behind /dev/lunatik");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
MODULE_INFO(lunatik_version, LUNATIK_RELEASE);
MODULE_SOFTDEP("pre: luadevice");
