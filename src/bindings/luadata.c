// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luadata.c - the data library: raw memory, seen from Lua
 *
 * An object either owns zeroed bytes (data.new) or aliases memory of the kernel
 * for as long as a hook's callback runs. Objects that own their bytes may be
 * shared between runtimes: each access copies under the object's lock, at most
 * LUADATA_CHUNK bytes at a time, and builds Lua values afterwards. Objects that
 * alias are local: only their own runtime reaches them, so they need no lock.
 *
 * A packet is an alias of which only a part lies in one piece. A read copies the
 * rest. A write first pulls the rest into that piece, out of clones and shared
 * pages. Of a packet of XDP, only the piece can be written.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include <luadata.h>
#include <skb_csum.h>
#include <unaligned.h>
#include <xdp_frags.h>

#define LUADATA_CHUNK	SZ_4K
#define LUADATA_SMALL	64
#define LUADATA_MAX	SZ_1G
#define LUADATA_UNIT	16	/* bytes copied for one unit of budget */

static const lunatik_class_t luadata_class;

static void luadata_lock(lua_State *L, lunatik_object_t *object)
{
	if (!object->local)
		lunatik_lockobject(L, object);
}

static void luadata_unlock(lunatik_object_t *object)
{
	if (!object->local)
		lunatik_unlock(object);
}

static __always_inline bool luadata_inside(size_t window, lua_Integer offset,
					   size_t length)
{
	return offset >= 0 && length <= window &&
	       (lua_Unsigned)offset <= window - length;
}

/* Raises. */
static int luadata_outside(lua_State *L, const struct luadata *data,
			   lua_Integer offset, lua_Integer length)
{
	const char *reason =
		lua_pushfstring(L, "out of bounds: offset %I, length %I, size %I",
				offset, length, (lua_Integer)data->size);

	return luaL_argerror(L, 2, reason);
}

static void luadata_checkbounds(lua_State *L, const struct luadata *data,
				lua_Integer offset, size_t length)
{
	luaL_argcheck(L, data->ptr != NULL, 1,
		      "void: it was lent for the callback that got it");
	if (!luadata_inside(data->size, offset, length))
		luadata_outside(L, data, offset, length);
}

/* ---- packets --------------------------------------------------------------- */

static void luadata_repoint(struct luadata *data)
{
	struct sk_buff *skb = data->skb;

	data->ptr = skb->data + data->start;
	data->readable = min_t(size_t, skb_headlen(skb) - data->start,
			       data->size);
}

/* Where the checksum lies that is still to be filled in. */
static int skb_checkfield(const struct sk_buff *skb)
{
	return skb_checksum_start_offset(skb) + skb->csum_offset;
}

/*
 * A sum over the whole packet does not hold any more. One that is still to be
 * made is made now if the script writes it itself.
 */
static int skb_dropchecksum(struct sk_buff *skb, int from, int end)
{
	int field;

	skb->csum_valid = 0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;
	field = skb_checkfield(skb);
	if (end <= field || from >= field + (skb_csum_is_sctp(skb) ? 4 : 2))
		return 0;
	return skb_is_gso(skb) ? -EOPNOTSUPP : skb_csum_hwoffload_help(skb, 0);
}

/* Make the packet writable in one piece up to @end, relative to @skb->data. */
static void luadata_unshare(lua_State *L, struct luadata *data, int end)
{
	struct sk_buff *skb = data->skb;
	int err;

	if (skb_cloned(skb) || end > (int)skb_headlen(skb))
		lunatik_spend(L, max_t(int, end, skb_headlen(skb)) /
				 LUADATA_UNIT);
	if (skb_shared(skb))
		err = -EBUSY;
	/* Segmentation relies on where the packets of a list begin. */
	else if (end > (int)skb_headlen(skb) && skb_is_gso(skb) &&
		 skb_has_frag_list(skb))
		err = -EOPNOTSUPP;
	else
		err = skb_ensure_writable(skb, max(end, 0));
	luadata_repoint(data);
	if (err)
		luaL_error(L, "failed to write packet (%s, error %d)",
			   err == -EBUSY ? "somebody else holds it" :
			   err == -ENOMEM ? "not enough memory" :
			   "only its first part can be written", -err);
}

