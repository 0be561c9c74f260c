// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * print.c - where text goes: kernel log, session, and the ring of probes.
 *
 * An entry of a probe may have interrupted printk itself. Its text goes into a
 * slot of a fixed pool, and reaches the log by irq_work and a work item; when
 * the pool is empty, or the runtime has written too much, the text is dropped,
 * and how often that happened is told with the next text.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

#include "core.h"

#define PRINT_RECORD	960		/* bytes that one log record takes */
#define PRINT_SLOTS	64
#define PRINT_SLOT	240
#define PRINT_SINK	SZ_1M		/* text that a session may hold */

/* ---- probes -------------------------------------------------------------------- */

/**
 * struct print_slot - a line of a probe
 * @address: of text, printed behind it as a symbol, which takes more time and
 *	stack than a probe has; 0 for none
 */
struct print_slot {
	struct llist_node node;
	unsigned long address;
	char text[PRINT_SLOT];
};

static struct print_slot print_pool[PRINT_SLOTS];
static DECLARE_BITMAP(print_used, PRINT_SLOTS);
static LLIST_HEAD(print_pending);
static struct irq_work print_irq;
static atomic_t print_lost;

static void print_symbolic(const char *text, unsigned long address)
{
	if (address)
		printk(KERN_INFO "%s%pS\n", text, (void *)address);
	else
		printk(KERN_INFO "%s\n", text);
}

static void print_drain(struct work_struct *work)
{
	int lost = atomic_xchg(&print_lost, 0);
	struct llist_node *node;

	node = llist_reverse_order(llist_del_all(&print_pending));
	while (node) {
		struct print_slot *slot =
			llist_entry(node, struct print_slot, node);

		node = node->next;
		print_symbolic(slot->text, slot->address);
		clear_bit_unlock(slot - print_pool, print_used);
	}
	if (lost)
		pr_warn("lunatik: %d lines of probes were dropped\n", lost);
}

static DECLARE_WORK(print_work, print_drain);

static void print_kick(struct irq_work *work)
{
	lunatik_beginwork();
	queue_work(lunatik_workqueue, &print_work);
	lunatik_endwork();
}

static unsigned int print_takeslot(void)
{
	unsigned int i;

	for (i = 0; i < PRINT_SLOTS; i++) {
		if (!test_and_set_bit_lock(i, print_used))
			break;
	}
	return i;
}

static void print_later(struct ratelimit_state *limit, const char *text,
			unsigned long address)
{
	unsigned int i = PRINT_SLOTS;

	if (!limit || __ratelimit(limit))
		i = print_takeslot();
	if (i == PRINT_SLOTS) {
		atomic_inc(&print_lost);
		return;
	}
	strscpy(print_pool[i].text, text, PRINT_SLOT);
	print_pool[i].address = address;
	if (llist_add(&print_pool[i].node, &print_pending))
		irq_work_queue(&print_irq);
}

void lunatik_print_init(void)
{
	init_irq_work(&print_irq, print_kick);
}

void lunatik_print_exit(void)
{
	irq_work_sync(&print_irq);
	flush_work(&print_work);
}

/* ---- sessions --------------------------------------------------------------------- */

struct lunatik_sink *lunatik_sink_create(void)
{
	struct lunatik_sink *sink = kzalloc(sizeof(*sink), LUNATIK_GFP);

	if (!sink)
		return NULL;
	kref_init(&sink->refs);
	mutex_init(&sink->lock);
	return sink;
}

static void sink_free(struct kref *refs)
{
	struct lunatik_sink *sink =
		container_of(refs, struct lunatik_sink, refs);
	int i;

	for (i = 0; i < LUNATIK_STREAMS; i++)
		kvfree(sink->stream[i].text);
	kfree(sink);
}

void lunatik_sink_put(struct lunatik_sink *sink)
{
	kref_put(&sink->refs, sink_free);
}

