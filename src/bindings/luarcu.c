// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luarcu.c - the rcu library: hash tables of objects, shared by all runtimes
 *
 * Readers hold rcu_read_lock() and take references with
 * lunatik_getobject_unless_zero(); writers hold the lock of the table object.
 * An object that leaves a table is put after unlocking.
 *
 * An entry that may not sleep never calls the kernel's allocator: it takes its
 * node from the table's pool, and it only marks nodes as dead. A work item,
 * kicked through irq_work because a probe may have fired anywhere, waits for a
 * grace period, frees the dead and refills the pool.
 *
 * Chains are bounded, so that no table, whatever its size and keys, makes a
 * lookup long.
 */
#include <linux/irq_work.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <luarcu.h>
#include <lunatik_binding.h>

#define LUARCU_TABLE_SIZE	1024	/* buckets of rcu.table() */
#define LUARCU_MAXSIZE		(1 << 20)
#define LUARCU_MAXCHAIN		1024
#define LUARCU_MAXSYSTEM	65536	/* entries of a table that no runtime pays for */
#define LUARCU_POOL		8	/* nodes at hand for entries that may not sleep */
#define LUARCU_POOL_BUSY	128	/* once such an entry has inserted something */

/**
 * struct luarcu_node - one key and its object
 * @chain: in a bucket
 * @object: the value, one reference; NULL once the node has left the table
 * @free: among the dead, or in the pool
 * @room: bytes of @key
 * @length: bytes of the key, which may contain NUL
 */
struct luarcu_node {
	struct hlist_node chain;
	lunatik_object_t __rcu *object;
	struct llist_node free;
	u8 room;
	u8 length;
	char key[];
};

/**
 * struct luarcu_table - private area of a table object
 * @self: the object; its lock serialises writers
 * @node: in luarcu_tables
 * @dead: nodes that readers may still see
 * @pool: nodes with room for any key, under the lock
 * @pooled: how many
 * @target: how many there should be; refilled below a half
 * @irq: kicks @work from any context
 * @count: entries
 * @limit: how many there may be
 * @mask: buckets - 1
 */
struct luarcu_table {
	lunatik_object_t *self;
	struct list_head node;
	struct llist_head dead;
	struct llist_node *pool;
	unsigned int pooled;
	unsigned int target;
	struct irq_work irq;
	struct work_struct work;
	unsigned int count;
	unsigned int limit;
	unsigned int mask;
	struct hlist_head buckets[];
};

static siphash_key_t luarcu_seed __read_mostly;
static LIST_HEAD(luarcu_tables);
static DEFINE_RAW_SPINLOCK(luarcu_tables_lock);
static struct workqueue_struct *luarcu_workqueue;

static const lunatik_class_t luarcu_class;

/* ---- nodes ---------------------------------------------------------------- */

static size_t luarcu_nodesize(size_t room)
{
	return offsetof(struct luarcu_node, key) + room;
}

/* Context: process, may sleep */
static struct luarcu_node *luarcu_newnode(struct luarcu_table *table,
					  size_t room)
{
	size_t size = luarcu_nodesize(room);
	struct luarcu_node *node;

	if (!lunatik_charge(table->self, size))
		return NULL;
	node = kmalloc(size, LUNATIK_GFP);
	if (!node) {
		lunatik_uncharge(table->self, size);
		return NULL;
	}
	node->room = room;
	return node;
}

static void luarcu_freenode(struct luarcu_table *table, struct luarcu_node *node)
{
	lunatik_uncharge(table->self, luarcu_nodesize(node->room));
	kfree(node);
}

/* Under the table's lock. */
static struct luarcu_node *luarcu_frompool(struct luarcu_table *table)
{
	struct llist_node *free = table->pool;

	table->target = LUARCU_POOL_BUSY;
	if (!free)
		return NULL;
	table->pool = free->next;
	table->pooled--;
	return llist_entry(free, struct luarcu_node, free);
}

