// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * calls.c - calls for probes to count: calls [-a] N makes N system calls that
 * nobody else makes; with -a, each of a mixed lot of them, until killed if N is 0
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

int main(int argc, char **argv)
{
	int all = argc > 1 && !strcmp(argv[1], "-a");
	long n = argc > 1 + all ? atol(argv[1 + all]) : 0;
	long i;

	for (i = 0; !n || i < n; i++) {
		if (all)
			mixed();
		else
			syscall(SYS_sched_get_priority_max, 0);
	}
	return 0;
}
