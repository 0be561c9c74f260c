// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * hung.c - hung FOLDER: a file system of FUSE that hangs, until it is killed
 *
 * It reads the look-up of each name that begins with "never", and the read of each
 * file, and answers neither. All other names are files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/fuse.h>

#define FILE_INODE	2
#define FILE_SIZE	100

static int device;

static void answer(const struct fuse_in_header *request, int error, void *body,
		   size_t size)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + (error ? 0 : size),
		.error = -error,
		.unique = request->unique,
	};
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = body, .iov_len = size },
	};

	writev(device, parts, error || !size ? 1 : 2);
}

static void describe(struct fuse_attr *attr, unsigned long inode)
{
	attr->ino = inode;
	attr->size = FILE_SIZE;
	attr->blksize = 4096;
	attr->nlink = 1;
	attr->mode = inode == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
}

static void begin(const struct fuse_in_header *request)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_readahead = 4096,
		.flags = FUSE_PARALLEL_DIROPS,	/* one look-up does not hold up the others */
		.max_write = 4096,
	};

	answer(request, 0, &out, sizeof(out));
}

static void look_up(const struct fuse_in_header *request, const char *name)
{
	struct fuse_entry_out out = { .nodeid = FILE_INODE };

	if (!strncmp(name, "never", 5))
		return;
	describe(&out.attr, FILE_INODE);
	answer(request, 0, &out, sizeof(out));
}

static void get_attributes(const struct fuse_in_header *request)
{
	struct fuse_attr_out out = {};

	describe(&out.attr, request->nodeid);
	answer(request, 0, &out, sizeof(out));
}

static void open_file(const struct fuse_in_header *request)
{
	struct fuse_open_out out = {};

	answer(request, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *request)
{
	switch (request->opcode) {
	case FUSE_INIT:
		begin(request);
		break;
	case FUSE_LOOKUP:
		look_up(request, (const char *)(request + 1));
		break;
	case FUSE_GETATTR:
		get_attributes(request);
		break;
	case FUSE_OPEN:
		open_file(request);
		break;
	case FUSE_RELEASE:
		answer(request, 0, NULL, 0);
		break;
	case FUSE_READ:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(request, ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static __u64 buffer[(1 << 17) / sizeof(__u64)];
	char options[128];

	device = open("/dev/fuse", O_RDWR);
	if (argc != 2 || device < 0) {
		perror("/dev/fuse");
		return 1;
	}
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", device);
	if (mount("hung", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		if (read(device, buffer, sizeof(buffer)) > 0)
			serve((const struct fuse_in_header *)buffer);
		else if (errno != EINTR && errno != EAGAIN && errno != ENOENT)
			return 0;
	}
}
