// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik kbuild-flags: the text that an external module's Kbuild file needs, as the build for that kernel has left it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/** command_kbuild_flags - lunatik kbuild-flags [KERNEL]; needs neither root nor the modules */
enum status command_kbuild_flags(int argc, char **argv)
{
	enum status status = STATUS_OK;
	char text[4096], *path;
	const char *kernel;
	size_t size;
	FILE *file;

	if (argc > 2)
		return usage_error("too many arguments: '%s'", argv[2]);
	if (argc == 2 && (argv[1][0] == '-' || argv[1][0] == '.' || !argv[1][0] || strchr(argv[1], '/')))
		return usage_error("'%s' is no kernel: it has a name such as 6.1.0-9-amd64", argv[1]);
	kernel = argc == 2 ? argv[1] : kernel_release();
	path = sentence(PATH_KERNELS "/%s/lunatik/kbuild.mk", kernel);
	file = fopen(path, "re");
	if (file) {
		while ((size = fread(text, 1, sizeof(text), file)) > 0)
			fwrite(text, 1, size, stdout);
		fclose(file);
	} else if (errno == ENOENT) {
		print_error("no modules were built for %s: install its headers, linux-headers-%s", kernel, kernel);
		status = STATUS_REFUSED;
	} else {
		print_error("%s: %s", path, strerror(errno));
		status = STATUS_FAILED;
	}
	free(path);
	return status;
}
