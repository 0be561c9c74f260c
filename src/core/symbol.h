/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * symbol.h - addresses of symbols that modules may not link to
 */
#ifndef LUNATIK_SYMBOL_H
#define LUNATIK_SYMBOL_H

#include <lunatik.h>

void lunatik_symbols_init(void);

#endif
