// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The base: an object file that holds a kernel's BTF and nothing else, which stands in for vmlinux where the
 * headers of a kernel lack that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/btf.h>
#include <bpf/libbpf.h>

#include "btf.h"

/* In memory without sections, the BTF is what begins with its header and can be parsed. */
static struct blob search(struct blob kernel)
{
	const unsigned char *end = kernel.data + kernel.size - sizeof(struct btf_header);
	const unsigned char magic[] = { BTF_MAGIC & 0xff, BTF_MAGIC >> 8, BTF_VERSION, 0, sizeof(struct btf_header) };
	unsigned char *at = kernel.data;
	struct btf_header header;
	struct btf *btf;
	uint64_t size;
	bool found;

	while (at < end && (at = memmem(at, end - at, magic, sizeof(magic)))) {
		memcpy(&header, at, sizeof(header));
		size = (uint64_t)header.hdr_len + header.str_off + header.str_len;
		if (header.hdr_len == sizeof(header) && size <= (size_t)(end - at) + sizeof(header)) {
			btf = btf_or_null(btf__new(at, size));
			/* Other BTF in it is that of programs. */
			found = btf && btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT) > 0;
			btf__free(btf);
			if (found)
				return (struct blob){ at, size };
		}
		at++;
	}
	return (struct blob){ };
}

static struct blob find_btf(const char *image, struct blob kernel)
{
	struct blob types;
	struct btf *btf;
	Elf *elf;

	if (kernel.size < sizeof(struct btf_header))
		fail("%s: too small for a kernel", image);
	if (memcmp(kernel.data, ELFMAG, SELFMAG) == 0) {
		elf = elf_open(image, kernel);
		types = elf_bytes(elf, kernel, ".BTF");
		elf_end(elf);
	} else {
		types = search(kernel);
	}
	if (!types.data)
		fail("%s: no BTF in this kernel", image);
	btf = btf_or_null(btf__new(types.data, types.size));
	if (!btf)
		fail("%s: its BTF is damaged", image);
	btf__free(btf);
	return types;
}

/* The BTF of another kernel would be accepted without a word, and describe other structures. */
static void check_release(const char *image, struct blob kernel, const char *release)
{
	char *banner;
	int length = asprintf(&banner, "Linux version %s ", release);

	if (length < 0)
		fail("out of memory");
	if (!memmem(kernel.data, kernel.size, banner, length))
		fail("%s: not the image of %s", image, release);
	free(banner);
}

/* Layout: header, names of the sections, BTF, headers of the sections (none, .shstrtab, .BTF). */
static void write_object(const char *out, struct blob types, uint16_t machine)
{
	static const char names[] = "\0.shstrtab\0.BTF";
	const size_t at_types = sizeof(Elf64_Ehdr) + sizeof(names);
	const size_t at_headers = (at_types + types.size + 7) & ~7UL;
	const size_t size = at_headers + 3 * sizeof(Elf64_Shdr);
	unsigned char *file = calloc(1, size);
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL, .e_machine = machine, .e_version = EV_CURRENT, .e_shoff = at_headers, .e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 3, .e_shstrndx = 1,
	};
	Elf64_Shdr headers[3] = {
		{ }, { .sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = sizeof(ehdr), .sh_size = sizeof(names),
		       .sh_addralign = 1 },
		{ .sh_name = 11, .sh_type = SHT_PROGBITS, .sh_offset = at_types, .sh_size = types.size, .sh_addralign = 1 },
	};

	if (!file)
		fail("out of memory");
	memcpy(file, &ehdr, sizeof(ehdr));
	memcpy(file + sizeof(ehdr), names, sizeof(names));
	memcpy(file + at_types, types.data, types.size);
	memcpy(file + at_headers, headers, sizeof(headers));
	file_write(out, file, size);
	free(file);
}

/** base_make - write the base of a kernel's image; the image must be of that release, unless NULL */
void base_make(const char *image, const char *release, const char *out)
{
	struct blob kernel = image_unpack(image);
	struct blob types;
	Elf64_Ehdr header;

	if (release)
		check_release(image, kernel, release);
	types = find_btf(image, kernel);
	/* Only arm64 boots plain memory. */
	header.e_machine = EM_AARCH64;
	if (kernel.size >= sizeof(header) && memcmp(kernel.data, ELFMAG, SELFMAG) == 0)
		memcpy(&header, kernel.data, sizeof(header));
	write_object(out, types, header.e_machine);
}

/** base_load - the types of a base, or of a vmlinux */
struct btf *base_load(const char *path)
{
	struct btf *btf = btf_or_null(btf__parse_elf(path, NULL));

	if (!btf)
		fail("%s: cannot read its BTF: %s", path, strerror(errno));
	return btf;
}
