// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * registry.c - names of runtimes, found without any runtime's lock.
 *
 * The registry holds a reference to the object of each runtime it names, from
 * before the script's body runs until the runtime is stopped.
 */
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/stringhash.h>

#include "core.h"

static DEFINE_HASHTABLE(registry, 8);
static DEFINE_SPINLOCK(registry_lock);

static u32 registry_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

static struct lunatik_runtime *registry_lookup(const char *name)
{
	struct lunatik_runtime *rt;

	hash_for_each_possible_rcu(registry, rt, name_node, registry_hash(name),
				   lockdep_is_held(&registry_lock)) {
		if (!strcmp(rt->name, name))
			return rt;
	}
	return NULL;
}

/**
 * lunatik_register() - publish a runtime under its name
 *
 * Context: process
 * Return: 0, or -EEXIST if the name is taken
 */
int lunatik_register(struct lunatik_runtime *rt)
{
	int err = 0;

	spin_lock(&registry_lock);
	if (registry_lookup(rt->name)) {
		err = -EEXIST;
	} else {
		lunatik_getobject(rt->object);
		hash_add_rcu(registry, &rt->name_node, registry_hash(rt->name));
	}
	spin_unlock(&registry_lock);
	return err;
}

/**
 * lunatik_unregister() - take the name back, if it was given
 *
 * The reference is dropped through the reaper, which waits for readers.
 */
void lunatik_unregister(struct lunatik_runtime *rt)
{
	bool named;

	spin_lock(&registry_lock);
	named = !hlist_unhashed(&rt->name_node);
	if (named)
		hash_del_rcu(&rt->name_node);
	spin_unlock(&registry_lock);
	if (named)
		lunatik_putobject(rt->object);
}

/**
 * lunatik_find() - the runtime of that name
 *
 * Context: any but a probe
 * Return: its object, with a reference for the caller, or NULL
 */
lunatik_object_t *lunatik_find(const char *name)
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

static lunatik_object_t *registry_any(void)
{
	struct lunatik_runtime *rt;
	lunatik_object_t *object = NULL;
	unsigned int bucket;

	rcu_read_lock();
	hash_for_each_rcu(registry, bucket, rt, name_node) {
		if (lunatik_getobject_unless_zero(rt->object)) {
			object = rt->object;
			break;
		}
	}
	rcu_read_unlock();
	return object;
}

/**
 * lunatik_stopall() - stop every runtime that has a name
 *
 * Nobody can start anything meanwhile: two that start each other when they are
 * stopped would go on for ever.
 *
 * Context: process, may sleep; outside of every runtime
 */
void lunatik_stopall(void)
{
	lunatik_object_t *object;

	lunatik_closeruntimes(true);
	while ((object = registry_any()))
		lunatik_stop(object);
	lunatik_closeruntimes(false);
}
EXPORT_SYMBOL(lunatik_stopall);