static bool luarcu_topool(struct luarcu_table *table, struct luarcu_node *node)
{
	bool wanted;

	lunatik_lock(table->self);
	wanted = table->pooled < table->target;
	if (wanted) {
		node->free.next = table->pool;
		table->pool = &node->free;
		table->pooled++;
	}
	lunatik_unlock(table->self);
	return wanted;
}

static void luarcu_refill(struct luarcu_table *table)
{
	struct luarcu_node *node;

	while (READ_ONCE(table->pooled) < READ_ONCE(table->target)) {
		node = luarcu_newnode(table, LUARCU_MAXKEY);
		if (!node)
			return;
		if (!luarcu_topool(table, node)) {
			luarcu_freenode(table, node);
			return;
		}
	}
}

static void luarcu_defer(struct luarcu_table *table, struct llist_node *dead)
{
	struct luarcu_node *node, *next;

	llist_for_each_entry_safe(node, next, dead, free) {
		if (node->room < LUARCU_MAXKEY || !luarcu_topool(table, node))
			luarcu_freenode(table, node);
	}
}

static void luarcu_work(struct work_struct *work)
{
	struct luarcu_table *table =
		container_of(work, struct luarcu_table, work);
	struct llist_node *dead = llist_del_all(&table->dead);

	if (dead) {
		synchronize_rcu();
		luarcu_defer(table, dead);
	}
	luarcu_refill(table);
}

static void luarcu_irq(struct irq_work *irq)
{
	struct luarcu_table *table =
		container_of(irq, struct luarcu_table, irq);

	lunatik_work_begin();
	queue_work(luarcu_workqueue, &table->work);
	lunatik_work_end();
}

/* Context: any, without the table's lock */
static void luarcu_kick(struct luarcu_table *table)
{
	if (!llist_empty(&table->dead) ||
	    READ_ONCE(table->pooled) < READ_ONCE(table->target) / 2)
		irq_work_queue(&table->irq);
}

/* ---- chains --------------------------------------------------------------- */

static struct hlist_head *luarcu_bucket(struct luarcu_table *table,
					const char *key, size_t length)
{
	return &table->buckets[siphash(key, length, &luarcu_seed) & table->mask];
}

/* Under rcu_read_lock() or the table's lock; counts the nodes it looks at. */
static struct luarcu_node *luarcu_find(struct luarcu_table *table,
				       const char *key, size_t length,
				       unsigned int *steps)
{
	struct luarcu_node *node;

	*steps = 0;
	hlist_for_each_entry_rcu(node, luarcu_bucket(table, key, length), chain,
				 true) {
		++*steps;
		if (node->length == length && !memcmp(node->key, key, length))
			return node;
	}
	return NULL;
}

static lunatik_object_t *luarcu_get(struct luarcu_table *table, const char *key,
				    size_t length, unsigned int *steps)
{
	lunatik_object_t *object = NULL;
	struct luarcu_node *node;

	rcu_read_lock();
	node = luarcu_find(table, key, length, steps);
	/* A count of zero means that the value has just been replaced. */
	while (node) {
		object = rcu_dereference(node->object);
		if (!object || lunatik_getobject_unless_zero(object))
			break;
		cpu_relax();
	}
	rcu_read_unlock();
	return object;
}

static lunatik_object_t *luarcu_value(struct luarcu_node *node)
{
	return rcu_dereference_protected(node->object, true);
}

/**
 * struct luarcu_change - one write to a table
 * @key: and @length: which entry
 * @object: its new value, or NULL to delete it
 * @keep: an existing entry stays as it is
 * @pooled: take the node from the pool
 * @node: made outside the lock, because the first try asked for it
 * @old: the reference to put after unlocking
 * @found: there was an entry
 */
struct luarcu_change {
	const char *key;
	size_t length;
	lunatik_object_t *object;
	bool keep;
	bool pooled;
	struct luarcu_node *node;
	lunatik_object_t *old;
	bool found;
	unsigned int steps;
};

/* Readers may still see the node, but no object in it. */
static void luarcu_unlink(struct luarcu_table *table, struct luarcu_node *node)
{
	RCU_INIT_POINTER(node->object, NULL);
	hlist_del_rcu(&node->chain);
	llist_add(&node->free, &table->dead);
	table->count--;
}

