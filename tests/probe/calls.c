// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * calls.c - calls for probes to count
 *
 * - calls N makes N system calls that nobody else makes;
 * - calls -a N makes each of a mixed lot of them, until killed if N is 0;
 * - calls -n prints the number of that system call;
 * - calls -u N calls a function of its own with numbers and a text, and returns from it;
 * - calls -o N prints its process id, and opens N files that are not there
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static void mixed(void)
{
	char buffer[64];
	int fd = open("/dev/zero", O_RDWR);

	if (read(fd, buffer, sizeof(buffer)) < 0 ||
	    write(fd, buffer, sizeof(buffer)) < 0)
		perror("/dev/zero");
	close(fd);
	syscall(SYS_getppid);
	syscall(SYS_sched_yield);
	fd = memfd_create("calls", 0);
	if (ftruncate(fd, 100000) < 0 || write(fd, buffer, sizeof(buffer)) < 0)
		perror("memfd");
	close(fd);
	usleep(1000);
}

static void open_nothing(long n)
{
	char path[64];
	long i;

	printf("%d\n", getpid());
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/nothing/%ld", i);
		if (open(path, O_RDONLY) >= 0)
			fprintf(stderr, "%s is there\n", path);
	}
}

/* For probes of programs. */
long calls_add(long a, const char *text, long b)
{
	__asm__ volatile("" : : "r" (text) : "memory");
	return a + b;
}

static int add(long n)
{
	long (*volatile function)(long a, const char *text, long b) = calls_add;
	long i, sum = 0;

	for (i = 0; i < n; i++)
		sum += function(i, "a text of the program", 1000000);
	return sum == 0;
}

int main(int argc, char **argv)
{
	int all = argc > 1 && !strcmp(argv[1], "-a");
	int opens = argc > 1 && !strcmp(argv[1], "-o");
	long n = argc > 1 + all + opens ? atol(argv[1 + all + opens]) : 0;
	long i;

	if (argc > 1 && !strcmp(argv[1], "-n")) {
		printf("%d\n", SYS_sched_get_priority_max);
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "-u"))
		return add(atol(argv[2]));
	if (opens) {
		open_nothing(n);
		return 0;
	}

	for (i = 0; !n || i < n; i++) {
		if (all)
			mixed();
		else
			syscall(SYS_sched_get_priority_max, 0);
	}
	return 0;
}
