/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * hrtimer.h - hrtimer_setup() on every kernel
 */
#ifndef LUNATIK_COMPAT_HRTIMER_H
#define LUNATIK_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

#ifndef LUNATIK_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif
