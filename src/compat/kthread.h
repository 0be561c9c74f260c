/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_KTHREAD_H
#define LUNATIK_COMPAT_KTHREAD_H

#include <linux/kthread.h>
#include <linux/module.h>

#ifndef LUNATIK_HAVE_MODULE_PUT_AND_KTHREAD_EXIT
#define module_put_and_kthread_exit(code)	module_put_and_exit(code)
#endif

#endif