/* Make a range writable that is not: it is not a packet's, or not yet in place. */
static noinline void luadata_makewritable(lua_State *L, struct luadata *data,
					  lua_Integer offset, size_t length)
{
	int from, err;

	luadata_checkbounds(L, data, offset, length);
	luaL_argcheck(L, !(data->opt & LUADATA_OPT_READONLY), 1, "read only");
	if (data->xdp)
		luaL_argerror(L, 2, lua_pushfstring(L, "only the first %I bytes of this packet can be written",
						    (lua_Integer)data->writable));
	if (!data->skb)
		return;
	from = data->start + offset;
	luadata_unshare(L, data, from + length);
	/* Sums the packet up at most once: it is not unfinished any more then. */
	err = skb_dropchecksum(data->skb, from, from + length);
	luadata_repoint(data);
	if (err)
		luaL_error(L, "failed to write checksum of packet (use its method checksum, error %d)",
			   -err);
	data->writable = offset + length;
	/* A write to a checksum has to come here. */
	if (data->skb->ip_summed == CHECKSUM_PARTIAL)
		data->writable = clamp_t(long, skb_checkfield(data->skb) -
					       data->start, 0, data->writable);
}

/* Bytes of a packet in several pieces; all are in bounds. */
static void xdp_copy(struct xdp_buff *xdp, size_t offset, u8 *to, size_t length)
{
	size_t size = xdp->data_end - xdp->data, n;
	const u8 *piece = xdp->data;
	unsigned int i = 0;

	for (;;) {
		n = offset < size ? min(length, size - offset) : 0;
		memcpy(to, piece + offset, n);
		to += n;
		length -= n;
		/* Behind the last piece there is nothing to look at. */
		if (!length)
			return;
		offset = offset + n - size;
		piece = xdp_piece(xdp, i++, &size);
	}
}

static noinline void luadata_readslow(lua_State *L, struct luadata *data,
				      lua_Integer offset, void *to,
				      size_t length)
{
	luadata_checkbounds(L, data, offset, length);
	if (data->xdp)
		xdp_copy(data->xdp, offset, to, length);
	if (data->skb &&
	    skb_copy_bits(data->skb, data->start + (int)offset, to, length))
		luaL_error(L, "failed to read packet (its parts are shorter than its length, error %d)",
			   EFAULT);
}

/* ---- access ----------------------------------------------------------------- */

/*
 * Errors are raised without the lock; memory that is shared never changes its
 * size. A constant length becomes a load or a store.
 */
static __always_inline void luadata_read(lua_State *L, lunatik_object_t *object,
					 lua_Integer offset, void *to,
					 size_t length)
{
	struct luadata *data = object->private;
	bool inside;

	luadata_lock(L, object);
	inside = luadata_inside(data->readable, offset, length);
	if (likely(inside))
		memcpy(to, data->ptr + offset, length);
	luadata_unlock(object);
	if (unlikely(!inside))
		luadata_readslow(L, data, offset, to, length);
}

static __always_inline void luadata_write(lua_State *L,
					  lunatik_object_t *object,
					  lua_Integer offset, const void *from,
					  size_t length)
{
	struct luadata *data = object->private;

	if (!luadata_inside(data->writable, offset, length))
		luadata_makewritable(L, data, offset, length);
	luadata_lock(L, object);
	memcpy(data->ptr + offset, from, length);
	luadata_unlock(object);
}

static inline lunatik_object_t *luadata_check(lua_State *L)
{
	return lunatik_checkclassobject(L, 1, &luadata_class);
}