static bool sink_grow(struct lunatik_sink *sink, int i, size_t needed, gfp_t gfp)
{
	size_t size = max_t(size_t, roundup_pow_of_two(needed), 256);
	char *text;

	if (needed <= sink->stream[i].size)
		return true;
	if (needed > PRINT_SINK)
		return false;
	text = kvmalloc(size, gfp);
	if (!text)
		return false;
	if (sink->stream[i].length)
		memcpy(text, sink->stream[i].text, sink->stream[i].length);
	kvfree(sink->stream[i].text);
	sink->stream[i].text = text;
	sink->stream[i].size = size;
	return true;
}

/**
 * lunatik_sink_write() - append a line for the session; what is too much is cut
 * @gfp: without direct reclaim where little stack is left
 *
 * Context: process, may sleep
 */
void lunatik_sink_write(struct lunatik_sink *sink, enum lunatik_stream stream,
			const char *text, size_t length, gfp_t gfp)
{
	size_t *end = &sink->stream[stream].length;

	mutex_lock(&sink->lock);
	if (length < PRINT_SINK &&
	    sink_grow(sink, stream, *end + length + 1, gfp)) {
		memcpy(sink->stream[stream].text + *end, text, length);
		*end += length;
		sink->stream[stream].text[(*end)++] = '\n';
	}
	mutex_unlock(&sink->lock);
}

/* Hands one stream over to a string; the sink keeps its buffer meanwhile. */
static void sink_push(lua_State *L, struct lunatik_sink *sink, int i)
{
	size_t length = sink->stream[i].length;
	char *copy = lua_newuserdatauv(L, length + 1, 0);

	mutex_lock(&sink->lock);
	length = min(length, sink->stream[i].length);
	if (length)
		memcpy(copy, sink->stream[i].text, length);
	sink->stream[i].length = 0;
	mutex_unlock(&sink->lock);
	lua_pushlstring(L, copy, length);
	lua_remove(L, -2);
}

/**
 * lunatik_output() - ``lunatik.output()``: text and tracebacks of the session
 *
 * Context: process, may sleep
 *
 * Return: two strings, which the session then no longer holds; nothing outside
 * of a session
 */
int lunatik_output(lua_State *L)
{
	struct lunatik_sink *sink = lunatik_of(L)->sink;
	int i;

	if (!sink)
		return 0;
	lunatik_checksleep(L, "lunatik.output");
	for (i = 0; i < LUNATIK_STREAMS; i++)
		sink_push(L, sink, i);
	return LUNATIK_STREAMS;
}

/* ---- the kernel log ------------------------------------------------------------------- */

/* No byte of a script may look like a log level, end a record or hide text. */
static void print_sanitize(char *to, const char *from, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char c = from[i];

		to[i] = (c < ' ' && c != '\t' && c != '\n') || c == 127 ? '?' : c;
	}
	to[length] = '\0';
}

/* A console writes on the stack of whoever prints. */
static bool print_mustwait(struct lunatik_entry *entry)
{
	return (entry && (entry->flags & LUNATIK_PROBE)) ||
	       lunatik_stackroom() < LUNATIK_STACK_PRINT;
}

static void print_emit(struct lunatik_runtime *rt, const char *text,
		       unsigned long address)
{
	struct lunatik_entry *entry = rt->current_entry;

	if (print_mustwait(entry))
		print_later(&rt->probelimit, text, address);
	else if (!entry || (entry->flags & LUNATIK_MAYSLEEP) ||
		 __ratelimit(&rt->printlimit))
		print_symbolic(text, address);
}

/**
 * lunatik_log() - a binding writes a record to the kernel log, from any entry
 * @L: state of the running entry
 * @text: at most 239 bytes; control characters in it are replaced
 * @address: of kernel text, appended as ``symbol+offset``; 0 for none
 *
 * Rate-limited in entries that may not sleep; from a probe it arrives later.
 */
void lunatik_log(lua_State *L, char *text, unsigned long address)
{
	print_sanitize(text, text, strlen(text));
	print_emit(lunatik_of(L), text, address);
}
EXPORT_SYMBOL(lunatik_log);

/* An error handler runs where the stack is used up: reclaim has no room there. */
static gfp_t print_gfp(struct lunatik_runtime *rt)
{
	return lunatik_stackleft(rt, LUNATIK_STACK_RECLAIM) ?
		       LUNATIK_GFP : GFP_NOWAIT | __GFP_NOWARN;
}

