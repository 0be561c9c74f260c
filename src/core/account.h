/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * account.h - who pays for memory
 */
#ifndef LUNATIK_ACCOUNT_H
#define LUNATIK_ACCOUNT_H

#include <lunatik.h>

/**
 * struct lunatik_account - who pays for objects; outlives its runtime
 * @refs: the runtime, each object, and each account that it sponsors hold one
 * @used: bytes of objects
 * @limit: bytes, shared with the Lua heap of the runtime
 * @orphan: the runtime is gone; @used counts as left over
 * @lock: keeps @used, @orphan and the sum of all orphans together
 * @reserved: of the command's, which has a reserve beside the memory of scripts
 * @sponsor: of the script whose device this session is a file of, or NULL
 * @sponsored: bytes of all such sessions together; at most @limit, too
 */
struct lunatik_account {
	struct kref refs;
	raw_spinlock_t lock;
	atomic_long_t used;
	size_t limit;
	atomic_long_t heap;
	bool orphan;
	bool reserved;
	struct lunatik_account *sponsor;
	atomic_long_t sponsored;
};

struct lunatik_account *lunatik_account_create(struct lunatik_runtime *rt,
					       struct lunatik_runtime *sponsor);
void lunatik_account_put(struct lunatik_account *account);
void lunatik_account_orphan(struct lunatik_account *account);
int lunatik_account_charge(struct lunatik_account *account, size_t size);
void lunatik_account_uncharge(struct lunatik_account *account, size_t size);
bool lunatik_account_addtotal(struct lunatik_account *account, size_t size);
void lunatik_account_subtotal(struct lunatik_account *account, size_t size);
size_t lunatik_account_total(void);
size_t lunatik_account_orphaned(void);

#endif
