// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luafib.c - the fib library: rules of policy routing
 *
 * A rule is added or deleted by the request that `ip rule` sends, through a
 * netlink socket of our own in the initial network namespace. There rtnetlink
 * takes RTNL as its kernel needs it, checks the caller's right, and answers before
 * the request returns. Rules are the kernel's, as those of `ip rule`: they stay
 * when the script stops.
 */
#include <linux/errno.h>
#include <linux/fib_rules.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include <lunatik.h>

/**
 * struct luafib_attribute - a netlink attribute whose value fits into 32 bits
 */
struct luafib_attribute {
	struct nlattr header;
	union {
		u32 word;
		u8 byte;
	};
};

/**
 * struct luafib_request - one rule: IPv4, to a table
 */
struct luafib_request {
	struct nlmsghdr header;
	struct fib_rule_hdr rule;
	struct luafib_attribute priority;
	struct luafib_attribute table;
	struct luafib_attribute protocol;
};

/**
 * struct luafib_answer - the acknowledgement; the request may be appended to it
 */
struct luafib_answer {
	struct nlmsghdr header;
	struct nlmsgerr error;
	struct luafib_request request;
};

static void luafib_set(struct luafib_attribute *attribute, int type, u32 value)
{
	attribute->header.nla_type = type;
	attribute->header.nla_len = NLA_HDRLEN + sizeof(u32);
	attribute->word = value;
}

/* Table numbers above 255 fit into the attribute only, which wins. */
static void luafib_prepare(struct luafib_request *request, int type, int flags,
			   u32 table, u32 priority)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_len = sizeof(*request);
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	request->rule.family = AF_INET;
	request->rule.action = FR_ACT_TO_TBL;
	request->rule.table = table <= U8_MAX ? table : RT_TABLE_UNSPEC;
	luafib_set(&request->priority, FRA_PRIORITY, priority);
	luafib_set(&request->table, FRA_TABLE, table);
	request->protocol.header.nla_type = FRA_PROTOCOL;
	request->protocol.header.nla_len = NLA_HDRLEN + sizeof(u8);
	request->protocol.byte = RTPROT_KERNEL;
}

/* The address makes rtnetlink ask for the right of the task that sends. */
static int luafib_send(struct socket *sock, struct luafib_request *request)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct kvec vec = { request, sizeof(*request) };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
	};
	int ret = kernel_sendmsg(sock, &msg, &vec, 1, sizeof(*request));

	return ret < 0 ? ret : 0;
}

static int luafib_receive(struct socket *sock)
{
	struct luafib_answer answer;
	struct kvec vec = { &answer, sizeof(answer) };
	struct msghdr msg = { .msg_flags = 0 };
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(answer),
				 MSG_DONTWAIT);

	if (ret < 0)
		return ret;
	if (ret < (int)offsetof(struct luafib_answer, error.msg) ||
	    answer.header.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.error.error;
}

/* Return: 0 or a negative errno; nothing raises here */
static int luafib_exchange(void *argument)
{
	struct luafib_request *request = argument;
	struct socket *sock;
	int err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW,
				   NETLINK_ROUTE, &sock);

	if (err)
		return err;
	err = luafib_send(sock, request);
	if (!err)
		err = luafib_receive(sock);
	sock_release(sock);
	return err;
}

static const char *luafib_reason(int err)
{
	switch (err) {
	case -EEXIST:
		return "there is such a rule";
	case -ENOENT:
		return "there is no such rule";
	case -EPERM:
		return "operation not permitted";
	default:
		return "refused by the kernel";
	}
}

static u32 luafib_checkword(lua_State *L, int ix, lua_Integer low)
{
	lua_Integer value = luaL_checkinteger(L, ix);

	luaL_argcheck(L, value >= low && value <= U32_MAX, ix,
		      lua_pushfstring(L, "out of range: %I is not in %I..%I",
				      value, low, (lua_Integer)U32_MAX));
	return value;
}

static int luafib_change(lua_State *L, const char *what, int type, int flags)
{
	u32 table = luafib_checkword(L, 1, 1);
	u32 priority = luafib_checkword(L, 2, 0);
	struct luafib_request request;
	int err;

	lunatik_checkcontext(L, what, LUNATIK_IN_PROCESS);
	lunatik_checkunlocked(L, what);
	lunatik_checkinitnet(L, what);
	luafib_prepare(&request, type, flags, table, priority);
	err = lunatik_calldeep(luafib_exchange, &request);
	if (err)
		luaL_error(L, "failed on %s (%s, error %d)",
			   what + strlen("fib."), luafib_reason(err), -err);
	return 0;
}

/*
 * fib.newrule(table, priority) - add a rule for every IPv4 packet
 *
 * table: int, 1 .. 2^32 - 1: number of a routing table
 * priority: int, 0 .. 2^32 - 1
 *
 * Its action is to look into that table, in the initial network namespace.
 * Returns nothing. Raises "failed on newrule (REASON, error N)", if there
 * is such a rule, too. Context: process; sleeps. Kernel: <net/fib_rules.h>, by
 * RTM_NEWRULE.
 */
static int luafib_newrule(lua_State *L)
{
	return luafib_change(L, "fib.newrule", RTM_NEWRULE,
			     NLM_F_CREATE | NLM_F_EXCL);
}

/*
 * fib.delrule(table, priority) - delete a rule that newrule() made
 *
 * table, priority: as of newrule()
 *
 * Returns nothing. Raises "failed on delrule (REASON, error N)".
 * Context: process; sleeps. Kernel: RTM_DELRULE.
 */
static int luafib_delrule(lua_State *L)
{
	return luafib_change(L, "fib.delrule", RTM_DELRULE, 0);
}

static const luaL_Reg luafib_lib[] = {
	{"newrule", luafib_newrule},
	{"delrule", luafib_delrule},
	{NULL, NULL}
};

LUNATIK_NEWLIB(fib, luafib_lib, NULL, NULL);

MODULE_DESCRIPTION("Lunatik: rules of policy routing in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
