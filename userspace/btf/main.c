// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * btf: gives modules their BTF where the headers of a kernel do not hold what kbuild needs for that.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/libbpf.h>

#include "btf.h"

static const char usage[] =
	"usage: btf inputs KERNEL\n"
	"       btf base KERNEL|IMAGE OUT\n"
	"       btf module KERNEL|BASE MODULE.ko...\n"
	"\n"
	"  inputs  print what the BTF for a kernel is made from: its image, the version of pahole\n"
	"  base    write the BTF of a kernel's image into an object that serves in place of vmlinux\n"
	"  module  give modules their BTF and resolve their BTF ids, where that has not been done\n"
	"\n"
	"KERNEL is a release such as 6.1.0-9-amd64; what has a / in it is a file.\n";

/** fail - end with status 1 and one line */
void fail(const char *format, ...)
{
	va_list arguments;

	fputs("btf: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* The first file of these names, to be freed, or NULL. */
static char *find(const char *const *formats, size_t count, const char *kernel, struct stat *status)
{
	char *path;
	size_t i;

	for (i = 0; i < count; i++) {
		if (asprintf(&path, formats[i], kernel) < 0)
			fail("out of memory");
		if (stat(path, status) == 0 && S_ISREG(status->st_mode))
			return path;
		free(path);
	}
	return NULL;
}

static char *find_image(const char *kernel, struct stat *status)
{
	static const char *const formats[] = { "/boot/vmlinuz-%s", "/usr/lib/modules/%s/vmlinuz", "/lib/modules/%s/vmlinuz" };

	return find(formats, ARRAY_SIZE(formats), kernel, status);
}

static char *find_base(const char *kernel)
{
	static const char *const formats[] = { "/lib/modules/%s/build/vmlinux", "/lib/modules/%s/lunatik/vmlinux.btf" };
	struct stat status;
	char *path = find(formats, ARRAY_SIZE(formats), kernel, &status);

	if (!path)
		fail("no BTF of %s: neither its headers nor Lunatik's modules for it have brought any", kernel);
	return path;
}

static bool is_file(const char *argument)
{
	return strchr(argument, '/');
}

static void print_inputs(const char *kernel)
{
	char *const argv[] = { "/bin/sh", "-c", "pahole --version 2>/dev/null || echo none", NULL };
	struct blob version = run(argv, (struct blob){ });
	struct stat status;
	char *image = find_image(kernel, &status);

	if (!version.data)
		fail("cannot run /bin/sh");
	if (image)
		printf("%s %lld %lld", image, (long long)status.st_size, (long long)status.st_mtime);
	else
		printf("no image");
	printf(", pahole %.*s\n", (int)strcspn((char *)version.data, "\n"), (char *)version.data);
	free(image);
}

static void make_base(const char *argument, const char *out)
{
	struct stat status;
	char *image;

	if (is_file(argument)) {
		base_make(argument, NULL, out);
		return;
	}
	image = find_image(argument, &status);
	if (!image)
		fail("the image of %s is not installed", argument);
	base_make(image, argument, out);
	free(image);
}

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int main(int argc, char **argv)
{
	const char *base;
	int i;

	libbpf_set_print(silent);
	if (argc == 3 && strcmp(argv[1], "inputs") == 0) {
		print_inputs(argv[2]);
	} else if (argc == 4 && strcmp(argv[1], "base") == 0) {
		make_base(argv[2], argv[3]);
	} else if (argc > 3 && strcmp(argv[1], "module") == 0) {
		base = is_file(argv[2]) ? argv[2] : find_base(argv[2]);
		for (i = 3; i < argc; i++)
			module_complete(argv[i], base);
	} else {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}
