// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * registry.c - the list of runtimes, their names and children.
 *
 * Names are found without any runtime's lock. The registry holds a reference to
 * the object of each runtime that has one, from before the script's body runs
 * until the runtime is stopped.
 */
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/stringhash.h>

#include "registry.h"
#include "param.h"
#include "runtime.h"

#define DEPTH_LIMIT	8	/* children of children: stopped on one stack */

/* ---- names -------------------------------------------------------------- */

static DEFINE_HASHTABLE(registry, 8);
static DEFINE_SPINLOCK(registry_lock);

static u32 registry_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

static struct lunatik_runtime *registry_lookup(const char *name)
{
	struct lunatik_runtime *rt;

	hash_for_each_possible_rcu(registry, rt, links.name,
				   registry_hash(name),
				   lockdep_is_held(&registry_lock)) {
		if (!strcmp(rt->name, name))
			return rt;
	}
	return NULL;
}

/**
 * lunatik_registry_add() - publish a runtime under its name
 *
 * Context: process
 * Return: 0, or -EEXIST if the name is taken
 */
int lunatik_registry_add(struct lunatik_runtime *rt)
{
	int err = 0;

	spin_lock(&registry_lock);
	if (registry_lookup(rt->name)) {
		err = -EEXIST;
	} else {
		lunatik_getobject(rt->object);
		hash_add_rcu(registry, &rt->links.name,
			     registry_hash(rt->name));
	}
	spin_unlock(&registry_lock);
	return err;
}

/**
 * lunatik_registry_remove() - take the name back, if it was given
 *
 * The reference is dropped through the reaper, which waits for readers.
 */
void lunatik_registry_remove(struct lunatik_runtime *rt)
{
	bool named;

	spin_lock(&registry_lock);
	named = !hlist_unhashed(&rt->links.name);
	if (named)
		hash_del_rcu(&rt->links.name);
	spin_unlock(&registry_lock);
	if (named)
		lunatik_putobject(rt->object);
}

/**
 * lunatik_registry_find() - the runtime of that name
 *
 * Context: any but a probe
 * Return: its object, with a reference for the caller, or NULL
 */
lunatik_object_t *lunatik_registry_find(const char *name)
{
	struct lunatik_runtime *rt;
	lunatik_object_t *object = NULL;

	rcu_read_lock();
	rt = registry_lookup(name);
	if (rt && lunatik_getobject_unless_zero(rt->object))
		object = rt->object;
	rcu_read_unlock();
	return object;
}

/**
 * lunatik_registry_findany() - any runtime that has a name
 *
 * Context: any but a probe
 * Return: its object, with a reference for the caller, or NULL
 */
lunatik_object_t *lunatik_registry_findany(void)
{
	struct lunatik_runtime *rt;
	lunatik_object_t *object = NULL;
	unsigned int bucket;

	rcu_read_lock();
	hash_for_each_rcu(registry, bucket, rt, links.name) {
		if (lunatik_getobject_unless_zero(rt->object)) {
			object = rt->object;
			break;
		}
	}
	rcu_read_unlock();
	return object;
}

/* ---- list --------------------------------------------------------------- */

static LIST_HEAD(runtimes);
static unsigned int nruntimes;
static unsigned int nreserved;		/* of these, the command's: they do not count for the limit */
static unsigned int nmembers;		/* states of percpu scripts beside the first of each: these do not count, either */
static int runtimes_closed;
static DEFINE_SPINLOCK(runtimes_lock);

/**
 * lunatik_registry_close() - allow no new runtimes, or allow them again
 * @closed: from now on, lunatik_runtime_create() fails, until as many calls have allowed it
 *
 * Context: process
 */
void lunatik_registry_close(bool closed)
{
	spin_lock(&runtimes_lock);
	runtimes_closed += closed ? 1 : -1;
	spin_unlock(&runtimes_lock);
}

