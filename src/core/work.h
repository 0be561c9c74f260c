/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * work.h - work queues, guards of irq_work functions, what is yet to be freed
 */
#ifndef LUNATIK_WORK_H
#define LUNATIK_WORK_H

#include <lunatik.h>

#include <linux/irq_work.h>
#include <linux/workqueue.h>

extern struct workqueue_struct *lunatik_workqueue;
extern struct workqueue_struct *lunatik_refills;

void lunatik_dying_begin(void);
void lunatik_dying_end(void);
bool lunatik_dying_is(void);
wait_queue_head_t *lunatik_dying_queue(void);

int lunatik_work_init(void);
void lunatik_work_exit(void);

#endif