static void luarcu_replace(struct luarcu_table *table, struct luarcu_node *node,
			   struct luarcu_change *change)
{
	change->found = true;
	if (change->keep)
		return;
	change->old = luarcu_value(node);
	if (!change->object) {
		luarcu_unlink(table, node);
		return;
	}
	lunatik_getobject(change->object);
	rcu_assign_pointer(node->object, change->object);
}

static void luarcu_link(struct luarcu_table *table, struct luarcu_node *node,
			struct luarcu_change *change)
{
	lunatik_getobject(change->object);
	RCU_INIT_POINTER(node->object, change->object);
	node->length = change->length;
	memcpy(node->key, change->key, change->length);
	hlist_add_head_rcu(&node->chain,
			   luarcu_bucket(table, change->key, change->length));
	change->node = NULL;
	table->count++;
}

/*
 * Under the table's lock.
 * Return: 0, -ENOMEM, -EAGAIN if a node must be made first, -ENOSPC if the
 * table or the chain is full
 */
static int luarcu_apply(struct luarcu_table *table, struct luarcu_change *change)
{
	struct luarcu_node *node;

	node = luarcu_find(table, change->key, change->length, &change->steps);
	if (node) {
		luarcu_replace(table, node, change);
		return 0;
	}
	if (!change->object)
		return 0;
	if (change->steps >= LUARCU_MAXCHAIN || table->count >= table->limit)
		return -ENOSPC;
	node = change->pooled ? luarcu_frompool(table) : change->node;
	if (!node)
		return change->pooled ? -ENOMEM : -EAGAIN;
	luarcu_link(table, node, change);
	return 0;
}

/*
 * Make a node for the second try. If dead nodes fill the account, wait for them.
 * Context: process, may sleep
 */
static int luarcu_prepare(struct luarcu_table *table,
			  struct luarcu_change *change)
{
	change->node = luarcu_newnode(table, change->length);
	if (!change->node && !llist_empty(&table->dead)) {
		queue_work(luarcu_workqueue, &table->work);
		flush_work(&table->work);
		change->node = luarcu_newnode(table, change->length);
	}
	return change->node ? 0 : -ENOMEM;
}

/* Raises only if the table is busy, and then nothing is held. */
static int luarcu_change(lua_State *L, struct luarcu_table *table,
			 struct luarcu_change *change)
{
	int ret;

	do {
		if (L)
			lunatik_lockobject(L, table->self);
		else
			lunatik_lock(table->self);
		ret = luarcu_apply(table, change);
		lunatik_unlock(table->self);
		if (ret != -EAGAIN)
			break;
		/* Raises without a node; entries that may sleep never find the table busy. */
		if (L)
			lunatik_checksleep(L, "rcu");
		ret = luarcu_prepare(table, change);
	} while (!ret);
	if (change->old)
		lunatik_putobject(change->old);
	/* The second try did not need it. */
	if (change->node)
		luarcu_freenode(table, change->node);
	luarcu_kick(table);
	return ret;
}

/* ---- tables ------------------------------------------------------------------ */

static void luarcu_init(lunatik_object_t *object, size_t size,
			unsigned int limit)
{
	struct luarcu_table *table = object->private;

	table->self = object;
	table->mask = size - 1;
	table->limit = limit;
	table->target = LUARCU_POOL;
	INIT_LIST_HEAD(&table->node);
	init_llist_head(&table->dead);
	INIT_WORK(&table->work, luarcu_work);
	init_irq_work(&table->irq, luarcu_irq);
	/* Buckets are zeroed, which is what an empty hlist_head is. */
}

/* Objects are made only where sleeping is allowed: no probe waits for the lock. */
static void luarcu_list(struct luarcu_table *table)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&luarcu_tables_lock, flags);
	list_add(&table->node, &luarcu_tables);
	raw_spin_unlock_irqrestore(&luarcu_tables_lock, flags);
	luarcu_refill(table);
}

