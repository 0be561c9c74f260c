/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * elf.h - where a function lies in the file of a program
 */
#ifndef LUAPROBE_ELF_H
#define LUAPROBE_ELF_H

#include <linux/types.h>

#define LUAPROBE_ELF_MOST	8U	/* functions of one name whose offsets are found */

struct file;

int luaprobe_elf_find(struct file *file, const char *name, u64 *offsets);

#endif
