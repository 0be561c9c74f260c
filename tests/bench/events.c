// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * events.c - cause events, and print the nanoseconds of one. On a machine whose clock counts instructions, those are
 * instructions.
 *
 *   events [OPTION...] read FILE COUNT		read(2) of one byte, COUNT times
 *   events [OPTION...] write FILE COMMAND COUNT	write(2) of "COMMAND COUNT"
 *   events [OPTION...] run PROGRAM PACKET COUNT	run a pinned eBPF program COUNT times over the packet in a file
 *
 * -k PROGRAM FUNCTION: call a pinned eBPF program where the kernel calls a function, by a kprobe.
 * -i: leave out the time for which the processor is idle, and print it as well. For one processor.
 * -m: put marks that ci/plugin/blocks.c finds before and behind the events.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../pinned.h"

/* The first mark and the second: an instruction of seven bytes that does nothing, with a number that no compiler writes there. */
#ifdef __x86_64__
static void mark_first(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80, 1, 0x4e, 0x55, 0x4c" : : : "memory");
}

static void mark_second(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80, 2, 0x4e, 0x55, 0x4c" : : : "memory");
}
#else
static void mark_first(void) {}
static void mark_second(void) {}
#endif

static bool marks, idle_apart;
static struct timespec start;
static uint64_t idle_before;

/* Return the nanoseconds for which the processor has been idle. */
static uint64_t idle(void)
{
	FILE *list = fopen("/proc/timer_list", "r");
	unsigned long long nanoseconds = 0;
	char line[256];

	if (!list)
		err(1, "/proc/timer_list");
	while (fgets(line, sizeof(line), list) && sscanf(line, " .idle_sleeptime : %llu", &nanoseconds) != 1)
		;
	fclose(list);
	return nanoseconds;
}

static void begin(void)
{
	if (idle_apart)
		idle_before = idle();
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (marks)
		mark_first();
}

/* Return nanoseconds since the beginning. */
static uint64_t end(void)
{
	struct timespec now;

	if (marks)
		mark_second();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start.tv_sec) * 1000000000ull + now.tv_nsec - start.tv_nsec;
}

static void print_mean(uint64_t spent, unsigned int count)
{
	uint64_t waited = idle_apart ? idle() - idle_before : 0;

	printf("%llu", (unsigned long long)(spent - waited + count / 2) / count);
	if (idle_apart)
		printf(" %llu", (unsigned long long)waited / count);
	putchar('\n');
}

static int open_file(const char *name, int flags)
{
	int file = open(name, flags);

	if (file < 0)
		err(1, "%s", name);
	return file;
}

/* The probe ends with this program. */
static void place_probe(const char *pinned, const char *function)
{
	static const char type[] = "/sys/bus/event_source/devices/kprobe/type";
	struct perf_event_attr attributes;
	char number[16] = "";
	int event;

	read(open_file(type, O_RDONLY), number, sizeof(number) - 1);
	memset(&attributes, 0, sizeof(attributes));
	attributes.size = sizeof(attributes);
	attributes.type = atoi(number);
	attributes.kprobe_func = (uintptr_t)function;
	event = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, 0);
	if (event < 0 || ioctl(event, PERF_EVENT_IOC_SET_BPF, get_program(pinned)) || ioctl(event, PERF_EVENT_IOC_ENABLE))
		err(1, "kprobe of %s", function);
}

static void read_bytes(const char *name, unsigned int count)
{
	int file = open_file(name, O_RDONLY);
	unsigned int left = count;
	char byte;

	begin();
	while (left && read(file, &byte, 1) == 1)
		left--;
	print_mean(end(), count);
	if (left)
		err(1, "read %s", name);
}

static void write_command(const char *name, const char *command, unsigned int count)
{
	int file = open_file(name, O_WRONLY), length;
	char text[64];
	ssize_t written;

	length = snprintf(text, sizeof(text), "%s %u", command, count);
	begin();
	written = write(file, text, length);
	print_mean(end(), count);
	if (written != length)
		err(1, "write \"%s\" to %s", text, name);
}

static void run_program(const char *pinned, const char *name, unsigned int count)
{
	union bpf_attr attributes;
	char packet[2048];
	int length;
	long ret;

	length = read(open_file(name, O_RDONLY), packet, sizeof(packet));
	memset(&attributes, 0, sizeof(attributes));
	attributes.test.prog_fd = get_program(pinned);
	attributes.test.data_in = (uintptr_t)packet;
	attributes.test.data_size_in = length;
	attributes.test.repeat = count;
	begin();
	ret = syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attributes, sizeof(attributes));
	end();
	if (ret)
		err(1, "run %s", pinned);
	/* The call takes longer: it changes code of the kernel before and after all runs. */
	print_mean(attributes.test.duration, 1);
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "-k")) {
		place_probe(argv[2], argv[3]);
		argc -= 3;
		argv += 3;
	}
	for (; argc > 1 && *argv[1] == '-'; argc--, argv++) {
		marks |= !strcmp(argv[1], "-m");
		idle_apart |= !strcmp(argv[1], "-i");
	}
	if (argc == 4 && !strcmp(argv[1], "read"))
		read_bytes(argv[2], atoi(argv[3]));
	else if (argc == 5 && !strcmp(argv[1], "write"))
		write_command(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "run"))
		run_program(argv[2], argv[3], atoi(argv[4]));
	else
		errx(2, "see the head of the source");
	return 0;
}
