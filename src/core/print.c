// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * print.c - what goes to the kernel log, at once or later.
 *
 * Records of the log have one form, "lunatik: SCRIPT: KIND: message". The core cleans all text of scripts and peers on
 * its way there, so that it neither begins a record of its own nor reaches a terminal as a command.
 *
 * An entry of a probe may have interrupted printk itself. Its text goes into a
 * slot of a fixed pool, and reaches the log by irq_work and a work item; when
 * the pool is empty, the text is dropped, and the log says how often.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "print.h"
#include "context.h"
#include "runtime.h"
#include "sink.h"
#include "stack.h"
#include "work.h"

#define PRINT_RECORD	960		/* bytes that one log record takes */
#define PRINT_LINES	64		/* records that one print() makes */
#define PRINT_SLOTS	64
#define PRINT_SLOT	240

/* ---- probes -------------------------------------------------------------------- */

/**
 * struct print_record - a record on its way into the log
 * @script: name of the runtime
 * @kind: of what it comes from
 * @address: of text, printed behind it as a symbol, which takes more time and
 *	stack than a probe has; 0 for none
 * @level: 3 for an error, 6 for what a script prints
 */
struct print_record {
	const char *script;
	const char *kind;
	unsigned long address;
	int level;
};

/**
 * struct print_slot - a line of a probe
 */
struct print_slot {
	struct llist_node node;
	struct print_record record;
	char script[LUNATIK_NAMELEN];
	char kind[32];
	char text[PRINT_SLOT];
};

static struct print_slot print_pool[PRINT_SLOTS];
static DECLARE_BITMAP(print_used, PRINT_SLOTS);
static LLIST_HEAD(print_pending);
static struct irq_work print_irq;
static atomic_t print_lost;

static void print_write(const struct print_record *record, const char *text)
{
	void *address = (void *)record->address;

	if (record->level >= LOGLEVEL_INFO && address)
		pr_info("%s: %s: %s%pS\n", record->script, record->kind, text,
			address);
	else if (record->level >= LOGLEVEL_INFO)
		pr_info("%s: %s: %s\n", record->script, record->kind, text);
	else
		pr_err("%s: %s: %s\n", record->script, record->kind, text);
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
		print_write(&slot->record, slot->text);
		clear_bit_unlock(slot - print_pool, print_used);
	}
	if (lost)
		pr_warn("%d lines of probes were dropped\n", lost);
}

static DECLARE_WORK(print_work, print_drain);

static void print_kick(struct irq_work *work)
{
	lunatik_work_begin();
	queue_work(lunatik_workqueue, &print_work);
	lunatik_work_end();
}

static void print_later(const struct print_record *record, const char *text)
{
	struct print_slot *slot;
	unsigned int i;

	for (i = 0; i < PRINT_SLOTS; i++) {
		if (!test_and_set_bit_lock(i, print_used))
			break;
	}
	if (i == PRINT_SLOTS) {
		atomic_inc(&print_lost);
		return;
	}
	slot = &print_pool[i];
	slot->record = *record;
	slot->record.script = slot->script;
	slot->record.kind = slot->kind;
	strscpy(slot->script, record->script, sizeof(slot->script));
	strscpy(slot->kind, record->kind, sizeof(slot->kind));
	strscpy(slot->text, text, PRINT_SLOT);
	if (llist_add(&slot->node, &print_pending))
		irq_work_queue(&print_irq);
}

void lunatik_log_init(void)
{
	init_irq_work(&print_irq, print_kick);
}

void lunatik_log_exit(void)
{
	irq_work_sync(&print_irq);
	flush_work(&print_work);
}

/* ---- the kernel log ------------------------------------------------------------------- */

