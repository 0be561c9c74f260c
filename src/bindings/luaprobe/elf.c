// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * elf.c - where a function lies in the file of a program
 *
 * Anybody may have written the file: each number of it is checked before it is used.
 */
#include <linux/elf.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "elf.h"

#define ELF_TABLES	256	/* headers of a kind that are looked at */
#define ELF_SYMBOLS	(1 << 22)	/* symbols of a table */
#define ELF_CHUNK	64	/* symbols that are read at once */
#define ELF_NAME	256

/**
 * struct elf_search - a function on its way to be found
 * @file: the program or library
 * @name: of the function
 * @length: of @name
 * @values: different addresses of functions of that name
 * @found: how many
 * @sections: headers
 * @nsections: how many
 * @segments: headers
 * @nsegments: how many
 * @symbols: a part of a table
 * @text: a name
 */
struct elf_search {
	struct file *file;
	const char *name;
	size_t length;
	u64 values[LUAPROBE_ELF_MOST];
	unsigned int found;
	Elf64_Shdr sections[ELF_TABLES];
	unsigned int nsections;
	Elf64_Phdr segments[ELF_TABLES];
	unsigned int nsegments;
	Elf64_Sym symbols[ELF_CHUNK];
	char text[ELF_NAME];
};

/* Return: 0 if all of it was read */
static int elf_read(struct elf_search *search, void *to, size_t size, u64 offset)
{
	loff_t position = offset;
	ssize_t length;

	if (position < 0)
		return -ENOEXEC;
	length = kernel_read(search->file, to, size, &position);
	if (length < 0)
		return length;
	return length == size ? 0 : -ENOEXEC;
}

static int elf_readheaders(struct elf_search *search)
{
	Elf64_Ehdr header;
	int err = elf_read(search, &header, sizeof(header), 0);

	if (err)
		return err;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_machine != ELF_ARCH ||
	    header.e_phentsize != sizeof(Elf64_Phdr) || header.e_shentsize != sizeof(Elf64_Shdr))
		return -ENOEXEC;
	search->nsegments = min_t(unsigned int, header.e_phnum, ELF_TABLES);
	search->nsections = min_t(unsigned int, header.e_shnum, ELF_TABLES);
	err = elf_read(search, search->segments, search->nsegments * sizeof(Elf64_Phdr),
		       header.e_phoff);
	if (err)
		return err;
	return elf_read(search, search->sections, search->nsections * sizeof(Elf64_Shdr),
			header.e_shoff);
}

static void elf_note(struct elf_search *search, u64 value)
{
	unsigned int i;

	for (i = 0; i < min(search->found, LUAPROBE_ELF_MOST); i++) {
		if (search->values[i] == value)
			return;
	}
	if (i < LUAPROBE_ELF_MOST)
		search->values[i] = value;
	search->found++;
}

/* Return: 0, or a negative errno where the file cannot be read; strange names are not the one */
static int elf_compare(struct elf_search *search, const Elf64_Sym *symbol,
		       const Elf64_Shdr *strings)
{
	int err;

	if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
	    symbol->st_name >= strings->sh_size ||
	    search->length + 1 > strings->sh_size - symbol->st_name)
		return 0;
	err = elf_read(search, search->text, search->length + 1,
		       strings->sh_offset + symbol->st_name);
	if (!err && !memcmp(search->text, search->name, search->length + 1))
		elf_note(search, symbol->st_value);
	return err;
}

static int elf_searchtable(struct elf_search *search, const Elf64_Shdr *table,
			   const Elf64_Shdr *strings)
{
	u64 left = min_t(u64, table->sh_size / sizeof(Elf64_Sym), ELF_SYMBOLS);
	u64 offset = table->sh_offset;
	unsigned int i, n;
	int err = 0;

	for (; left && !err; left -= n, offset += n * sizeof(Elf64_Sym)) {
		n = min_t(u64, left, ELF_CHUNK);
		if (fatal_signal_pending(current))
			return -EINTR;
		err = elf_read(search, search->symbols, n * sizeof(Elf64_Sym), offset);
		for (i = 0; i < n && !err; i++)
			err = elf_compare(search, &search->symbols[i], strings);
		cond_resched();
	}
	return err;
}

static int elf_searchtables(struct elf_search *search)
{
	const Elf64_Shdr *section = search->sections;
	unsigned int i;
	int err = 0;

	for (i = 0; i < search->nsections && !err; i++, section++) {
		if ((section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM) &&
		    section->sh_link < search->nsections)
			err = elf_searchtable(search, section,
					      &search->sections[section->sh_link]);
	}
	return err;
}

/* The place of an address in the file; 0 if it is not code there. */
static u64 elf_offset(const struct elf_search *search, u64 value)
{
	const Elf64_Phdr *segment = search->segments;
	unsigned int i;

	for (i = 0; i < search->nsegments; i++, segment++) {
		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) &&
		    value - segment->p_vaddr < segment->p_filesz)
			return value - segment->p_vaddr + segment->p_offset;
	}
	return 0;
}

/**
 * luaprobe_elf_find() - the offsets of the functions of a name in the file of a program or library
 * @file: the file
 * @name: of the functions
 * @offsets: filled in, LUAPROBE_ELF_MOST of them at most
 *
 * Context: process, may sleep, as long as the file system wants
 * Return: how many there are; -ENOEXEC if it is not a file of ELF for this machine, or another error
 */
int luaprobe_elf_find(struct file *file, const char *name, u64 *offsets)
{
	struct elf_search *search = kvzalloc(sizeof(*search), GFP_KERNEL | __GFP_NOWARN);
	unsigned int i;
	int ret;

	if (!search)
		return -ENOMEM;
	search->file = file;
	search->name = name;
	search->length = strlen(name);
	ret = search->length < ELF_NAME ? elf_readheaders(search) : 0;
	if (!ret)
		ret = elf_searchtables(search);
	for (i = 0; !ret && i < min(search->found, LUAPROBE_ELF_MOST); i++)
		offsets[i] = elf_offset(search, search->values[i]);
	if (!ret)
		ret = search->found;
	kvfree(search);
	return ret;
}
