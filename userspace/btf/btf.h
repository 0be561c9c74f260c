/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The tool that gives modules their BTF: declarations that its files share.
 */
#ifndef LUNATIK_BTF_TOOL_H
#define LUNATIK_BTF_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gelf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Bytes in memory: of a file, of a section, of what a program printed. */
struct blob {
	unsigned char *data;
	size_t size;
};

/* main.c */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* file.c */
struct blob file_read(const char *path);
struct blob file_map(const char *path);
void file_write(const char *path, const void *data, size_t size);
struct blob run(char *const *argv, struct blob input);

/* elf.c */
Elf *elf_open(const char *name, struct blob file);
Elf_Scn *elf_section(Elf *elf, const char *name, GElf_Shdr *header);
struct blob elf_bytes(Elf *elf, struct blob file, const char *name);

/* image.c */
struct blob image_unpack(const char *path);

/* libbpf before 1.0 returns errors as pointers: NULL and errno instead. */
static inline struct btf *btf_or_null(struct btf *btf)
{
	return libbpf_get_error(btf) ? NULL : btf;
}

/* base.c */
void base_make(const char *image, const char *release, const char *out);
struct btf *base_load(const char *path);

/* ids.c */
void ids_resolve(const char *path, const char *base);

/* module.c */
void module_complete(const char *path, const char *base);

#endif
