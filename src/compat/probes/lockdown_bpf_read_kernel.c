// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.14, locking down distinguishes what eBPF reads from what it writes into the memory of users. */
#include <linux/security.h>

int lunatik_probe(void);
int lunatik_probe(void)
{
	return security_locked_down(LOCKDOWN_BPF_READ_KERNEL);
}
