// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Asks the script torture/s about every packet, and does what it says.
 */
#include <linux/bpf.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

static char name[] = "torture/s";

SEC("xdp")
int torture(struct xdp_md *ctx)
{
	__u64 argument = ctx->data_end - ctx->data;
	int result = bpf_luaxdp_run(name, sizeof(name), ctx, &argument, sizeof(argument));

	return result < 0 || result > XDP_REDIRECT ? XDP_PASS : result;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
