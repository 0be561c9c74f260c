/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * detour.h - calls that may hang
 */
#ifndef LUNATIK_DETOUR_H
#define LUNATIK_DETOUR_H

void lunatik_detours_exit(void);

#endif
