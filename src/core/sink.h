/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * sink.h - text that a session of the command has not fetched yet
 */
#ifndef LUNATIK_SINK_H
#define LUNATIK_SINK_H

#include <lunatik.h>

enum lunatik_stream { LUNATIK_OUT, LUNATIK_TRACE, LUNATIK_STREAMS };

/**
 * struct lunatik_sink - text that a session has not fetched yet
 */
struct lunatik_sink {
	struct kref refs;
	struct mutex lock;
	struct {
		char *text;
		size_t length;
		size_t size;
	} stream[LUNATIK_STREAMS];
};

struct lunatik_sink *lunatik_sink_create(void);
void lunatik_sink_put(struct lunatik_sink *sink);
void lunatik_sink_write(struct lunatik_sink *sink, enum lunatik_stream stream,
			const char *text, size_t length, gfp_t gfp);
int lunatik_sink_output(lua_State *L);

#endif
