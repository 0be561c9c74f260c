// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * ELF files in memory, read by libelf.
 */
#include <string.h>

#include "btf.h"

/** elf_open - an ELF file of this machine's class and byte order */
Elf *elf_open(const char *name, struct blob file)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)file.data, file.size);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		fail("%s: not an ELF file", name);
	if (file.data[EI_CLASS] != ELFCLASS64 || file.data[EI_DATA] != ELFDATA2LSB)
		fail("%s: not a 64-bit little-endian ELF file", name);
	return elf;
}

/** elf_section - a section by name, and its header; NULL if the file has no such section */
Elf_Scn *elf_section(Elf *elf, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;
	char *text;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, header))
			return NULL;
		text = elf_strptr(elf, names, header->sh_name);
		if (text && strcmp(text, name) == 0)
			return section;
	}
	return NULL;
}

/** elf_bytes - where a section lies in the file; no data if it is not there, or not inside of the file */
struct blob elf_bytes(Elf *elf, struct blob file, const char *name)
{
	struct blob bytes = { };
	GElf_Shdr header;

	if (!elf_section(elf, name, &header) || header.sh_type == SHT_NOBITS)
		return bytes;
	if (header.sh_offset > file.size || header.sh_size > file.size - header.sh_offset)
		return bytes;
	bytes.data = file.data + header.sh_offset;
	bytes.size = header.sh_size;
	return bytes;
}