static __always_inline struct luadata *luadata_alias(void *payload)
{
	lunatik_object_t *object = lunatik_leafobject(payload, &luadata_class);

	return likely(object && object->local) ? object->private : NULL;
}

#define LUADATA_GETTER(name, T)						\
static int luadata_get##name(lua_State *L)				\
{									\
	lunatik_object_t *object = luadata_check(L);			\
	lua_Integer offset = luaL_checkinteger(L, 2);			\
	T value = 0;							\
									\
	luadata_read(L, object, offset, &value, sizeof(T));		\
	lua_pushinteger(L, (lua_Integer)value);				\
	return 1;							\
}

#define LUADATA_SETTER(name, T)						\
static int luadata_set##name(lua_State *L)				\
{									\
	lunatik_object_t *object = luadata_check(L);			\
	lua_Integer offset = luaL_checkinteger(L, 2);			\
	T value = (T)luaL_checkinteger(L, 3);				\
									\
	luadata_write(L, object, offset, &value, sizeof(T));		\
	return 0;							\
}

/*
 * The short forms: of objects that alias memory, which need no lock, where the
 * bytes lie in place.
 */
#define LUADATA_SHORTGETTER(name, T)					\
static int luadata_get##name##_leaf(void *payload, lua_Integer offset,	\
				    lua_Integer *value)			\
{									\
	const struct luadata *data = luadata_alias(payload);		\
									\
	if (!data || !luadata_inside(data->readable, offset, sizeof(T)))	\
		return 0;						\
	*value = (lua_Integer)get_unaligned((const T *)(data->ptr + offset));	\
	return 1;							\
}

#define LUADATA_SHORTSETTER(name, T)					\
static int luadata_set##name##_leaf(void *payload, lua_Integer offset,	\
				    lua_Integer *value)			\
{									\
	struct luadata *data = luadata_alias(payload);			\
									\
	if (!data || !luadata_inside(data->writable, offset, sizeof(T)))	\
		return 0;						\
	put_unaligned((T)*value, (T *)(data->ptr + offset));		\
	return 1;							\
}

#define LUADATA_FIELD(name, T)		\
	LUADATA_GETTER(name, T)		\
	LUADATA_SETTER(name, T)		\
	LUADATA_SHORTGETTER(name, T)	\
	LUADATA_SHORTSETTER(name, T)

LUADATA_FIELD(int8, s8)
LUADATA_FIELD(uint8, u8)
LUADATA_FIELD(int16, s16)
LUADATA_FIELD(uint16, u16)
LUADATA_FIELD(int32, s32)
LUADATA_FIELD(uint32, u32)
#ifdef CONFIG_64BIT
LUADATA_FIELD(int64, s64)
#endif
LUADATA_FIELD(number, lua_Integer)

/* In pieces; all is in bounds. */
static void luadata_copyout(lua_State *L, lunatik_object_t *object,
			    lua_Integer offset, u8 *to, size_t length)
{
	size_t done, n;

	for (done = 0; done < length; done += n) {
		n = min_t(size_t, length - done, LUADATA_CHUNK);
		luadata_read(L, object, offset + done, to + done, n);
		lunatik_spend(L, n / LUADATA_UNIT);
	}
}

/* The whole range is made writable first: nothing is written if it does not fit. */
static void luadata_copyin(lua_State *L, lunatik_object_t *object,
			   lua_Integer offset, const u8 *from, size_t length)
{
	struct luadata *data = object->private;
	size_t done, n;

	if (!data->ptr || !luadata_inside(data->writable, offset, length))
		luadata_makewritable(L, data, offset, length);
	for (done = 0; done < length; done += n) {
		n = min_t(size_t, length - done, LUADATA_CHUNK);
		luadata_write(L, object, offset + done, from + done, n);
		lunatik_spend(L, n / LUADATA_UNIT);
	}
}

