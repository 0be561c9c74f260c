// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli.h"

/** device_open - open the control device; a descriptor, or a negative errno */
int device_open(void)
{
	int fd = open(PATH_DEVICE, O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/** device_write - write(2), a negative errno on failure */
ssize_t device_write(int fd, const void *data, size_t size)
{
	ssize_t written = write(fd, data, size);

	return written < 0 ? -errno : written;
}

/** device_read - read(2), a negative errno on failure */
ssize_t device_read(int fd, void *data, size_t size)
{
	ssize_t got = read(fd, data, size);

	return got < 0 ? -errno : got;
}

/** device_close - end the session */
void device_close(int fd)
{
	close(fd);
}
