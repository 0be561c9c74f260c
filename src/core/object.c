// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * object.c - reference-counted objects.
 *
 * The last reference may be dropped in any context: destruction goes through irq_work and a work item, which waits for
 * one grace period per batch.
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "object.h"
#include "account.h"
#include "alloc.h"
#include "context.h"
#include "param.h"
#include "runtime.h"
#include "work.h"

#define OBJECTS_WAIT	(5 * HZ)

static LLIST_HEAD(objects_dead);
static LIST_HEAD(objects_all);
static DEFINE_RAW_SPINLOCK(objects_lock);

/* ---- the end of an object --------------------------------------------------- */

/* The class of runtimes, which take as long as their stop does. */
static const lunatik_class_t *objects_slowclass __ro_after_init;
static void (*objects_endslow)(lunatik_object_t *object) __ro_after_init;

/**
 * lunatik_object_end() - free what the reaper has found
 * @object: nobody holds it, and a grace period is over
 *
 * Context: process, may sleep
 */
void lunatik_object_end(lunatik_object_t *object)
{
	const lunatik_class_t *class = object->class;
	unsigned long flags;

	raw_spin_lock_irqsave(&objects_lock, flags);
	list_del(&object->node);
	raw_spin_unlock_irqrestore(&objects_lock, flags);
	if (object->private && class->release)
		class->release(object->private);
	if (!class->pointer)
		kvfree(object->private);
	lunatik_freelock(object);
	if (object->account)
		lunatik_account_uncharge(object->account, object->size);
	kfree(object);
	module_put(class->owner);
	lunatik_dying_end();
}

/* Nothing else waits for what takes long to end. */
static void objects_reap(struct work_struct *work)
{
	struct llist_node *node = llist_del_all(&objects_dead);

	if (!node)
		return;
	synchronize_rcu();
	while (node) {
		lunatik_object_t *object =
			llist_entry(node, lunatik_object_t, dead);

		node = node->next;
		if (object->class == objects_slowclass)
			objects_endslow(object);
		else
			lunatik_object_end(object);
	}
}

static DECLARE_WORK(objects_work, objects_reap);

static void objects_queue(struct irq_work *work)
{
	lunatik_work_begin();
	queue_work(lunatik_workqueue, &objects_work);
	lunatik_work_end();
}

static struct irq_work objects_irq;

void lunatik_releaseobject(struct kref *kref)
{
	lunatik_object_t *object = container_of(kref, lunatik_object_t, kref);

	lunatik_dying_begin();
	if (llist_add(&object->dead, &objects_dead))
		irq_work_queue(&objects_irq);
}
EXPORT_SYMBOL(lunatik_releaseobject);

int lunatik_putobject(lunatik_object_t *object)
{
	return kref_put(&object->kref, lunatik_releaseobject);
}
EXPORT_SYMBOL(lunatik_putobject);

/**
 * lunatik_objects_init() - prepare the reaper
 * @slow: class of objects that take long to end
 * @endslow: called for each of these instead of lunatik_object_end(), which it
 *	leaves to a work item of its own
 */
void __init lunatik_objects_init(const lunatik_class_t *slow,
				 void (*endslow)(lunatik_object_t *object))
{
	objects_slowclass = slow;
	objects_endslow = endslow;
	init_irq_work(&objects_irq, objects_queue);
}

/**
 * lunatik_objects_flush() - wait until what was dropped so far is gone
 *
 * Context: process, may sleep; not in a work item. Objects may hold objects: a
 * few rounds.
 */
void lunatik_objects_flush(void)
{
	do {
		irq_work_sync(&objects_irq);
		flush_workqueue(lunatik_workqueue);
	} while (lunatik_dying_is());
}

static bool objects_areflushed(void *argument)
{
	return !lunatik_dying_is();
}

void lunatik_settle(lua_State *L)
{
	lunatik_wait(L, lunatik_dying_queue(), objects_areflushed, NULL,
		     OBJECTS_WAIT, TASK_KILLABLE);
}
EXPORT_SYMBOL(lunatik_settle);

void lunatik_objects_exit(void)
{
	lunatik_objects_flush();
	WARN_ON(!list_empty(&objects_all));
}

/* ---- locks ---------------------------------------------------------------------- */

