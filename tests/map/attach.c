// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * attach PROGRAM FUNCTION [PROGRAM FUNCTION...]: call pinned eBPF programs where the kernel calls functions, by kprobes, until
 * a signal ends this program.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../pinned.h"

/* The kernel's number for events of kprobes. */
static int kprobe_type(void)
{
	static const char name[] = "/sys/bus/event_source/devices/kprobe/type";
	FILE *file = fopen(name, "r");
	int type;

	if (!file || fscanf(file, "%d", &type) != 1)
		err(1, "%s", name);
	fclose(file);
	return type;
}

static void attach(const char *pinned, const char *function)
{
	struct perf_event_attr attributes;
	int event;

	memset(&attributes, 0, sizeof(attributes));
	attributes.size = sizeof(attributes);
	attributes.type = kprobe_type();
	attributes.kprobe_func = (uintptr_t)function;
	event = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, 0);
	if (event < 0 || ioctl(event, PERF_EVENT_IOC_SET_BPF, get_program(pinned)) ||
	    ioctl(event, PERF_EVENT_IOC_ENABLE))
		err(1, "kprobe of %s", function);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2)
		attach(argv[i], argv[i + 1]);
	pause();
	return 0;
}
