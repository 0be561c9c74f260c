// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Programs for one packet: "nothing" passes it, "port" counts packets to port 53. "pass" and "lua" call tests/bench/pass and
 * tests/bench/xdp. The last two programs are for a probe, and count calls: all, or by process.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

static char passing[] = "tests/bench/pass";
static char comparing[] = "tests/bench/xdp";
static __u64 hits;

SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	__u32 argument = 0;

	return bpf_luaxdp_run(passing, sizeof(passing), ctx, &argument, sizeof(argument));
}

SEC("xdp")
int port(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + ETH_HLEN;
	struct udphdr *udp;

	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	udp = (void *)ip + ip->ihl * 4;
	if ((void *)(udp + 1) > data_end)
		return XDP_PASS;
	if (udp->dest == bpf_htons(53))
		hits++;
	return XDP_PASS;
}

SEC("xdp")
int lua(struct xdp_md *ctx)
{
	__u32 argument = 0;

	return bpf_luaxdp_run(comparing, sizeof(comparing), ctx, &argument, sizeof(argument));
}

SEC("kprobe")
int called(void *ctx)
{
	hits++;
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} calls SEC(".maps");

SEC("kprobe")
int counted(void *ctx)
{
	__u64 process = bpf_get_current_pid_tgid() >> 32, first = 1;
	__u64 *count = bpf_map_lookup_elem(&calls, &process);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&calls, &process, &first, BPF_ANY);
	return 0;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
