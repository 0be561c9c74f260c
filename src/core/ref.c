// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * ref.c - references to the structure of a runtime, which outlives its state.
 */
#include "ref.h"
#include "account.h"
#include "runtime.h"

static void ref_free(struct kref *refs)
{
	struct lunatik_runtime *rt =
		container_of(refs, struct lunatik_runtime, refs);

	lunatik_account_put(rt->account);
	free_percpu(rt->stats);
	kfree(rt->percpu.members);
	kfree(rt);
}

/**
 * lunatik_runtime_put() - drop a reference to the structure
 *
 * Context: any but a probe
 */
void lunatik_runtime_put(struct lunatik_runtime *rt)
{
	kref_put(&rt->refs, ref_free);
}
