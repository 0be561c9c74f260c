/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_DEVNODE_H
#define LUNATIK_COMPAT_DEVNODE_H

#include <linux/device.h>

/* The argument of a class's devnode callback. */
#ifdef LUNATIK_HAVE_CLASS_DEVNODE_CONST
typedef const struct device lunatik_devnode_t;
#else
typedef struct device lunatik_devnode_t;
#endif

#endif