static void print_join(lua_State *L)
{
	int n = lua_gettop(L);
	int i;

	luaL_checkstack(L, 2 * n + 2, "too many arguments");
	for (i = 1; i <= n; i++) {
		if (i > 1)
			lua_pushliteral(L, "\t");
		luaL_tolstring(L, i, NULL);
	}
	if (n == 0)
		lua_pushliteral(L, "");
	else
		lua_concat(L, 2 * n - 1);
}

/**
 * lunatik_print() - ``print(...)``: one record of the kernel log
 *
 * Arguments are separated by tabs. Where a session started the work, it gets
 * the text as well.
 */
int lunatik_print(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	const char *text;
	size_t length;
	char *clean;

	print_join(L);
	text = lua_tolstring(L, -1, &length);
	if (rt->sink && lunatik_maysleep(L))
		lunatik_sink_write(rt->sink, LUNATIK_OUT, text, length,
				   print_gfp(rt));
	length = min_t(size_t, length, PRINT_RECORD);
	clean = lua_newuserdatauv(L, length + 1, 0);
	print_sanitize(clean, text, length);
	print_emit(rt, clean, 0);
	return 0;
}

static void report_later(struct lunatik_runtime *rt, const char *what,
			 const char *message, bool limited)
{
	char text[PRINT_SLOT];

	snprintf(text, sizeof(text), "lunatik: %s: %s: %s", what, rt->name,
		 message);
	print_later(limited ? &rt->probeerrors : NULL, text, 0);
}

static void report_emit(struct lunatik_runtime *rt, struct lunatik_entry *entry,
			const char *message, bool limited)
{
	const char *what = entry && entry->hook ? entry->hook->type->name :
						 "runtime";
	char clean[200];

	print_sanitize(clean, message, strnlen(message, sizeof(clean) - 1));
	if (print_mustwait(entry))
		report_later(rt, what, clean, limited);
	else if (!limited || __ratelimit(&rt->ratelimit))
		pr_err("%s: %s: %s\n", what, rt->name, clean);
}

/**
 * lunatik_report() - an error that nobody in userspace waits for
 * @rt: the runtime
 * @entry: the entry that failed, or NULL
 * @message: what the script raised
 */
void lunatik_report(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		    const char *message)
{
	report_emit(rt, entry, message, true);
}

/**
 * lunatik_announce() - the same, for what is said once: never suppressed
 */
void lunatik_announce(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		      const char *message)
{
	report_emit(rt, entry, message, false);
}

/**
 * lunatik_warning() - the lua_WarnFunction: errors of finalizers, and warn()
 */
void lunatik_warning(void *ud, const char *message, int tocont)
{
	struct lunatik_runtime *rt = ud;
	size_t used = strlen(rt->warning);

	strscpy(rt->warning + used, message, sizeof(rt->warning) - used);
	if (tocont)
		return;
	if (rt->warning[0] != '@')	/* control messages change nothing */
		lunatik_report(rt, rt->current_entry, rt->warning);
	rt->warning[0] = '\0';
}

/* Whether there is anything of a script to show. */
static bool traceback_worth(lua_State *L)
{
	lua_Debug ar;
	int level;

	for (level = 1; lua_getstack(L, level, &ar); level++) {
		if (lua_getinfo(L, "l", &ar) && ar.currentline > 0)
			return true;
	}
	return false;
}

static void traceback_message(lua_State *L)
{
	if (lua_type(L, 1) == LUA_TSTRING)
		return;
	luaL_tolstring(L, 1, NULL);
	lua_replace(L, 1);
}

/**
 * lunatik_traceback() - message handler: the session gets the traceback
 */
int lunatik_traceback(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	const char *text;
	size_t length;

	traceback_message(L);
	if (!rt->sink || !lunatik_maysleep(L) || !traceback_worth(L))
		return 1;
	luaL_traceback(L, L, NULL, 1);
	text = lua_tolstring(L, -1, &length);
	lunatik_sink_write(rt->sink, LUNATIK_TRACE, text, length, print_gfp(rt));
	lua_settop(L, 1);
	return 1;
}
