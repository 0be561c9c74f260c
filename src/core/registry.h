/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * registry.h - the list of runtimes, their names and children
 */
#ifndef LUNATIK_REGISTRY_H
#define LUNATIK_REGISTRY_H

#include <lunatik.h>

/**
 * struct lunatik_links - where a runtime stands, under the registry's locks
 * @node: in the list of all
 * @name: in the table of names
 * @parent: the runtime that it ends with, or NULL
 * @depth: how many parents are above it
 * @children: runtimes that end with it
 * @sibling: among the children of @parent
 */
struct lunatik_links {
	struct list_head node;
	struct hlist_node name;
	struct lunatik_runtime *parent;
	unsigned int depth;
	struct list_head children;
	struct list_head sibling;
};

int lunatik_registry_add(struct lunatik_runtime *rt);
void lunatik_registry_remove(struct lunatik_runtime *rt);
lunatik_object_t *lunatik_registry_find(const char *name);
lunatik_object_t *lunatik_registry_findany(void);

void lunatik_registry_close(bool closed);
int lunatik_registry_list(struct lunatik_runtime *rt, struct lunatik_runtime *parent);
void lunatik_registry_unlist(struct lunatik_runtime *rt);
struct lunatik_runtime *lunatik_registry_child(struct lunatik_runtime *rt);
void lunatik_registry_setstopping(struct lunatik_runtime *rt, int stage,
				  bool (*each)(struct lunatik_runtime *child));
unsigned int lunatik_registry_count(void);
unsigned int lunatik_registry_scripts(void);
void lunatik_registry_each(bool (*visit)(struct lunatik_runtime *rt, void *arg),
			   void *arg);

#endif
