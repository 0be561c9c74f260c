// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The BTF of one module, made by pahole of its debug information.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "btf.h"

static bool has_types(const char *path)
{
	struct blob file = file_read(path);
	Elf *elf = elf_open(path, file);
	bool has = elf_bytes(elf, file, ".BTF").size;

	elf_end(elf);
	munmap(file.data, file.size);
	return has;
}

/** module_complete - see to it that a module has its BTF and that its BTF ids are resolved */
void module_complete(const char *path, const char *base)
{
	/* The flags that scripts/pahole-flags.sh of these kernels gives, but for -j, which makes the order of types vary. */
	char *const argv[] = {
		"pahole", "-J", "--btf_gen_floats", "--lang_exclude=rust", "--btf_base", (char *)base, (char *)path, NULL
	};

	if (!has_types(path)) {
		/* pahole adds the section by this program, and expects LLVM's by default. */
		setenv("LLVM_OBJCOPY", "objcopy", 0);
		run(argv, (struct blob){ });
		/* Its exit status is 0 in many cases of failure. */
		if (!has_types(path))
			fail("%s: pahole gave it no BTF", path);
	}
	ids_resolve(path, base);
}
