// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * inject.c - inject INTERFACE MAC SEED COUNT [MICROSECONDS]: sends frames of
 * all kinds from an interface to 02:00:00:00:79:MAC. Most are mutated: cut off,
 * with wrong lengths or flipped bytes. Some are fragments, lie in VLANs or
 * tunnels, or are large and have to be segmented. With the INTERFACE raw, IPv4 packets as
 * programs of this machine send them, to 10.79.1.2. COUNT 0: until it is killed.
 * The same seed gives the same frames. Prints how many the kernel took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_MAX	65000
#define PLAIN_MAX	1400	/* payload of what is not to be segmented */
#define ETHER		14
#define IP4		20
#define IP6		40
#define UDP		8
#define TCP		20

static uint64_t state;

static uint32_t chance(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

/**
 * struct frame - one frame under construction
 * @ip: where its IP header begins, 0 without one
 * @transport: where what follows that begins
 */
struct frame {
	struct virtio_net_hdr head;
	uint8_t byte[FRAME_MAX];
	size_t size;
	size_t ip;
	size_t transport;
};

static struct frame frame;
static uint8_t target;

static void put(const void *bytes, size_t size)
{
	if (size > FRAME_MAX - frame.size)
		size = FRAME_MAX - frame.size;
	memcpy(frame.byte + frame.size, bytes, size);
	frame.size += size;
}

static void put8(uint8_t value)
{
	put(&value, 1);
}

static void put16(uint16_t value)
{
	value = htons(value);
	put(&value, 2);
}

static void put32(uint32_t value)
{
	value = htonl(value);
	put(&value, 4);
}

static void set16(size_t offset, uint16_t value)
{
	frame.byte[offset] = value >> 8;
	frame.byte[offset + 1] = value;
}

static void put_random(size_t size)
{
	while (size--)
		put8(chance(256));
}

/* ---- headers --------------------------------------------------------------- */

static void put_ether(uint16_t type)
{
	static const uint8_t to[5] = { 0x02, 0, 0, 0, 0x79 };

	if (!chance(10)) {
		put32(0xffffffff);
		put16(0xffff);
	} else {
		put(to, sizeof(to));
		put8(target);
	}
	put(to, sizeof(to));
	put8(0x77);
	put16(type);
}

static uint16_t checksum(size_t offset, size_t size)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += frame.byte[offset + i] << 8 | frame.byte[offset + i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put_ip4(uint8_t protocol, uint16_t fragment)
{
	int options = chance(8) ? 0 : 4 * (1 + chance(10));

	frame.ip = frame.size;
	put8(0x45 + options / 4);
	put8(0);
	put16(0);
	put16(chance(8));
	put16(fragment);
	put8(64);
	put8(protocol);
	put16(0);
	put32(0x0a4f0102 + (chance(4) ? 0 : chance(256)));
	put32(chance(2) ? 0x0a4f0101 : 0x0a4f0202);
	while (options--)
		put8(chance(3) ? 1 : chance(256));
	frame.transport = frame.size;
}

static void put_ip6(uint8_t next)
{
	static const uint8_t prefix[15] = { 0xfd, 0x79 };
	int i;

	frame.ip = frame.size;
	put32(0x60000000);
	put16(0);
	put8(next);
	put8(64);
	for (i = 2; i >= 1; i--) {
		put(prefix, 3);
		put8(i == 1 && chance(2));
		put(prefix + 4, 11);
		put8(i);
	}
	frame.transport = frame.size;
}

/* Lengths and the checksum of the header, once everything is there. */
static void finish_ip(void)
{
	size_t header = frame.transport - frame.ip;

	if (!frame.ip)
		return;
	if (frame.byte[frame.ip] >> 4 == 4) {
		set16(frame.ip + 2, frame.size - frame.ip);
		set16(frame.ip + 10, checksum(frame.ip, header));
	} else {
		set16(frame.ip + 4, frame.size - frame.ip - IP6);
	}
}

static void put_udp(uint16_t port, size_t size)
{
	put16(40000 + chance(4));
	put16(port);
	put16(UDP + size);
	put16(0);
}

static void put_tcp(uint16_t port)
{
	static const uint8_t flags[] = { 0x02, 0x10, 0x18, 0x11, 0x04, 0xff, 0 };

	put16(chance(2) ? 40000 : 443);
	put16(port);
	put32(chance(1000));
	put32(chance(1000));
	put8(0x50);
	put8(flags[chance(sizeof(flags))]);
	put16(1000);
	put16(0);
	put16(0);
	frame.head.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	frame.head.csum_start = frame.transport;
	frame.head.csum_offset = 16;
}

/* ---- contents -------------------------------------------------------------- */

static void put_dns(void)
{
	static const char *const names[] = {
		"\6github\3com", "\7example\3org", "\1a\1b\1c\1d\1e\1f", "?github",
		"\xc0\x0c", "\xff\xff", "\7lunatik\3com", "",
	};
	const char *name = names[chance(8)];

	put16(chance(65536));
	put16(chance(2) ? 0x0100 : 0x8180);
	put16(chance(8) ? 1 : 65535);
	put16(chance(4) ? 0 : chance(3000));
	put32(0);
	put(name, strlen(name) + 1);
	put16(1);
	put16(1);
	while (!chance(3)) {		/* answers, some of which point to themselves */
		put16(0xc000 | chance(64));
		put16(1);
		put16(1);
		put32(60);
		put16(chance(4) ? 4 : chance(65536));
		put32(0x0a4f0303);
	}
}

static void put_hello(void)
{
	put8(0x16);
	put16(0x0301);
	put16(chance(3) ? 90 : chance(65536));
	put8(1);
	put8(0);
	put16(chance(3) ? 86 : chance(65536));
	put16(0x0303);
	put_random(32);
	put8(chance(3) ? 0 : chance(256));
	put16(chance(3) ? 2 : chance(65536));
	put16(0x1301);
	put8(1);
	put8(0);
	put16(chance(3) ? 16 : chance(65536));
	put16(0);
	put16(chance(3) ? 12 : chance(65536));
	put16(10);
	put8(0);
	put16(chance(3) ? 7 : chance(65536));
	put("ebpf.io", 7);
}

static void put_payload(void)
{
	put_random(chance(4) ? chance(64) : chance(PLAIN_MAX));
}

/* ---- kinds of frames --------------------------------------------------------- */

static void udp4(void)
{
	put_ip4(17, 0);
	put_udp(chance(2) ? 7000 : 53, 0);
	if (chance(2))
		put_dns();
	else
		put_payload();
	set16(frame.transport + 4, frame.size - frame.transport);
}

static void tcp4(void)
{
	put_ip4(6, 0);
	put_tcp(chance(2) ? 443 : 7001);
	if (chance(2))
		put_hello();
	else
		put_payload();
}

static void icmp4(void)
{
	put_ip4(1, 0);
	put16(chance(2) ? 0x0800 : chance(65536));
	put16(0);
	put32(chance(65536));
	put_payload();
}

static void fragment4(void)
{
	put_ip4(chance(2) ? 17 : 6, chance(2) << 13 | (chance(2) ? chance(16) : chance(8192)));
	put_udp(53, 8);
	put_random(8 * chance(40));
}

static void tunnel4(void)
{
	static const uint8_t protocols[] = { 4, 41, 47, 50, 51, 132, 33, 136, 2, 0, 255 };

	put_ip4(protocols[chance(sizeof(protocols))], 0);
	if (chance(2)) {		/* GRE */
		put16(chance(3) ? 0 : chance(65536));
		put16(0x0800);
	}
	put8(chance(2) ? 0x45 : chance(256));
	put_payload();
}

static void udp6(void)
{
	put_ip6(17);
	put_udp(chance(2) ? 53 : 7000, 0);
	put_dns();
	set16(frame.transport + 4, frame.size - frame.transport);
}

static void tcp6(void)
{
	put_ip6(6);
	put_tcp(443);
	put_hello();
}

static void extended6(void)
{
	static const uint8_t headers[] = { 0, 43, 44, 51, 60, 135, 59, 58, 17 };
	int n = chance(6);

	put_ip6(headers[chance(4)]);
	while (n--) {
		put8(headers[chance(sizeof(headers))]);
		put8(chance(4) ? 0 : chance(256));
		put16(chance(65536));
		put32(chance(65536));
	}
	put_payload();
}

static void arp(void)
{
	put16(1);
	put16(0x0800);
	put8(chance(8) ? 6 : chance(256));
	put8(chance(8) ? 4 : chance(256));
	put16(1 + chance(3));
	put_random(6);
	put32(0x0a4f0102);
	put_random(6);
	put32(0x0a4f0101);
}

static void noise(void)
{
	put_random(chance(200));
}

static const struct {
	uint16_t type;
	void (*make)(void);
} kinds[] = {
	{ 0x0800, udp4 }, { 0x0800, udp4 }, { 0x0800, tcp4 }, { 0x0800, tcp4 }, { 0x0800, icmp4 },
	{ 0x0800, fragment4 }, { 0x0800, tunnel4 }, { 0x86dd, udp6 }, { 0x86dd, tcp6 },
	{ 0x86dd, extended6 }, { 0x0806, arp }, { 0x0800, noise }, { 0x86dd, noise },
	{ 0x8847, noise }, { 0x8863, noise }, { 0x0004, noise }, { 0x88cc, noise },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void make_vlan(uint16_t type)
{
	int tags = 1 + chance(3);

	put_ether(chance(2) ? 0x8100 : 0x88a8);
	while (tags--) {
		put16(chance(4) ? 5 : chance(65536));
		put16(tags ? 0x8100 : type);
	}
}

/* A frame inside of VXLAN. */
static void make_vxlan(uint16_t type)
{
	put_ether(0x0800);
	put_ip4(17, 0);
	put_udp(4789, 500);
	put32(0x08000000);
	put32(42 << 8);
	finish_ip();
	put_ether(type);
}

/* A large packet, which the device or the kernel has to segment. */
static void make_large(void)
{
	static const uint8_t types[] = {
		VIRTIO_NET_HDR_GSO_TCPV4, VIRTIO_NET_HDR_GSO_TCPV6, VIRTIO_NET_HDR_GSO_UDP, 5,
		VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN,
	};

	put_random(chance(2) ? chance(8000) : chance(FRAME_MAX - 4000));
	frame.head.gso_type = types[chance(sizeof(types))];
	frame.head.gso_size = chance(4) ? 500 + chance(1000) : chance(65536);
	frame.head.hdr_len = chance(2) ? frame.transport + TCP : chance(200);
}

static void mutate(void)
{
	static const uint16_t wrong[] = { 0, 1, 7, 8, 19, 20, 1500, 0x7fff, 0xffff };
	static const size_t fields[] = { 2, 4, 6 };
	int n;

	switch (chance(5)) {
	case 0:
		frame.size = ETHER + chance(frame.size - ETHER + 1);
		break;
	case 1:
		for (n = 1 + chance(8); n; n--)
			frame.byte[ETHER + chance(frame.size - ETHER)] = chance(256);
		break;
	case 2:
		if (frame.ip)
			set16(frame.ip + fields[chance(3)], wrong[chance(9)]);
		break;
	case 3:
		if (frame.ip)
			frame.byte[frame.ip] = (frame.byte[frame.ip] & 0xf0) | chance(16);
		break;
	case 4:
		if (frame.transport && frame.transport + 14 < frame.size)
			set16(frame.transport + 2 * chance(7), wrong[chance(9)]);
		break;
	}
	if (!chance(4)) {
		frame.head.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		frame.head.csum_start = chance(frame.size + 10);
		frame.head.csum_offset = chance(64);
	}
}

static void make(void)
{
	int kind = chance(KINDS);

	memset(&frame.head, 0, sizeof(frame.head));
	frame.size = frame.ip = frame.transport = 0;
	switch (chance(8)) {
	case 0:
		make_vlan(kinds[kind].type);
		break;
	case 1:
		make_vxlan(kinds[kind].type);
		break;
	default:
		put_ether(kinds[kind].type);
	}
	kinds[kind].make();
	if (frame.transport && !chance(8))
		make_large();
	if (frame.ip && frame.transport > frame.ip)
		finish_ip();
	if (frame.size < ETHER + 2)
		put16(0);
	if (chance(3))
		mutate();
}

/* Protocol 0: it receives nothing. */
static int open_interface(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1;
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name),
	};

	if (fd < 0 || !address.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on))) {
		perror(name);
		exit(1);
	}
	return fd;
}

