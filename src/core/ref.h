/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * ref.h - references to the structure of a runtime
 */
#ifndef LUNATIK_REF_H
#define LUNATIK_REF_H

#include <lunatik.h>

void lunatik_runtime_put(struct lunatik_runtime *rt);

#endif
