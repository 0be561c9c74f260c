/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_event.h - events that go the short way (src/core/event.c): for bindings of this repository
 */
#ifndef LUNATIK_EVENT_H
#define LUNATIK_EVENT_H

#include <linux/skbuff.h>

#include <lunatik.h>

struct nf_hook_state;
struct sk_buff;
struct xdp_buff;

/*
 * Results of an event, unless its function returns one small integer.
 *
 * - LUNATIK_EVENT_NIL: none, or nil.
 * - LUNATIK_EVENT_FAILED: an error, which is in the log.
 * - LUNATIK_EVENT_RESULTS: others, at the top of the stack of the hook's prepared entry.
 *   The runtime stays entered until lunatik_event_leave().
 * - LUNATIK_EVENT_ENTER: the function was not called. The event goes the ordinary way, by lunatik_enter().
 * - LUNATIK_EVENT_CALL: the same, but the runtime is entered.
 *   The binding uses lunatik_call() on the hook's prepared entry, and lunatik_event_leave().
 */
#define LUNATIK_EVENT_NIL	(-1)
#define LUNATIK_EVENT_FAILED	(-2)
#define LUNATIK_EVENT_RESULTS	(-3)
#define LUNATIK_EVENT_ENTER	(-4)
#define LUNATIK_EVENT_CALL	(-5)

#define LUNATIK_EVENT_BYTES	64

/* Gives the verdict of a packet, unless its function returns ACCEPT or DROP alone. @result is one of the above. */
typedef unsigned int (*lunatik_event_oddpacket_t)(struct lunatik_hook *hook,
						  struct sk_buff *skb,
						  const struct nf_hook_state *state,
						  int result);

/* Slots of a rule's table, and of the first of its fields' names, in the hook's Lua thread. */
#define LUNATIK_EVENT_PAR	3
#define LUNATIK_EVENT_PARNAMES	6

/* Names of the fields of a rule's table, in slots behind those of the binding. */
enum lunatik_event_field {
	LUNATIK_EVENT_HOTDROP,
	LUNATIK_EVENT_THOFF,
	LUNATIK_EVENT_FRAGOFF,
	LUNATIK_EVENT_HOOKNUM,
	LUNATIK_EVENT_FIELDS
};

/**
 * struct lunatik_event_rule - what a rule of x_tables passes to a script's function
 * @event: as for lunatik_hook_enter()
 * @userargs: reference of the rule's string, in the registry
 * @thoff: offset of the transport header
 * @fragoff: of the fragment
 * @hooknum: where the rule stands
 * @match: the packet can only be read, and @hotdrop can be changed
 * @hotdrop: whether to drop the packet at once
 */
struct lunatik_event_rule {
	u64 event;
	int userargs;
	unsigned int thoff;
	unsigned int fragoff;
	unsigned int hooknum;
	bool match;
	bool hotdrop;
};

void lunatik_event_prepare(struct lunatik_hook *hook, int arguments);
unsigned int lunatik_event_packet(struct lunatik_hook *hook, struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  lunatik_event_oddpacket_t odd);
int lunatik_event_xdp(struct lunatik_hook *hook, struct xdp_buff *xdp,
		      void *argument, size_t size);
int lunatik_event_rule(struct lunatik_hook *hook, struct sk_buff *skb,
		       struct lunatik_event_rule *rule);
void lunatik_event_preparemethods(struct lunatik_hook *hook);
int lunatik_event_probe(struct lunatik_hook *hook, u64 event, int name,
			void **place, void *value);
int lunatik_event_trace(struct lunatik_hook *hook, int slot, void **place, void *value,
			const lua_Integer *argument, lua_Integer *result);
int lunatik_event_read(struct lunatik_hook *hook, size_t length, loff_t *offset,
		       void *buffer);
void lunatik_event_leave(struct lunatik_hook *hook);

/**
 * lunatik_packet_network() - where the network header is, relative to skb->data
 *
 * The kernel's own offset, unless it points behind what is there.
 */
static inline int lunatik_packet_network(const struct sk_buff *skb)
{
	int network = skb_network_offset(skb);

	return network <= (int)skb_headlen(skb) ? network : 0;
}

/**
 * lunatik_packet_start() - where the object of a packet begins, relative to skb->data
 *
 * At the MAC header if it lies before the network header, which is untrue of the
 * one inside a tunnel.
 */
static inline int lunatik_packet_start(const struct sk_buff *skb, int network)
{
	int mac;

	if (!skb_mac_header_was_set(skb))
		return network;
	mac = skb_mac_offset(skb);
	return mac < network ? mac : network;
}

#endif
