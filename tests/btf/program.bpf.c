// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Calls a function of the test's module for each packet, and lets the packet pass. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_lunatik_zebra(int n) __ksym;

SEC("xdp")
int count(struct xdp_md *context)
{
	bpf_lunatik_zebra(1);
	return XDP_PASS;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
