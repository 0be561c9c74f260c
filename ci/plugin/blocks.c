// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * blocks.c - plugin of QEMU (-plugin FILE,out=LIST): counts how often each translated block is executed between two marks
 * of tests/bench/events.c. For each pair of marks it appends to LIST a line `marks`, then `ADDRESS INSTRUCTIONS` for each
 * block that was executed: its address, and its length times its number of executions. For one processor.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

struct block {
	struct block *next;
	uint64_t address, count;
	size_t length;
};

int qemu_plugin_version = 1;

static struct block *blocks;
static FILE *list;

static void at_first_mark(unsigned int cpu, void *unused)
{
	struct block *block;

	for (block = blocks; block; block = block->next)
		block->count = 0;
}

static void at_second_mark(unsigned int cpu, void *unused)
{
	struct block *block;

	fputs("marks\n", list);
	for (block = blocks; block; block = block->next)
		if (block->count)
			fprintf(list, "%016" PRIx64 " %" PRIu64 "\n", block->address, block->count * block->length);
	fflush(list);
}

/* Return the number of a mark, or 0 for another instruction. */
static unsigned int mark_number(const struct qemu_plugin_insn *insn)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != 7 || memcmp(code, "\x0f\x1f\x80", 3) || memcmp(code + 4, "NUL", 3))
		return 0;
	return code[3];
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));
	struct qemu_plugin_insn *insn;
	unsigned int number;
	size_t i;

	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->length = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->count, 1);
	for (i = 0; i < block->length; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		number = mark_number(insn);
		if (number)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, number == 1 ? at_first_mark : at_second_mark,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	list = fopen(argv[0] + 4, "w");
	if (!list)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
