// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * unreceived PATH: send an open file, and the socket that would receive it, to that socket, and go. Only the kernel's
 * collector of such messages closes the file then; since Linux 6.10 it is a kernel thread.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { };
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int pair[2], files[2];

	files[0] = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	if (files[0] < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	files[1] = pair[1];
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(files));
	memcpy(CMSG_DATA(header), files, sizeof(files));
	return sendmsg(pair[0], &message, 0) != 1;
}
