// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * sink.c - text that a session of the command has not fetched yet.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "sink.h"
#include "context.h"
#include "runtime.h"

#define SINK_MOST	SZ_1M	/* bytes that a session may hold */

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
	if (needed > SINK_MOST)
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
 * lunatik_sink_write() - append a line for the session, if it has room
 * @gfp: without direct reclaim where little stack is left
 *
 * Context: process, may sleep
 */
void lunatik_sink_write(struct lunatik_sink *sink, enum lunatik_stream stream,
			const char *text, size_t length, gfp_t gfp)
{
	size_t *end = &sink->stream[stream].length;

	mutex_lock(&sink->lock);
	if (length < SINK_MOST &&
	    sink_grow(sink, stream, *end + length + 1, gfp)) {
		memcpy(sink->stream[stream].text + *end, text, length);
		*end += length;
		sink->stream[stream].text[(*end)++] = '\n';
	}
	mutex_unlock(&sink->lock);
}

/* Push the text of a stream as a string, and empty the stream; the sink keeps its buffer. */
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
 * lunatik_sink_output() - ``lunatik.output()``: text and tracebacks of the session
 *
 * Context: process, may sleep
 *
 * Return: two strings, which the session then no longer holds; nothing outside
 * of a session
 */
int lunatik_sink_output(lua_State *L)
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