static int open_raw(void)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (fd < 0) {
		perror("raw");
		exit(1);
	}
	return fd;
}

/* The kernel fills in the length and the checksum of the first header. */
static ssize_t send_raw(int fd)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x0a4f0102),
	};

	if (!frame.ip || frame.ip >= frame.size)
		return -1;
	return sendto(fd, frame.byte + frame.ip, frame.size - frame.ip, MSG_DONTWAIT,
		      (struct sockaddr *)&address, sizeof(address));
}

static ssize_t send_frame(int fd)
{
	return send(fd, &frame.head, sizeof(frame.head) + frame.size, MSG_DONTWAIT);
}

int main(int argc, char **argv)
{
	long count, taken = 0, i, pause;
	int fd, raw;

	if (argc < 5) {
		fprintf(stderr, "inject INTERFACE MAC SEED COUNT [MICROSECONDS]\n");
		return 2;
	}
	raw = !strcmp(argv[1], "raw");
	fd = raw ? open_raw() : open_interface(argv[1]);
	target = atoi(argv[2]);
	state = ((uint64_t)atol(argv[3]) + 1) * 0x9e3779b97f4a7c15ULL | 1;
	count = atol(argv[4]);
	pause = argc > 5 ? atol(argv[5]) : 0;
	for (i = 0; !count || i < count; i++) {
		make();
		taken += (raw ? send_raw(fd) : send_frame(fd)) > 0;
		if (pause)
			usleep(pause);
	}
	printf("%ld of %ld\n", taken, count);
	return 0;
}
