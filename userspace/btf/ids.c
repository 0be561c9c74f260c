// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The section .BTF_ids of a module, as include/linux/btf_ids.h lays it out: words that are to hold the BTF ids of
 * what symbols like __BTF_ID__func__NAME__7 name, and sets of them, __BTF_ID__set__NAME and __BTF_ID__set8__NAME,
 * which begin with their length and are sorted. The kernel's own tool for that is in no header package of 6.1.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "btf.h"

#define PREFIX		"__BTF_ID__"

struct ids {
	const char *path;
	struct btf *btf;
	struct blob bytes;	/* a copy of the section */
	unsigned int resolved;
	unsigned int pending;
};

typedef void visitor(struct ids *ids, const char *kind, const char *name, uint32_t *word, size_t size);

static const struct {
	const char *name;
	int kind;
} kinds[] = {
	{ "func", BTF_KIND_FUNC },
	{ "struct", BTF_KIND_STRUCT },
	{ "union", BTF_KIND_UNION },
	{ "typedef", BTF_KIND_TYPEDEF },
};

static bool is_set(const char *kind)
{
	return strcmp(kind, "set") == 0 || strcmp(kind, "set8") == 0;
}

/* The kind of a symbol's name and what it names, without the number that makes it unique; false: not one of ours. */
static bool split(char *text, char **kind, char **name)
{
	char *end;

	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return false;
	*kind = text + strlen(PREFIX);
	end = strstr(*kind, "__");
	if (!end)
		return false;
	*end = '\0';
	*name = end + 2;
	if (is_set(*kind))
		return true;
	end = strrchr(*name, '_');
	if (!end || end <= *name + 1 || end[-1] != '_')
		return false;
	end[-1] = '\0';
	return true;
}

static void visit_symbol(struct ids *ids, const char *symbol, const GElf_Sym *sym, visitor *visit)
{
	char *text = strdup(symbol), *kind, *name;
	size_t size = sym->st_size;

	if (!text)
		fail("out of memory");
	if (split(text, &kind, &name)) {
		if (!is_set(kind))
			size = sizeof(uint32_t);
		if (sym->st_value % 4 || size < 4 || sym->st_value > ids->bytes.size ||
		    size > ids->bytes.size - sym->st_value)
			fail("%s: %s lies outside of .BTF_ids", ids->path, symbol);
		visit(ids, kind, name, (uint32_t *)(ids->bytes.data + sym->st_value), size);
	}
	free(text);
}

/* Calls visit for every symbol that lies in the section. */
static void for_each(struct ids *ids, Elf *elf, visitor *visit)
{
	GElf_Shdr header;
	size_t i, ours = elf_ndxscn(elf_section(elf, ".BTF_ids", &header));
	Elf_Scn *symbols = elf_section(elf, ".symtab", &header);
	Elf_Data *data = symbols ? elf_getdata(symbols, NULL) : NULL;
	const char *name;
	GElf_Sym sym;

	if (!data || !header.sh_entsize)
		fail("%s: no symbols", ids->path);
	for (i = 0; i < data->d_size / header.sh_entsize; i++) {
		if (!gelf_getsym(data, i, &sym) || sym.st_shndx != ours)
			continue;
		name = elf_strptr(elf, header.sh_link, sym.st_name);
		if (name)
			visit_symbol(ids, name, &sym, visit);
	}
}

static void count(struct ids *ids, const char *kind, const char *name, uint32_t *word, size_t size)
{
	(void)name;
	(void)size;
	if (is_set(kind))
		return;
	if (*word)
		ids->resolved++;
	else
		ids->pending++;
}

static void resolve(struct ids *ids, const char *kind, const char *name, uint32_t *word, size_t size)
{
	int id = 0;
	size_t i;

	(void)size;
	if (is_set(kind))
		return;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kind, kinds[i].name) == 0)
			id = btf__find_by_name_kind(ids->btf, name, kinds[i].kind);
	if (id <= 0)
		fail("%s: its BTF has no %s %s", ids->path, kind, name);
	*word = id;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* A set is a word, its length, and ids; a set8 is two words, length and flags, and pairs of an id and its flags. */
static void sort(struct ids *ids, const char *kind, const char *name, uint32_t *word, size_t size)
{
	size_t unit = strcmp(kind, "set8") == 0 ? 8 : 4;

	if (!is_set(kind))
		return;
	if (size % unit)
		fail("%s: the set %s has a wrong size", ids->path, name);
	word[0] = size / unit - 1;
	qsort((char *)word + unit, word[0], unit, compare);
}

static void resolve_all(struct ids *ids, Elf *elf, struct blob file, const char *base)
{
	struct btf *kernel = base_load(base);

	/* Such ids count from another base, which only the kernel's own tool knows to fill. */
	if (elf_bytes(elf, file, ".BTF.base").data)
		fail("%s: its BTF has a base of its own, and its ids are not resolved", ids->path);
	ids->btf = btf_or_null(btf__parse_elf_split(ids->path, kernel));
	if (!ids->btf)
		fail("%s: its BTF does not fit the kernel's: %s", ids->path, strerror(errno));
	for_each(ids, elf, resolve);
	for_each(ids, elf, sort);
	btf__free(ids->btf);
	btf__free(kernel);
}

/**
 * ids_resolve - fill in the ids of a module, unless they are filled in already, or the module has no ids
 *
 * Once sorted, words no longer lie at their symbols: resolved sets are left alone. The file is written at the end only.
 */
void ids_resolve(const char *path, const char *base)
{
	struct ids ids = { .path = path };
	struct blob file = file_map(path);
	Elf *elf = elf_open(path, file);
	struct blob section = elf_bytes(elf, file, ".BTF_ids");

	if (section.size) {
		ids.bytes.size = section.size;
		ids.bytes.data = malloc(section.size);
		if (!ids.bytes.data)
			fail("out of memory");
		memcpy(ids.bytes.data, section.data, section.size);
		for_each(&ids, elf, count);
		if (ids.resolved && ids.pending)
			fail("%s: %u of its BTF ids are not resolved: build it with CONFIG_DEBUG_INFO_BTF_MODULES= on make's command line",
			     path, ids.pending);
		if (ids.pending) {
			resolve_all(&ids, elf, file, base);
			memcpy(section.data, ids.bytes.data, section.size);
		}
		free(ids.bytes.data);
	}
	elf_end(elf);
	munmap(file.data, file.size);
}