static void luadata_push(lua_State *L, lunatik_object_t *object,
			 lua_Integer offset, size_t length)
{
	struct luadata *data = object->private;
	u8 buffer[LUADATA_SMALL], *copy;

	if (length <= sizeof(buffer)) {
		luadata_copyout(L, object, offset, buffer, length);
		lua_pushlstring(L, (const char *)buffer, length);
	} else if (object->local &&
		   luadata_inside(data->readable, offset, length)) {
		/* Nobody else can change it, and Lua copies before it collects. */
		lunatik_spend(L, length / LUADATA_UNIT);
		lua_pushlstring(L, (const char *)data->ptr + offset, length);
	} else {
		copy = lua_newuserdatauv(L, length, 0);
		luadata_copyout(L, object, offset, copy, length);
		lua_pushlstring(L, (const char *)copy, length);
		lua_remove(L, -2);
	}
}

/* ---- checksums of packets ------------------------------------------------------ */

/**
 * struct skb_transport - the transport header of an IP packet
 * @net: offset of the network header, relative to skb->data
 * @at: offset of the transport header
 * @length: of what its checksum covers
 * @check: offset of its checksum, or -1 if we know none
 * @protocol: IPPROTO_*
 * @ipv6: else it is IPv4
 */
struct skb_transport {
	int net;
	int at;
	int length;
	int check;
	u8 protocol;
	bool ipv6;
};

static bool skb_findcheck(struct skb_transport *transport)
{
	int field, size;

	switch (transport->protocol) {
	case IPPROTO_TCP:
		field = offsetof(struct tcphdr, check);
		size = sizeof(struct tcphdr);
		break;
	case IPPROTO_UDP:
		field = offsetof(struct udphdr, check);
		size = sizeof(struct udphdr);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		field = offsetof(struct icmphdr, checksum);
		size = sizeof(struct icmphdr);
		if (transport->ipv6 == (transport->protocol == IPPROTO_ICMPV6))
			break;
		fallthrough;
	default:
		return true;
	}
	transport->check = transport->at + field;
	return transport->length >= size;
}

static bool skb_parseipv4(struct sk_buff *skb, struct skb_transport *transport)
{
	int rest = (int)skb->len - transport->net, total, header;
	struct iphdr buffer, *ip;

	ip = skb_header_pointer(skb, transport->net, sizeof(buffer), &buffer);
	if (!ip || ip->version != 4)
		return false;
	header = ip->ihl * 4;
	total = ntohs(ip->tot_len) ?: rest;
	if (header < sizeof(*ip) || total < header || total > rest)
		return false;
	transport->at = transport->net + header;
	transport->length = total - header;
	transport->protocol = ip->protocol;
	return ip_is_fragment(ip) || skb_findcheck(transport);
}

static bool skb_parseipv6(struct sk_buff *skb, struct skb_transport *transport)
{
	int rest = (int)skb->len - transport->net - (int)sizeof(struct ipv6hdr);
	struct ipv6hdr buffer, *ip;
	int payload, header;
	__be16 fragment;

	ip = skb_header_pointer(skb, transport->net, sizeof(buffer), &buffer);
	if (!ip || ip->version != 6)
		return false;
	payload = ntohs(ip->payload_len) ?: rest;
	transport->protocol = ip->nexthdr;
	transport->ipv6 = true;
	header = transport->net + sizeof(*ip);
	transport->at = ipv6_skip_exthdr(skb, header, &transport->protocol,
					 &fragment);
	if (transport->at < 0 || payload > rest ||
	    transport->at - header > payload)
		return false;
	transport->length = payload - (transport->at - header);
	return fragment || skb_findcheck(transport);
}

static bool skb_parse(struct sk_buff *skb, struct skb_transport *transport)
{
	memset(transport, 0, sizeof(*transport));
	transport->net = skb_network_offset(skb);
	transport->check = -1;
	if (skb->protocol == htons(ETH_P_IP))
		return skb_parseipv4(skb, transport);
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_parseipv6(skb, transport);
	return false;
}

