// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files and programs. A failure here ends the tool with one line.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "btf.h"

extern char **environ;

static struct blob map(int fd, const char *name, int protection, int flags)
{
	struct blob file = { };
	struct stat status;

	if (fstat(fd, &status))
		fail("%s: %s", name, strerror(errno));
	if (!S_ISREG(status.st_mode) || status.st_size <= 0)
		fail("%s: empty, or not a file", name);
	file.size = status.st_size;
	file.data = mmap(NULL, file.size, protection, flags, fd, 0);
	if (file.data == MAP_FAILED)
		fail("%s: %s", name, strerror(errno));
	return file;
}

static struct blob map_path(const char *path, int mode, int protection, int flags)
{
	int fd = open(path, mode | O_CLOEXEC);
	struct blob file;

	if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	file = map(fd, path, protection, flags);
	close(fd);
	return file;
}

/** file_read - the bytes of a file */
struct blob file_read(const char *path)
{
	return map_path(path, O_RDONLY, PROT_READ, MAP_PRIVATE);
}

/** file_map - the bytes of a file; a change of them changes the file */
struct blob file_map(const char *path)
{
	return map_path(path, O_RDWR, PROT_READ | PROT_WRITE, MAP_SHARED);
}

static void write_all(int fd, const char *name, const unsigned char *data, size_t size)
{
	ssize_t n;

	while (size) {
		n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			fail("%s: %s", name, n ? strerror(errno) : "nothing was written");
		data += n;
		size -= n;
	}
}

/** file_write - replace a file; nobody sees half of it */
void file_write(const char *path, const void *data, size_t size)
{
	char *half;
	int fd;

	if (asprintf(&half, "%s.part", path) < 0)
		fail("out of memory");
	fd = open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		fail("%s: %s", half, strerror(errno));
	write_all(fd, half, data, size);
	if (close(fd) || rename(half, path))
		fail("%s: %s", path, strerror(errno));
	free(half);
}

/* A file without a name, for the input or output of a program. */
static int scratch(void)
{
	int fd = memfd_create("btf", MFD_CLOEXEC);

	if (fd < 0)
		fail("memfd_create: %s", strerror(errno));
	return fd;
}

static int spawn(char *const *argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	int error, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		fail("cannot run %s: %s", argv[0], strerror(error));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("%s: %s", argv[0], strerror(errno));
	return status;
}

/** run - what a program prints when it reads the input; no data if it failed or printed nothing */
struct blob run(char *const *argv, struct blob input)
{
	int in = scratch(), out = scratch(), status;
	struct blob output = { };

	write_all(in, argv[0], input.data, input.size);
	lseek(in, 0, SEEK_SET);
	status = spawn(argv, in, out);
	if (status == 0 && lseek(out, 0, SEEK_END) > 0)
		output = map(out, argv[0], PROT_READ, MAP_PRIVATE);
	close(in);
	close(out);
	return output;
}