/**
 * lunatik_registry_list() - a new runtime joins the list, and may be stopped from now on
 * @rt: the runtime
 * @parent: which it is to end with, or NULL
 *
 * Context: process
 * Return: 0, or
 * -ENXIO if no runtimes may be created, or @parent is being stopped,
 * -ENOSPC if too many exist,
 * -EMLINK if too many are inside each other
 */
int lunatik_registry_list(struct lunatik_runtime *rt, struct lunatik_runtime *parent)
{
	int err = 0;

	spin_lock(&runtimes_lock);
	if (runtimes_closed) {
		err = -ENXIO;
	} else if (!rt->reserved && !rt->percpu.member &&
		   nruntimes - nreserved - nmembers >= lunatik_param_runtimes) {
		err = -ENOSPC;
	} else if (parent && (parent->stopping ||
			      parent->state == LUNATIK_STOPPED)) {
		err = -ENXIO;
	} else if (parent && parent->links.depth == DEPTH_LIMIT) {
		err = -EMLINK;
	} else {
		nruntimes++;
		nreserved += rt->reserved;
		nmembers += rt->percpu.member;
		rt->links.depth = parent ? parent->links.depth + 1 : 0;
		list_add_tail(&rt->links.node, &runtimes);
		rt->links.parent = parent;
		if (parent)
			list_add_tail(&rt->links.sibling,
				      &parent->links.children);
	}
	spin_unlock(&runtimes_lock);
	return err;
}

/**
 * lunatik_registry_unlist() - undo lunatik_registry_list(), if it was done
 *
 * Context: process
 */
void lunatik_registry_unlist(struct lunatik_runtime *rt)
{
	spin_lock(&runtimes_lock);
	if (!list_empty(&rt->links.node)) {
		nruntimes--;
		nreserved -= rt->reserved;
		nmembers -= rt->percpu.member;
		list_del_init(&rt->links.node);
		list_del_init(&rt->links.sibling);
		rt->links.parent = NULL;
	}
	spin_unlock(&runtimes_lock);
}

/**
 * lunatik_registry_count() - how many runtimes exist
 */
unsigned int lunatik_registry_count(void)
{
	return READ_ONCE(nruntimes);
}

/**
 * lunatik_registry_scripts() - the same, with all states of a percpu script as one
 */
unsigned int lunatik_registry_scripts(void)
{
	unsigned int count;

	spin_lock(&runtimes_lock);
	count = nruntimes - nmembers;
	spin_unlock(&runtimes_lock);
	return count;
}

/**
 * lunatik_registry_each() - call a function for every runtime
 * @visit: must not sleep; false ends the walk
 */
void lunatik_registry_each(bool (*visit)(struct lunatik_runtime *rt, void *arg),
			   void *arg)
{
	struct lunatik_runtime *rt;

	spin_lock(&runtimes_lock);
	list_for_each_entry(rt, &runtimes, links.node) {
		if (!visit(rt, arg))
			break;
	}
	spin_unlock(&runtimes_lock);
}

/**
 * lunatik_registry_child() - any child of a runtime
 *
 * Context: process
 * Return: a child, with a reference to its structure, or NULL
 */
struct lunatik_runtime *lunatik_registry_child(struct lunatik_runtime *rt)
{
	struct lunatik_runtime *child;

	spin_lock(&runtimes_lock);
	child = list_first_entry_or_null(&rt->links.children,
					 struct lunatik_runtime, links.sibling);
	if (child)
		kref_get(&child->refs);
	spin_unlock(&runtimes_lock);
	return child;
}

/**
 * lunatik_registry_setstopping() - set the stop condition of a runtime
 * @rt: the runtime, which gets no more children
 * @stage: 1 requests the end of its entry, 2 aborts it
 * @each: called for each of its children; must not sleep
 *
 * Context: process
 */
void lunatik_registry_setstopping(struct lunatik_runtime *rt, int stage,
				  bool (*each)(struct lunatik_runtime *child))
{
	struct lunatik_runtime *child;

	spin_lock(&runtimes_lock);
	WRITE_ONCE(rt->stopping, stage);
	list_for_each_entry(child, &rt->links.children, links.sibling)
		each(child);
	spin_unlock(&runtimes_lock);
}