/* Values are put without the lock, one by one. */
static void luarcu_emptybucket(struct luarcu_table *table,
			       struct hlist_head *bucket)
{
	lunatik_object_t *object;
	struct luarcu_node *node;

	for (;;) {
		lunatik_lock(table->self);
		if (hlist_empty(bucket)) {
			lunatik_unlock(table->self);
			return;
		}
		node = hlist_entry(bucket->first, struct luarcu_node, chain);
		object = luarcu_value(node);
		luarcu_unlink(table, node);
		lunatik_unlock(table->self);
		lunatik_putobject(object);
	}
}

/* Context: process, may sleep */
static void luarcu_empty(struct luarcu_table *table)
{
	unsigned int i;

	for (i = 0; i <= table->mask; i++) {
		luarcu_emptybucket(table, &table->buckets[i]);
		cond_resched();
	}
	luarcu_kick(table);
}

static void luarcu_release(void *private)
{
	struct luarcu_table *table = private;
	unsigned long flags;

	raw_spin_lock_irqsave(&luarcu_tables_lock, flags);
	list_del_init(&table->node);
	raw_spin_unlock_irqrestore(&luarcu_tables_lock, flags);
	table->target = 0;
	luarcu_empty(table);
	irq_work_sync(&table->irq);
	cancel_work_sync(&table->work);
	/* A grace period has passed since the last reference: no reader is left. */
	luarcu_defer(table, llist_del_all(&table->dead));
	luarcu_defer(table, table->pool);
}

/* ---- C interface ---------------------------------------------------------- */

/**
 * luarcu_newtable() - create a table
 * @size: buckets, rounded up to a power of two
 * @sleep: kept for compatibility: every runtime may use every table
 *
 * Context: process, may sleep
 * Return: the table with one reference, or NULL
 */
lunatik_object_t *luarcu_newtable(size_t size, bool sleep)
{
	struct luarcu_table *table;
	lunatik_object_t *object;

	if (size < 1 || size > LUARCU_MAXSIZE)
		return NULL;
	size = roundup_pow_of_two(size);
	object = lunatik_createobject(&luarcu_class,
				      struct_size(table, buckets, size), false);
	if (!object)
		return NULL;
	luarcu_init(object, size, LUARCU_MAXSYSTEM);
	luarcu_list(object->private);
	return object;
}
EXPORT_SYMBOL_GPL(luarcu_newtable);

/**
 * luarcu_gettable() - look a key up
 * @table: a table
 * @key: bytes, which may contain NUL
 * @keylen: how many
 *
 * Context: any
 * Return: the object, with a reference for the caller, or NULL
 */
lunatik_object_t *luarcu_gettable(lunatik_object_t *table, const char *key,
				  size_t keylen)
{
	unsigned int steps;

	if (keylen > LUARCU_MAXKEY)
		return NULL;
	return luarcu_get(table->private, key, keylen, &steps);
}
EXPORT_SYMBOL_GPL(luarcu_gettable);

/**
 * luarcu_settable() - insert, replace or delete an entry
 * @table: a table
 * @key: bytes, at most LUARCU_MAXKEY
 * @keylen: how many
 * @object: the value (the table takes its own reference), or NULL to delete
 *
 * Context: process, may sleep
 * Return: 0 or -ENOMEM
 */
int luarcu_settable(lunatik_object_t *table, const char *key, size_t keylen,
		    lunatik_object_t *object)
{
	struct luarcu_change change = {
		.key = key,
		.length = keylen,
		.object = object,
	};

	if (keylen > LUARCU_MAXKEY)
		return -ENOMEM;
	return luarcu_change(NULL, table->private, &change) ? -ENOMEM : 0;
}
EXPORT_SYMBOL_GPL(luarcu_settable);

/* Return: a table of the list with a reference, moved to @seen; or NULL */
static struct luarcu_table *luarcu_next(struct list_head *seen)
{
	struct luarcu_table *table, *found = NULL;

