// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik kbuild-flags: the text that an external module's Kbuild file needs, as the build for that kernel has left it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli.h"

static enum status print_file(const char *path, const char *kernel)
{
	FILE *file = fopen(path, "re");
	char text[4096];
	size_t size;

	if (!file && errno == ENOENT) {
		print_error("no modules were built for %s: install its headers, linux-headers-%s", kernel, kernel);
		return STATUS_REFUSED;
	}
	if (!file) {
		print_error("%s: %s", path, strerror(errno));
		return STATUS_FAILED;
	}
	while ((size = fread(text, 1, sizeof(text), file)) > 0)
		fwrite(text, 1, size, stdout);
	fclose(file);
	return STATUS_OK;
}

/** command_kbuild_flags - lunatik kbuild-flags [KERNEL]; needs neither root nor the modules */
enum status command_kbuild_flags(int argc, char **argv)
{
	const char *kernel;
	struct utsname name;
	enum status status;
	char *path;

	if (argc > 2)
		return usage_error("too many arguments: '%s'", argv[2]);
	if (argc == 2 && (argv[1][0] == '-' || argv[1][0] == '.' || !argv[1][0] || strchr(argv[1], '/')))
		return usage_error("'%s' is no kernel: it has a name such as 6.1.0-9-amd64", argv[1]);
	uname(&name);
	kernel = argc == 2 ? argv[1] : name.release;
	if (asprintf(&path, PATH_KERNELS "/%s/lunatik/kbuild.mk", kernel) < 0)
		out_of_memory();
	status = print_file(path, kernel);
	free(path);
	return status;
}
