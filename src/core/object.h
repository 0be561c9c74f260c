/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * object.h - objects, for the core alone
 */
#ifndef LUNATIK_OBJECT_H
#define LUNATIK_OBJECT_H

#include <lunatik.h>

void lunatik_objects_init(const lunatik_class_t *slow,
			  void (*endslow)(lunatik_object_t *object));
void lunatik_objects_flush(void);
void lunatik_objects_exit(void);
void lunatik_object_end(lunatik_object_t *object);
lunatik_object_t *lunatik_object_create(const lunatik_class_t *class,
					size_t size, bool sleep,
					struct lunatik_account *account);

#endif