	raw_spin_lock_irq(&luarcu_tables_lock);
	list_for_each_entry(table, &luarcu_tables, node) {
		if (lunatik_getobject_unless_zero(table->self)) {
			list_move_tail(&table->node, seen);
			found = table;
			break;
		}
	}
	raw_spin_unlock_irq(&luarcu_tables_lock);
	return found;
}

/**
 * luarcu_emptyall() - empty every table, which breaks cycles of tables
 *
 * Called once nothing is meant to run any more, because two tables that hold
 * each other would pin their module for ever.
 *
 * Context: process, may sleep
 */
void luarcu_emptyall(void)
{
	struct luarcu_table *table;
	LIST_HEAD(seen);

	while ((table = luarcu_next(&seen))) {
		luarcu_empty(table);
		lunatik_putobject(table->self);
	}
	raw_spin_lock_irq(&luarcu_tables_lock);
	list_splice(&seen, &luarcu_tables);
	raw_spin_unlock_irq(&luarcu_tables_lock);
}
EXPORT_SYMBOL_GPL(luarcu_emptyall);

/* ---- Lua ------------------------------------------------------------------------- */

static struct luarcu_table *luarcu_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luarcu_class)->private;
}

static const char *luarcu_checkkey(lua_State *L, size_t *length)
{
	const char *key = luaL_checklstring(L, 2, length);

	luaL_argcheck(L, *length <= LUARCU_MAXKEY, 2,
		      lua_pushfstring(L, "key is too long: %d bytes at most",
				      LUARCU_MAXKEY));
	return key;
}

/* Chains are walked in one go; the budget pays for them afterwards. */
static lunatik_object_t *luarcu_lookup(lua_State *L, struct luarcu_table *table,
				       const char *key, size_t length)
{
	lunatik_object_t *object;
	unsigned int steps;

	object = luarcu_get(table, key, length, &steps);
	if (object)
		lunatik_cloneobject(L, object);
	lunatik_spend(L, steps);
	return object;
}

/* t[key] - the object of a key, or nil */
static int luarcu_index(lua_State *L)
{
	struct luarcu_table *table = luarcu_check(L);
	size_t length;
	const char *key = luarcu_checkkey(L, &length);

	if (!luarcu_lookup(L, table, key, length))
		lua_pushnil(L);
	return 1;
}

/* After the key: making its string may run a finalizer that closes this handle. */
static lunatik_object_t *luarcu_checkvalue(lua_State *L)
{
	lunatik_object_t *object = lunatik_checkobject(L, 3);

	luaL_argcheck(L, !object->local, 3,
		      "cannot share: it is lent for one callback only");
	return object;
}

static void luarcu_set(lua_State *L, struct luarcu_change *change)
{
	struct luarcu_table *table = luarcu_check(L);
	int ret;

	change->pooled = !lunatik_maysleep(L);
	ret = luarcu_change(L, table, change);
	if (ret == -ENOSPC)
		luaL_error(L, "table is full");
	if (ret)
		luaL_error(L, "not enough memory");
	lunatik_spend(L, change->steps);
}

/*
 * t[key] = object or nil - put an object in place of another one, or remove it
 */
static int luarcu_newindex(lua_State *L)
{
	struct luarcu_change change = {};

	change.key = luarcu_checkkey(L, &change.length);
	if (!lua_isnil(L, 3))
		change.object = luarcu_checkvalue(L);
	luarcu_set(L, &change);
	return 0;
}

/* rcu.insert(t, key, object) - true if there was no such key */
static int luarcu_insert(lua_State *L)
{
	struct luarcu_change change = { .keep = true };

	change.key = luarcu_checkkey(L, &change.length);
	change.object = luarcu_checkvalue(L);
	luarcu_set(L, &change);
	lua_pushboolean(L, !change.found);
	return 1;
}

/*
 * Copy the keys of a bucket, each after its length.
 * Return: the bytes that they all need
 */
