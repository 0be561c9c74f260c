// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * keys CODE...: press and release keys of a virtual keyboard, one after the other; +CODE only presses, -CODE only releases.
 */
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int emit(int fd, int type, int code, int value)
{
	struct input_event event = { .type = type, .code = code, .value = value };

	return write(fd, &event, sizeof(event)) == sizeof(event) ? 0 : -1;
}

static int key(int fd, int code, int down)
{
	return emit(fd, EV_KEY, code, down) || emit(fd, EV_SYN, SYN_REPORT, 0);
}

static int keyboard(void)
{
	struct uinput_setup setup = { .id = { .bustype = BUS_USB }, .name = "tests" };
	int code, fd = open("/dev/uinput", O_WRONLY);

	if (fd < 0 || ioctl(fd, UI_SET_EVBIT, EV_KEY))
		return -1;
	for (code = KEY_ESC; code < KEY_MICMUTE; code++) {
		if (ioctl(fd, UI_SET_KEYBIT, code))
			return -1;
	}
	if (ioctl(fd, UI_DEV_SETUP, &setup) || ioctl(fd, UI_DEV_CREATE))
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	int i, failed = 0, fd = keyboard();

	if (fd < 0) {
		perror("uinput");
		return 1;
	}
	for (i = 1; i < argc; i++) {
		int code = atoi(argv[i] + strspn(argv[i], "+-"));

		if (*argv[i] != '-')
			failed |= key(fd, code, 1);
		if (*argv[i] != '+')
			failed |= key(fd, code, 0);
	}
	ioctl(fd, UI_DEV_DESTROY);
	return failed != 0;
}
