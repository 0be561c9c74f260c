/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * access.h - whether the kernel takes new code
 */
#ifndef LUNATIK_ACCESS_H
#define LUNATIK_ACCESS_H

#include <lunatik.h>

void lunatik_access_init(void);
const char *lunatik_access_refusal(void);

#endif
