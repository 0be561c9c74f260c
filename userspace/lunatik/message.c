// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

/** print_error - print one line on standard error, behind the command's name */
void print_error(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("lunatik: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/** print_document - print JSON on standard output, indented */
void print_document(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
}

/** out_of_memory - give up */
void out_of_memory(void)
{
	print_error("out of memory");
	exit(STATUS_FAILED);
}

/** must - the pointer, or the end of the command when it is NULL */
void *must(void *pointer)
{
	if (!pointer)
		out_of_memory();
	return pointer;
}

/** needs_root - true, and a message with the command to type, when the caller is not root */
bool needs_root(int argc, char **argv)
{
	int i;

	if (geteuid() == 0)
		return false;
	fputs("lunatik: needs root: sudo lunatik", stderr);
	for (i = 0; i < argc; i++)
		fprintf(stderr, " %s", argv[i]);
	fputc('\n', stderr);
	return true;
}

/** closed_stdout - the status, unless what was printed could not be written */
enum status closed_stdout(enum status status)
{
	if (fclose(stdout) == 0 || status != STATUS_OK)
		return status;
	fputs("lunatik: cannot write the output\n", stderr);
	return STATUS_FAILED;
}