static size_t luarcu_snapshot(struct hlist_head *bucket, u8 *buffer, size_t size)
{
	struct luarcu_node *node;
	size_t used = 0;

	rcu_read_lock();
	hlist_for_each_entry_rcu(node, bucket, chain) {
		if (used + 1 + node->length <= size) {
			buffer[used] = node->length;
			memcpy(buffer + used + 1, node->key, node->length);
		}
		used += 1 + node->length;
	}
	rcu_read_unlock();
	return used;
}

/* Push a userdata with all keys of a bucket, or nothing if it is empty. */
static size_t luarcu_pushkeys(lua_State *L, struct hlist_head *bucket,
			      const u8 **keys)
{
	size_t size = 0, used;
	u8 *buffer = NULL;

	while ((used = luarcu_snapshot(bucket, buffer, size)) > size) {
		if (buffer)
			lua_pop(L, 1);
		size = used + LUARCU_MAXKEY + 1;
		buffer = lua_newuserdatauv(L, size, 0);
	}
	if (buffer && !used)
		lua_pop(L, 1);
	*keys = buffer;
	return used;
}

/* Call the function at index 2 for those keys that are still there. */
static void luarcu_mapkeys(lua_State *L, struct luarcu_table *table,
			   const u8 *keys, size_t used)
{
	size_t at, length;

	for (at = 0; at < used; at += 1 + length) {
		const char *key = (const char *)keys + at + 1;

		length = keys[at];
		lua_pushvalue(L, 2);
		lua_pushlstring(L, key, length);
		if (luarcu_lookup(L, table, key, length))
			lua_call(L, 2, 0);
		else
			lua_pop(L, 2);
	}
}

/*
 * rcu.map(t, callback) - the keys of one bucket after the other are copied, so
 * that the callback may change the table, and sleep. The table stays at index 1.
 */
static int luarcu_map(lua_State *L)
{
	struct luarcu_table *table = luarcu_check(L);
	unsigned int i;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	for (i = 0; i <= table->mask; i++) {
		const u8 *keys;
		size_t used = luarcu_pushkeys(L, &table->buckets[i], &keys);

		if (used) {
			luarcu_mapkeys(L, table, keys, used);
			lua_settop(L, 2);
		}
		lunatik_spend(L, 1 + used / 16);
	}
	return 0;
}

static const luaL_Reg luarcu_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__index", luarcu_index},
	{"__newindex", luarcu_newindex},
	{NULL, NULL}
};

static const lunatik_class_t luarcu_class = {
	.name = "rcu",
	.methods = luarcu_methods,
	.release = luarcu_release,
	.owner = THIS_MODULE,
};

/* rcu.table([size]) - make a hash table */
static int luarcu_ltable(lua_State *L)
{
	lua_Integer size = luaL_optinteger(L, 1, LUARCU_TABLE_SIZE);
	lunatik_object_t *object;
	struct luarcu_table *table;

	luaL_argcheck(L, size >= 1 && size <= LUARCU_MAXSIZE, 1,
		      lua_pushfstring(L, "size out of range: %I is not in 1..%I",
				      size, (lua_Integer)LUARCU_MAXSIZE));
	size = roundup_pow_of_two((unsigned long)size);
	object = lunatik_newobject(L, &luarcu_class,
				   struct_size(table, buckets, size));
	luarcu_init(object, size, UINT_MAX);
	luarcu_list(object->private);
	return 1;
}

static const luaL_Reg luarcu_lib[] = {
	{"table", luarcu_ltable},
	{"map", luarcu_map},
	{"insert", luarcu_insert},
	{NULL, NULL}
};

LUNATIK_NEWLIB(rcu, luarcu_lib, &luarcu_class, NULL);

static int __init luarcu_module_init(void)
{
	get_random_bytes(&luarcu_seed, sizeof(luarcu_seed));
	luarcu_workqueue = alloc_workqueue("lunatik_rcu", WQ_UNBOUND, 0);
	return luarcu_workqueue ? 0 : -ENOMEM;
}

static void __exit luarcu_module_exit(void)
{
	destroy_workqueue(luarcu_workqueue);
}

module_init(luarcu_module_init);
module_exit(luarcu_module_exit);

MODULE_DESCRIPTION("Lunatik: tables of objects that runtimes share");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
