// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * try.c - luaxt-try NAME SCRIPT: for lunatik-xtables, whether the script of an extension can be loaded
 */
#include <stdio.h>

#include "luaxt.h"

int main(int argc, char **argv)
{
	static struct xtables_globals globals = { .program_name = "luaxt-try" };

	if (argc != 3) {
		fprintf(stderr, "usage: luaxt-try NAME SCRIPT\n");
		return 2;
	}
	if (xtables_init_all(&globals, NFPROTO_IPV4) < 0)
		return 1;
	return luaxt_try(argv[1], argv[2]) ? 1 : 0;
}
