// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luasyscall.c - the syscall library: numbers and addresses of system calls
 *
 * Numbers come from <asm/unistd.h> of the kernel that this is compiled for, for
 * the names in src/syscalls. Addresses come from the kernel's table, which is
 * read, never called: some kernels keep it for tracing alone and dispatch by a
 * switch. Its symbol is resolved while the module loads, which sleeps.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <asm/unistd.h>

#include <lunatik_binding.h>

#define LUASYSCALL_UNITS	64	/* cost of a search for a name */

static const lunatik_reg_t luasyscall_numbers[] = {
#include "lunatik_syscalls.h"
	{NULL, 0}
};

static void *const *luasyscall_table __ro_after_init;

/* syscall.address(number) - light userdata, the table's entry */
static int luasyscall_address(lua_State *L)
{
	lua_Integer number = luaL_checkinteger(L, 1);

	luaL_argcheck(L, number >= 0 && number < NR_syscalls, 1,
		      "out of bounds");
	/* In process context somebody is responsible, and must be allowed to. */
	if (lunatik_maysleep(L) && lunatik_access_check())
		return luaL_error(L, "operation not permitted");
	if (!luasyscall_table)
		return luaL_error(L, "no addresses of system calls: this kernel hides sys_call_table (needs CONFIG_KALLSYMS_ALL and CONFIG_KPROBES)");
	number = array_index_nospec(number, NR_syscalls);
	lua_pushlightuserdata(L, luasyscall_table[number]);
	return 1;
}

/* syscall.number(name) - int, or nil if this kernel has no such system call */
static int luasyscall_number(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const lunatik_reg_t *reg;

	lunatik_spend(L, LUASYSCALL_UNITS);
	for (reg = luasyscall_numbers; reg->name; reg++) {
		if (!strcmp(reg->name, name)) {
			lua_pushinteger(L, reg->value);
			return 1;
		}
	}
	lua_pushnil(L);
	return 1;
}

static const luaL_Reg luasyscall_lib[] = {
	{"address", luasyscall_address},
	{"number", luasyscall_number},
	{NULL, NULL}
};

/* Scripts look up in the table whether a system call exists: a missing one is nil. */
static const lunatik_namespace_t luasyscall_namespaces[] = {
	{.name = "numbers", .reg = luasyscall_numbers, .optional = true},
	{NULL, NULL}
};

LUNATIK_NEWLIB(syscall, luasyscall_lib, NULL, luasyscall_namespaces);

/* A wrong address would not give kernel text. */
static int __init luasyscall_init(void)
{
	void *const *table = lunatik_lookup("sys_call_table");

	if (table && lunatik_symbol_istext((unsigned long)table[__NR_getpid]))
		luasyscall_table = table;
	else
		pr_notice("syscall: no sys_call_table in this kernel: syscall.address raises an error\n");
	return 0;
}

static void __exit luasyscall_exit(void)
{
}

module_init(luasyscall_init);
module_exit(luasyscall_exit);

MODULE_DESCRIPTION("Lunatik: numbers and addresses of system calls for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
