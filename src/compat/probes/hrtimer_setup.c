// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.13, a timer gets its function when it is initialised. */
#include <linux/hrtimer.h>

void lunatik_probe(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer));
void lunatik_probe(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
}