void lunatik_newlock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_init(&object->mutex);
	else
		raw_spin_lock_init(&object->spin);
}
EXPORT_SYMBOL(lunatik_newlock);

void lunatik_freelock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_destroy(&object->mutex);
}
EXPORT_SYMBOL(lunatik_freelock);

void lunatik_lock(lunatik_object_t *object)
{
	unsigned long flags;

	if (object->sleep) {
		mutex_lock(&object->mutex);
		return;
	}
	raw_spin_lock_irqsave(&object->spin, flags);
	object->irqflags = flags;
}
EXPORT_SYMBOL(lunatik_lock);

int lunatik_trylock(lunatik_object_t *object)
{
	unsigned long flags;

	if (object->sleep)
		return mutex_trylock(&object->mutex);
	if (!raw_spin_trylock_irqsave(&object->spin, flags))
		return 0;
	object->irqflags = flags;
	return 1;
}
EXPORT_SYMBOL(lunatik_trylock);

void lunatik_unlock(lunatik_object_t *object)
{
	if (object->sleep)
		mutex_unlock(&object->mutex);
	else
		raw_spin_unlock_irqrestore(&object->spin, object->irqflags);
}
EXPORT_SYMBOL(lunatik_unlock);

void lunatik_lockobject(lua_State *L, lunatik_object_t *object)
{
	struct lunatik_entry *entry = lunatik_toentry(L);

	if (!entry || !(entry->flags & LUNATIK_PROBE))
		lunatik_lock(object);
	else if (!lunatik_trylock(object))
		luaL_error(L, "object is busy");
}
EXPORT_SYMBOL(lunatik_lockobject);

/* ---- creation -------------------------------------------------------------------- */

void lunatik_setobject(lunatik_object_t *object, const lunatik_class_t *class,
		       bool sleep)
{
	unsigned long flags;

	kref_init(&object->kref);
	object->class = class;
	object->sleep = sleep;
	object->gfp = sleep ? GFP_KERNEL : GFP_ATOMIC;
	lunatik_newlock(object);
	raw_spin_lock_irqsave(&objects_lock, flags);
	list_add(&object->node, &objects_all);
	raw_spin_unlock_irqrestore(&objects_lock, flags);
}
EXPORT_SYMBOL(lunatik_setobject);

/**
 * lunatik_object_create() - make an object that an account pays for
 * @class: its class
 * @size: bytes of its private area; unless the class has the flag pointer
 * @sleep: as of lunatik_createobject()
 * @account: the payer, or NULL
 *
 * Context: process, may sleep
 * Return: the object with one reference, or NULL
 */
lunatik_object_t *lunatik_object_create(const lunatik_class_t *class,
					size_t size, bool sleep,
					struct lunatik_account *account)
{
	size_t charge = lunatik_heap_footprint(sizeof(lunatik_object_t));
	lunatik_object_t *object;

	if (size > LUNATIK_MOST_MEMORY)
		return NULL;
	if (!class->pointer)
		charge += lunatik_heap_footprint(size);
	if (account && lunatik_account_charge(account, charge))
		return NULL;
	object = kzalloc(sizeof(*object), LUNATIK_GFP);
	if (!object)
		goto uncharge;
	if (!class->pointer && size) {
		object->private = lunatik_heap_newblock(size, LUNATIK_GFP | __GFP_ZERO);
		if (!object->private)
			goto free;
	}
	object->account = account;
	object->size = charge;
	__module_get(class->owner);
	lunatik_setobject(object, class, sleep);
	return object;
free:
	kfree(object);
uncharge:
	if (account)
		lunatik_account_uncharge(account, charge);
	return NULL;
}

lunatik_object_t *lunatik_createobject(const lunatik_class_t *class,
				       size_t size, bool sleep)
{
	return lunatik_object_create(class, size, sleep, NULL);
}
EXPORT_SYMBOL(lunatik_createobject);

bool lunatik_charge(lunatik_object_t *object, size_t size)
{
	return !object->account ||
	       !lunatik_account_charge(object->account,
				       lunatik_heap_footprint(size));
}
EXPORT_SYMBOL(lunatik_charge);

void lunatik_uncharge(lunatik_object_t *object, size_t size)
{
	if (object->account)
		lunatik_account_uncharge(object->account,
					 lunatik_heap_footprint(size));
}
EXPORT_SYMBOL(lunatik_uncharge);