/* Return: bytes of the UTF-8 character at @from; 0 for a control character and for other bytes */
static size_t print_character(const unsigned char *from, size_t left)
{
	static const u32 least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	size_t length = from[0] >= 0xf0 ? 4 : from[0] >= 0xe0 ? 3 : 2;
	u32 c = from[0] & (0x7f >> length);
	size_t i;

	if (from[0] < 0xc2 || from[0] > 0xf4 || length > left)
		return 0;
	for (i = 1; i < length; i++) {
		if ((from[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (from[i] & 0x3f);
	}
	return c >= least[length] && c <= 0x10ffff ? length : 0;
}

/**
 * lunatik_text_clean() - copy a text so that it is harmless in the kernel log
 * @to: room for @length + 1 bytes; may be @from
 * @from: text of a script or a peer
 * @length: of it
 *
 * Line ends become blanks; other control characters, and bytes that are not UTF-8,
 * become '?'. Tabs stay.
 *
 * Context: any
 */
void lunatik_text_clean(char *to, const char *from, size_t length)
{
	const unsigned char *s = (const unsigned char *)from;
	size_t i, n;

	for (i = 0; i < length; i += n) {
		unsigned char c = s[i];

		n = c < 0x80 ? 0 : print_character(s + i, length - i);
		if (n) {
			memmove(to + i, from + i, n);
			continue;
		}
		to[i] = c == '\n' ? ' ' :
			(c < ' ' && c != '\t') || c >= 127 ? '?' : c;
		n = 1;
	}
	to[length] = '\0';
}
EXPORT_SYMBOL(lunatik_text_clean);

/* A console writes on the stack of the task that prints. */
static bool print_mustwait(const struct lunatik_entry *entry)
{
	return (entry && (entry->flags & LUNATIK_PROBE)) ||
	       lunatik_stack_room() < LUNATIK_STACK_PRINT;
}

static void print_emit(const struct print_record *record, const char *text,
		       bool later)
{
	if (later)
		print_later(record, text);
	else
		print_write(record, text);
}

/* Others decide how often callbacks come; a runtime that a callback resumes is part of it. */
static bool print_islimited(struct lunatik_runtime *rt)
{
	for (; rt; rt = rt->caller) {
		struct lunatik_entry *entry = rt->current_entry;

		if (entry && (entry->hook || !(entry->flags & LUNATIK_MAYSLEEP)))
			return true;
	}
	return false;
}

/*
 * Whether a record is written. The first one that is not is announced, the number of them
 * with the next that is: the kernel's own message would come from inside of a probe.
 */
static bool print_allow(struct lunatik_runtime *rt, struct lunatik_loglimit *limit,
			const char *kind, bool later)
{
	struct print_record record = {
		.script = rt->name, .kind = kind, .level = LOGLEVEL_WARNING,
	};
	char text[64];
	int dropped;

	if (!__ratelimit(&limit->state)) {
		if (atomic_inc_return(&limit->dropped) > 1)
			return false;
		snprintf(text, sizeof(text), "more than %d lines in %d s: others are dropped",
			 limit->state.burst, limit->state.interval / HZ);
		print_emit(&record, text, later);
		return false;
	}
	dropped = atomic_xchg(&limit->dropped, 0);
	if (dropped) {
		snprintf(text, sizeof(text), "%d lines were dropped", dropped);
		print_emit(&record, text, later);
	}
	return true;
}

/**
 * lunatik_log_initlimit() - at most @burst records in five seconds
 */
void lunatik_log_initlimit(struct lunatik_loglimit *limit, int burst)
{
	ratelimit_state_init(&limit->state, 5 * HZ, burst);
	/* Without the flag, the kernel prints a message of its own. */
	ratelimit_set_flags(&limit->state, RATELIMIT_MSG_ON_RELEASE);
	atomic_set(&limit->dropped, 0);
}

static void print_line(struct lunatik_runtime *rt, const char *kind,
		       const char *text, unsigned long address)
{
	struct print_record record = {
		.script = rt->name, .kind = kind, .address = address,
		.level = LOGLEVEL_INFO,
	};
	bool later = print_mustwait(rt->current_entry);

	if (!print_islimited(rt) ||
	    print_allow(rt, &rt->log.prints, kind, later))
		print_emit(&record, text, later);
}

void lunatik_log(lua_State *L, const char *kind, char *text, unsigned long address)
{
	lunatik_text_clean(text, text, strlen(text));
	print_line(lunatik_of(L), kind, text, address);
}
EXPORT_SYMBOL(lunatik_log);

/* An error handler runs where the stack is used up: reclaim has no room there. */
static gfp_t print_gfp(struct lunatik_runtime *rt)
{
	return lunatik_stack_left(rt, LUNATIK_STACK_RECLAIM) ?
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

/* Each line is a record, with the script's name. */
static void print_lines(lua_State *L, const char *text, size_t length)
{
	size_t prefix = strlen("lunatik: : print: ") + strlen(lunatik_name(L));
	size_t most = min_t(size_t, length, PRINT_RECORD - prefix);
	char *buffer = lua_newuserdatauv(L, most + 1, 0);
	int lines = 0;

	do {
		const char *end = memchr(text, '\n', length);
		size_t line = end ? end - text : length;

		lunatik_text_clean(buffer, text, min(line, most));
		print_line(lunatik_of(L), "print", buffer, 0);
		line += !!end;
		text += line;
		length -= line;
	} while (length && ++lines < PRINT_LINES);
}

/**
 * lunatik_print() - ``print(...)``: to the kernel log, a record for each line
 *
 * Arguments are separated by tabs. Where a session started the work, it gets
 * the text as well, as it is.
 */
int lunatik_print(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	const char *text;
	size_t length;

	print_join(L);
	text = lua_tolstring(L, -1, &length);
	if (rt->sink && lunatik_maysleep(L))
		lunatik_sink_write(rt->sink, LUNATIK_OUT, text, length,
				   print_gfp(rt));
	print_lines(L, text, length);
	return 0;
}

static void report_emit(struct lunatik_runtime *rt, struct lunatik_entry *entry,
			const char *message, bool limited)
{
	struct print_record record = {
		.script = rt->name, .level = LOGLEVEL_ERR,
		.kind = entry && entry->hook ? entry->hook->type->name : "runtime",
	};
	bool later = print_mustwait(entry);
	char clean[200];

	if (limited && !print_allow(rt, &rt->log.errors, record.kind, later))
		return;
	lunatik_text_clean(clean, message, strnlen(message, sizeof(clean) - 1));
	print_emit(&record, clean, later);
}

/**
 * lunatik_log_error() - an error that nobody in userspace waits for
 * @rt: the runtime
 * @entry: the entry that failed, or NULL
 * @message: the value that the script raised
 */
void lunatik_log_error(struct lunatik_runtime *rt, struct lunatik_entry *entry,
		       const char *message)
{
	report_emit(rt, entry, message, true);
}

/**
 * lunatik_log_announce() - log a message that comes only once: never suppressed
 * @rt: the runtime
 * @entry: the entry that it is about, or NULL
 * @message: the message
 */
void lunatik_log_announce(struct lunatik_runtime *rt, struct lunatik_entry *entry,
			  const char *message)
{
	report_emit(rt, entry, message, false);
}

/**
 * lunatik_log_creation() - a runtime that nobody in userspace waits for was not made
 * @script: its script
 * @message: why; control characters in it are replaced
 *
 * Context: process
 */
void lunatik_log_creation(const char *script, char *message)
{
	lunatik_text_clean(message, message, strlen(message));
	pr_err_ratelimited("%s: runtime: %s\n", script, message);
}

void lunatik_warn(struct lunatik_runtime *runtime, const char *kind,
		  const char *format, ...)
{
	struct print_record record = {
		.script = runtime->name, .kind = kind, .level = LOGLEVEL_WARNING,
	};
	bool later = print_mustwait(NULL);
	char clean[200];
	va_list args;

	if (!print_allow(runtime, &runtime->log.errors, kind, later))
		return;
	va_start(args, format);
	vscnprintf(clean, sizeof(clean), format, args);
	va_end(args);
	lunatik_text_clean(clean, clean, strlen(clean));
	print_emit(&record, clean, later);
}
EXPORT_SYMBOL(lunatik_warn);

/**
 * lunatik_log_warning() - the lua_WarnFunction: errors of finalizers, and warn()
 */
void lunatik_log_warning(void *ud, const char *message, int tocont)
{
	struct lunatik_runtime *rt = ud;
	size_t used = strlen(rt->log.warning);

	strscpy(rt->log.warning + used, message,
		sizeof(rt->log.warning) - used);
	if (tocont)
		return;
	if (rt->log.warning[0] != '@')	/* control messages change nothing */
		lunatik_log_error(rt, rt->current_entry, rt->log.warning);
	rt->log.warning[0] = '\0';
}

/* Whether a function of a script is among the callers. */
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

/**
 * lunatik_error_traceback() - message handler: the session gets the traceback
 */
int lunatik_error_traceback(lua_State *L)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	const char *text;
	size_t length;

	if (lua_type(L, 1) != LUA_TSTRING) {
		luaL_tolstring(L, 1, NULL);
		lua_replace(L, 1);
	}
	if (!rt->sink || !lunatik_maysleep(L) || !traceback_worth(L))
		return 1;
	luaL_traceback(L, L, NULL, 1);
	text = lua_tolstring(L, -1, &length);
	lunatik_sink_write(rt->sink, LUNATIK_TRACE, text, length, print_gfp(rt));
	lua_settop(L, 1);
	return 1;
}
