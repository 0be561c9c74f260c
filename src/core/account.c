// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * account.c - who pays for memory: runtimes, and all of them together.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "account.h"
#include "param.h"
#include "runtime.h"

#define ACCOUNT_COMMAND	SZ_16M	/* most that the command has for itself */

static atomic_long_t account_total;
static atomic_long_t account_orphans;

size_t lunatik_account_total(void)
{
	return atomic_long_read(&account_total);
}

size_t lunatik_account_orphaned(void)
{
	return atomic_long_read(&account_orphans);
}

static bool account_addto(atomic_long_t *sum, size_t size, size_t limit)
{
	if ((size_t)atomic_long_add_return(size, sum) <= limit)
		return true;
	atomic_long_sub(size, sum);
	return false;
}

/**
 * lunatik_account_addtotal() - take bytes from what all runtimes share
 * @account: of the runtime that takes them
 * @size: bytes
 *
 * Also from what all sessions of a script's devices share.
 *
 * Context: any
 * Return: false if a limit would be exceeded; nothing is charged then
 */
bool lunatik_account_addtotal(struct lunatik_account *account, size_t size)
{
	struct lunatik_account *sponsor = account->sponsor;
	size_t limit = lunatik_param_totallimit();

	/* The command's sessions have memory beside that of scripts. */
	if (account->reserved)
		limit += clamp_t(size_t, limit / 2, SZ_2M, ACCOUNT_COMMAND);
	if (sponsor &&
	    !account_addto(&sponsor->sponsored, size, sponsor->limit))
		return false;
	if (account_addto(&account_total, size, limit))
		return true;
	if (sponsor)
		atomic_long_sub(size, &sponsor->sponsored);
	return false;
}

/**
 * lunatik_account_subtotal() - undo lunatik_account_addtotal()
 *
 * Context: any
 */
void lunatik_account_subtotal(struct lunatik_account *account, size_t size)
{
	if (account->sponsor)
		atomic_long_sub(size, &account->sponsor->sponsored);
	atomic_long_sub(size, &account_total);
}

/**
 * lunatik_account_create() - the account of a new runtime
 * @rt: the runtime
 * @sponsor: referenced; pays for it, too, or NULL
 *
 * Context: process, may sleep
 * Return: the account, whose reference the caller owns, or NULL
 */
struct lunatik_account *lunatik_account_create(struct lunatik_runtime *rt,
					       struct lunatik_runtime *sponsor)
{
	struct lunatik_account *account = kzalloc(sizeof(*account), LUNATIK_GFP);

	if (!account)
		return NULL;
	kref_init(&account->refs);
	raw_spin_lock_init(&account->lock);
	account->limit = rt->limits.memory;
	account->reserved = rt->reserved;
	if (sponsor) {
		kref_get(&sponsor->account->refs);
		account->sponsor = sponsor->account;
	}
	return account;
}

static void account_release(struct kref *refs)
{
	struct lunatik_account *account =
		container_of(refs, struct lunatik_account, refs);

	lunatik_account_put(account->sponsor);
	kfree(account);
}

void lunatik_account_put(struct lunatik_account *account)
{
	if (account)
		kref_put(&account->refs, account_release);
}

/**
 * lunatik_account_orphan() - the runtime is gone, its objects may not be
 */
void lunatik_account_orphan(struct lunatik_account *account)
{
	unsigned long flags;

	atomic_long_set(&account->heap, 0);
	raw_spin_lock_irqsave(&account->lock, flags);
	account->orphan = true;
	atomic_long_add(atomic_long_read(&account->used), &account_orphans);
	raw_spin_unlock_irqrestore(&account->lock, flags);
}

/* Orphans count what is used, whenever they became orphans. */
static long account_add(struct lunatik_account *account, long size)
{
	unsigned long flags;
	long used;

	raw_spin_lock_irqsave(&account->lock, flags);
	used = atomic_long_add_return(size, &account->used);
	if (account->orphan)
		atomic_long_add(size, &account_orphans);
	raw_spin_unlock_irqrestore(&account->lock, flags);
	return used;
}

/**
 * lunatik_account_charge() - pay for an object
 *
 * Context: any but a probe
 * Return: 0, or -ENOMEM if a limit would be exceeded
 */
int lunatik_account_charge(struct lunatik_account *account, size_t size)
{
	long used;

	if (size > LUNATIK_MOST_MEMORY ||
	    !lunatik_account_addtotal(account, size))
		return -ENOMEM;
	if (!account->reserved &&
	    lunatik_account_orphaned() > lunatik_param_memorylimit())
		goto refuse;
	used = account_add(account, size);
	if (used + atomic_long_read(&account->heap) > account->limit) {
		account_add(account, -(long)size);
		goto refuse;
	}
	kref_get(&account->refs);
	return 0;
refuse:
	lunatik_account_subtotal(account, size);
	return -ENOMEM;
}

/**
 * lunatik_account_uncharge() - undo one lunatik_account_charge()
 */
void lunatik_account_uncharge(struct lunatik_account *account, size_t size)
{
	account_add(account, -(long)size);
	lunatik_account_subtotal(account, size);
	lunatik_account_put(account);
}
