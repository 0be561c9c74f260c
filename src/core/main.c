// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * main.c - lunatik.ko: init and exit. Runs no Lua.
 */
#include <linux/random.h>

#include <lunatik_binding.h>

#include "access.h"
#include "detour.h"
#include "hook.h"
#include "lib.h"
#include "object.h"
#include "print.h"
#include "runtime.h"
#include "stack.h"
#include "symbol.h"
#include "work.h"

unsigned int lunatik_seed(void)
{
	return get_random_u32();
}

static int __init lunatik_init(void)
{
	int err = lunatik_work_init();

	if (err)
		return err;
	err = lunatik_stack_init();
	if (err) {
		lunatik_work_exit();
		return err;
	}
	lunatik_runtimes_init(&lunatik_runtimeclass, lunatik_open_lunatik);
	lunatik_hooks_init();
	lunatik_log_init();
	lunatik_symbols_init();
	lunatik_access_init();
	return 0;
}

static void __exit lunatik_exit(void)
{
	lunatik_hooks_flush();
	lunatik_objects_exit();
	lunatik_detours_exit();
	lunatik_log_exit();
	lunatik_stack_exit();
	lunatik_work_exit();
}

module_init(lunatik_init);
module_exit(lunatik_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lua scripting for the running kernel");
MODULE_VERSION(LUNATIK_RELEASE);
MODULE_INFO(lunatik_version, LUNATIK_RELEASE);