/* The final checksum for a sum over the transport header and what follows. */
static __sum16 skb_foldsum(struct sk_buff *skb,
			   const struct skb_transport *transport, __wsum sum)
{
	if (transport->ipv6) {
		const struct ipv6hdr *ip6 = (void *)skb->data + transport->net;

		return csum_ipv6_magic(&ip6->saddr, &ip6->daddr,
				       transport->length, transport->protocol,
				       sum);
	}
	if (transport->protocol != IPPROTO_ICMP) {
		const struct iphdr *ip = (void *)skb->data + transport->net;

		return csum_tcpudp_magic(ip->saddr, ip->daddr,
					 transport->length,
					 transport->protocol, sum);
	}
	return csum_fold(sum);
}

static bool skb_fillcheck(struct sk_buff *skb,
			  const struct skb_transport *transport)
{
	__sum16 *check = (void *)skb->data + transport->check;

	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (skb_checkfield(skb) != transport->check)
			return false;
		*check = ~skb_foldsum(skb, transport, 0);
		return true;
	}
	if (skb_is_gso(skb))
		return false;
	*check = 0;
	*check = skb_foldsum(skb, transport,
			     skb_checksum(skb, transport->at,
					  transport->length, 0));
	if (transport->protocol == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
	return true;
}

/* skb:checksum() - compute the checksums of a packet that was changed */
static int luadata_checksum(lua_State *L)
{
	struct luadata *data = luadata_check(L)->private;
	struct sk_buff *skb = data->skb;
	struct skb_transport transport;
	bool known, done;

	luadata_checkbounds(L, data, 0, 0);
	luaL_argcheck(L, skb != NULL, 1, "packet expected, got other memory");
	luaL_argcheck(L, !(data->opt & LUADATA_OPT_READONLY), 1, "read only");
	known = skb_parse(skb, &transport);
	if (known) {
		luadata_unshare(L, data, transport.check < 0 ? transport.at :
				transport.check + (int)sizeof(__sum16));
		lunatik_spend(L, transport.length / LUADATA_UNIT);
		if (!transport.ipv6)
			ip_send_check((void *)skb->data + transport.net);
		done = transport.check >= 0 && skb_fillcheck(skb, &transport);
		skb_dropchecksum(skb, 0, 0);
	}
	lua_pushboolean(L, known && done);
	return 1;
}

/* ---- methods --------------------------------------------------------------------- */

static size_t luadata_size(const lunatik_object_t *object)
{
	const struct luadata *data = object->private;

	return READ_ONCE(data->size);
}

/* d:getstring(offset [, length]) - bytes as a string, or all up to the end */
static int luadata_getstring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);
	lua_Integer offset = luaL_checkinteger(L, 2);
	lua_Integer size = luadata_size(object);
	lua_Integer length;

	luadata_checkbounds(L, object->private, offset, 0);
	length = luaL_optinteger(L, 3, size - offset);
	if (length < 0 || length > size - offset)
		return luadata_outside(L, object->private, offset, length);
	luadata_push(L, object, offset, length);
	return 1;
}

/* d:setstring(offset, s) - write the bytes of a string */
static int luadata_setstring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);
	lua_Integer offset = luaL_checkinteger(L, 2);
	size_t length;
	const char *s = luaL_checklstring(L, 3, &length);

	luadata_copyin(L, object, offset, (const u8 *)s, length);
	return 0;
}

/* #object - its size in bytes */
static int luadata_length(lua_State *L)
{
	lua_pushinteger(L, luadata_size(luadata_check(L)));
	return 1;
}

static int luadata_length_leaf(void *payload, lua_Integer argument,
			       lua_Integer *length)
{
	lunatik_object_t *object = lunatik_leafobject(payload, &luadata_class);

	if (unlikely(!object))
		return 0;
	*length = luadata_size(object);
	return 1;
}

