// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Asks the script tests/xdp/judge about UDP packets to port 7000, and notes what it answers. The first byte of what they
 * carry says how to ask.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

#define NAME "tests/xdp/judge"

enum {
	COUNT,		/* packets */
	RESULT,		/* of the last one */
	ARGUMENT,	/* as the script left it */
	INTACT,		/* the name is as it was */
	NOTES
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NOTES);
	__type(key, __u32);
	__type(value, __s32);
} notes SEC(".maps");

static char name[] = NAME;
/* Without a zero byte behind it. */
static char bare[] = NAME "!";
static char other[] = "tests/xdp/other";
static char large[200] = NAME "/and/so/on";

static __always_inline void note(__u32 key, __s32 value)
{
	__s32 *place = bpf_map_lookup_elem(&notes, &key);

	if (place)
		*place = value;
}

static __always_inline void count(void)
{
	__u32 key = COUNT;
	__s32 *place = bpf_map_lookup_elem(&notes, &key);

	if (place)
		*place += 1;
}

static __always_inline int intact(void)
{
	int i, same = 1;

	for (i = 0; i < (int)sizeof(NAME) - 1; i++)
		same &= bare[i] == NAME[i] && name[i] == NAME[i];
	return same && bare[sizeof(NAME) - 1] == '!';
}

static __always_inline int ask(struct xdp_md *ctx, char choice, __u32 *argument)
{
	switch (choice) {
	case 'z':
		return bpf_luaxdp_run(name, 0, ctx, argument, sizeof(*argument));
	case 'u':
		return bpf_luaxdp_run(bare, sizeof(NAME) - 1, ctx, argument, sizeof(*argument));
	case 'o':
		return bpf_luaxdp_run(other, sizeof(other), ctx, argument, sizeof(*argument));
	case 'l':
		return bpf_luaxdp_run(large, sizeof(large), ctx, argument, sizeof(*argument));
	case 'e':
		return bpf_luaxdp_run(name, sizeof(name), ctx, argument, 0);
	default:
		return bpf_luaxdp_run(name, sizeof(name), ctx, argument, sizeof(*argument));
	}
}

SEC("xdp.frags")
int judge(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	char *choice = (void *)(udp + 1);
	__u32 argument = 5;
	int result;

	if ((void *)(choice + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->protocol != IPPROTO_UDP || udp->dest != bpf_htons(7000))
		return XDP_PASS;
	result = ask(ctx, *choice, &argument);
	note(RESULT, result);
	note(ARGUMENT, argument);
	note(INTACT, intact());
	count();
	return result == XDP_DROP ? XDP_DROP : XDP_PASS;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
