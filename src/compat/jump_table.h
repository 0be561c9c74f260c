/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * jump_table.h - where the table of a computed goto lives so that objtool can follow it
 *
 * The kernel's headers name the section (.rodata..c_jump_table, since 6.14 and in stable releases
 * .data.rel.ro.c_jump_table); kernels without objtool have no such annotation.
 */
#ifndef LUNATIK_JUMP_TABLE_H
#define LUNATIK_JUMP_TABLE_H

#include <linux/compiler.h>

#ifdef __annotate_jump_table
#define lunatik_jump_table	__annotate_jump_table
#else
#define lunatik_jump_table
#endif

#endif
