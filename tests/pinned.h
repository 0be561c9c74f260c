/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* pinned.h - what is pinned in the file system of BPF */
#ifndef TESTS_PINNED_H
#define TESTS_PINNED_H

#include <err.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Return: a descriptor of the program. A program that is not there ends the caller. */
static inline int get_program(const char *pinned)
{
	union bpf_attr attributes;
	int program;

	memset(&attributes, 0, sizeof(attributes));
	attributes.pathname = (uintptr_t)pinned;
	program = syscall(SYS_bpf, BPF_OBJ_GET, &attributes, sizeof(attributes));
	if (program < 0)
		err(1, "%s", pinned);
	return program;
}

#endif
