/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * stop.h - how a runtime ends
 */
#ifndef LUNATIK_STOP_H
#define LUNATIK_STOP_H

#include <lunatik.h>

#include <linux/completion.h>
#include <linux/workqueue.h>

/**
 * struct lunatik_stop - how far the stop of a runtime is
 * @work: carries it out, unless somebody else does
 * @end: frees the runtime's object afterwards, where the reaper has found it
 * @queued: @work was queued
 * @claimed: somebody carries it out
 * @done: it is over
 * @wait: of entries that wait; woken when the stop condition is set, and when
 *	@done is
 * @brief: jiffies until which an entry that is to end may wait
 */
struct lunatik_stop {
	struct work_struct work;
	struct work_struct end;
	bool queued;
	bool claimed;
	struct completion done;
	wait_queue_head_t wait;
	unsigned long brief;
};

void lunatik_stop_init(struct lunatik_runtime *rt);
bool lunatik_stop_begin(struct lunatik_runtime *rt);
void lunatik_stop_here(struct lunatik_runtime *rt);
void lunatik_stop_runtime(struct lunatik_runtime *rt);
int lunatik_stop_wait(lua_State *L, struct lunatik_runtime *rt);
void lunatik_runtime_release(void *private);
void lunatik_runtime_end(lunatik_object_t *object);

#endif