/* tostring(object) - all its bytes, as a string */
static int luadata_tostring(lua_State *L)
{
	lunatik_object_t *object = luadata_check(L);

	luadata_push(L, object, 0, luadata_size(object));
	return 1;
}

static void luadata_point(struct luadata *data, void *ptr, size_t size)
{
	data->ptr = ptr;
	data->size = size;
	data->readable = size;
	data->writable = data->opt & LUADATA_OPT_READONLY ? 0 : size;
	data->skb = NULL;
	data->xdp = NULL;
}

static void luadata_release(void *private)
{
	struct luadata *data = private;

	if ((data->opt & LUADATA_OPT_FREE) && data->ptr != data->bytes)
		lunatik_free(data->ptr);
}

static const luaL_Reg luadata_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__len", luadata_length},
	{"__tostring", luadata_tostring},
	{"getbyte", luadata_getuint8},
	{"setbyte", luadata_setuint8},
	{"getint8", luadata_getint8},
	{"setint8", luadata_setint8},
	{"getuint8", luadata_getuint8},
	{"setuint8", luadata_setuint8},
	{"getint16", luadata_getint16},
	{"setint16", luadata_setint16},
	{"getuint16", luadata_getuint16},
	{"setuint16", luadata_setuint16},
	{"getint32", luadata_getint32},
	{"setint32", luadata_setint32},
	{"getuint32", luadata_getuint32},
	{"setuint32", luadata_setuint32},
#ifdef CONFIG_64BIT
	{"getint64", luadata_getint64},
	{"setint64", luadata_setint64},
#endif
	{"getnumber", luadata_getnumber},
	{"setnumber", luadata_setnumber},
	{"getstring", luadata_getstring},
	{"setstring", luadata_setstring},
	{"checksum", luadata_checksum},
	{NULL, NULL}
};

#define LUADATA_LEAVES(name, T)					\
	LUNATIK_LEAFLOAD(luadata_get##name, &luadata_class, T),	\
	LUNATIK_LEAF(luadata_set##name, LUA_LEAFSET)

static const lunatik_leaf_t luadata_leaves[] = {
	LUADATA_LEAVES(int8, s8),
	LUADATA_LEAVES(uint8, u8),
	LUADATA_LEAVES(int16, s16),
	LUADATA_LEAVES(uint16, u16),
	LUADATA_LEAVES(int32, s32),
	LUADATA_LEAVES(uint32, u32),
#ifdef CONFIG_64BIT
	LUADATA_LEAVES(int64, s64),
#endif
	LUADATA_LEAVES(number, lua_Integer),
	LUNATIK_LEAF(luadata_length, LUA_LEAFLENGTH),
	{}
};

static const lunatik_class_t luadata_class = {
	.name = "data",
	.methods = luadata_methods,
	.leaves = luadata_leaves,
	.release = luadata_release,
	.owner = THIS_MODULE,
};

/* data.new(size) - make zeroed memory of that many bytes */
static int luadata_lnew(lua_State *L)
{
	lua_Integer most = LUADATA_MAX - sizeof(struct luadata);
	lua_Integer size = luaL_checkinteger(L, 1);
	struct luadata *data;

	if (size < 1 || size > most)
		return luaL_argerror(L, 1, lua_pushfstring(L, "not enough memory: %I is not in 1..%I",
							   size, most));
	data = lunatik_newobject(L, &luadata_class,
				 struct_size(data, bytes, size))->private;
	data->opt = LUADATA_OPT_FREE;
	luadata_point(data, data->bytes, size);
	return 1;
}

static const luaL_Reg luadata_lib[] = {
	{"new", luadata_lnew},
	{NULL, NULL}
};

/**
 * luadata_new() - create an object over memory of the caller
 * @ptr: memory
 * @size: its size
 * @sleep: the object is made in process context (its lock never sleeps)
 * @opt: LUADATA_OPT_*
 *
 * Without %LUADATA_OPT_FREE the object is local: it is pushed into one runtime
 * only, cannot be shared by scripts, and is re-pointed and cleared only inside
 * an entry of that runtime.
 * With it, @ptr comes from kmalloc() or kvmalloc() and is freed with the object.
 *
 * Context: process, may sleep; does not raise
 * Return: the object with one reference, or NULL
 */
lunatik_object_t *luadata_new(void *ptr, size_t size, bool sleep, u8 opt)
{
	lunatik_object_t *object;
	struct luadata *data;

	object = lunatik_createobject(&luadata_class, sizeof(*data), sleep);
	if (!object)
		return NULL;
	object->local = !(opt & LUADATA_OPT_FREE);
	data = object->private;
	data->opt = opt & ~LUADATA_OPT_KEEP;
	luadata_point(data, ptr, size);
	return object;
}
EXPORT_SYMBOL_GPL(luadata_new);

/**
 * luadata_reset() - let an object point to other memory
 * @object: an object of luadata_new() without %LUADATA_OPT_FREE
 * @ptr: memory
 * @size: its size
 * @opt: LUADATA_OPT_READONLY, LUADATA_OPT_NONE or LUADATA_OPT_KEEP
 *
 * Context: any, inside an entry of the runtime that has the object
 * Return: 0, or -1 if the object owns its memory
 */
int luadata_reset(lunatik_object_t *object, void *ptr, size_t size, u8 opt)
{
	struct luadata *data = object->private;

	if (data->opt & LUADATA_OPT_FREE)
		return -1;
	if (!(opt & LUADATA_OPT_KEEP))
		data->opt = opt & LUADATA_OPT_READONLY;
	luadata_point(data, ptr, size);
	return 0;
}
EXPORT_SYMBOL_GPL(luadata_reset);

/**
 * luadata_setskb() - let an object span a packet, until luadata_clear()
 * @object: an object of luadata_new() without %LUADATA_OPT_FREE
 * @skb: the packet, not shared if it is to be written
 * @start: where the object's first byte lies, relative to @skb->data: from its
 *	headroom to the end of its linear part
 * @opt: LUADATA_OPT_READONLY or LUADATA_OPT_NONE
 *
 * Writing moves what is written into the linear part, which may move itself:
 * the caller looks all its pointers up anew.
 *
 * Context: softirq, inside an entry of the runtime that has the object
 */
void luadata_setskb(lunatik_object_t *object, struct sk_buff *skb, int start,
		    u8 opt)
{
	struct luadata *data = object->private;

	data->skb = skb;
	data->xdp = NULL;
	data->start = start;
	data->size = (int)skb->len - start;
	data->writable = 0;
	data->opt = opt & LUADATA_OPT_READONLY;
	luadata_repoint(data);
}
EXPORT_SYMBOL_GPL(luadata_setskb);

/**
 * luadata_setxdp() - let an object span a packet of XDP, until luadata_clear()
 * @object: an object of luadata_new() without %LUADATA_OPT_FREE
 * @xdp: the packet; all of it can be read, its first piece can be written
 *
 * Context: softirq, inside an entry of the runtime that has the object
 */
void luadata_setxdp(lunatik_object_t *object, struct xdp_buff *xdp)
{
	struct luadata *data = object->private;
	size_t linear = xdp->data_end - xdp->data;

	data->opt &= ~LUADATA_OPT_READONLY;
	luadata_point(data, xdp->data, linear);
	if (unlikely(xdp_buff_has_frags(xdp))) {
		data->xdp = xdp;
		data->size = xdp_get_buff_len(xdp);
	}
}
EXPORT_SYMBOL_GPL(luadata_setxdp);

LUNATIK_NEWLIB(data, luadata_lib, &luadata_class, NULL);

MODULE_DESCRIPTION("Lunatik: raw memory for Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
