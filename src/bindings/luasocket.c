// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luasocket.c - the socket library: the kernel's sockets of every family
 *
 * Nothing waits inside the network stack: each call is the non-blocking one,
 * tried again by lunatik_wait() whenever the socket's own wait queue is woken.
 * So a stop or a signal ends it whatever the family (AF_PACKET and AF_NETLINK
 * ignore a shutdown). Some events wake only the peer's queue (room
 * in the queue of an AF_UNIX socket that is not connected to us), so that a
 * wait also tries again from time to time.
 *
 * Several runtimes may share a socket, and no lock of ours is held while one of
 * them waits. Each call holds a user count instead: close() marks the socket,
 * shuts it down, wakes all waiters, and the last user releases it.
 *
 * A socket belongs to the network namespace of the task that made it, and
 * holds that namespace.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <uapi/linux/l2tp.h>
#include <net/sock.h>

#include <lunatik_binding.h>

#include "init_root.h"
#include "socket_accept.h"
#include "kthread_fs.h"
#include "net_refcnt.h"

#define LUASOCKET_SMC		256	/* IPPROTO_SMC, since Linux 6.11 */
#define LUASOCKET_MEMORY	SZ_4K	/* about what the kernel keeps beside queues */
#define LUASOCKET_CHUNK		SZ_256K	/* sent between two looks at signals */
#define LUASOCKET_INPUT		HZ	/* between two tries without a wake-up */
#define LUASOCKET_OUTPUT	(HZ / 20)
#define LUASOCKET_FAMILY	sizeof(sa_family_t)

/* These never wait, whatever the other flags say. */
#define LUASOCKET_ATONCE	(MSG_DONTWAIT | MSG_OOB | MSG_ERRQUEUE)

/**
 * struct luasocket - private area of a socket object
 * @self: the object, once it has been charged for
 * @queues: bytes that it has been charged for what it may queue
 * @sock: NULL until there is one
 * @file: its file, for families that ask it for the opener's credentials
 * @users: calls in progress, and one until it is closed; the last releases
 * @closed: bit 0: close() was called
 * @family: address family
 * @type: SOCK_*
 */
struct luasocket {
	lunatik_object_t *self;
	size_t queues;
	struct socket *sock;
	struct file *file;
	refcount_t users;
	unsigned long closed;
	int family;
	int type;
};

/**
 * struct luasocket_address - an address of any family
 * @storage: zero behind @length
 * @length: bytes, the family included; 0 for none
 */
struct luasocket_address {
	struct sockaddr_storage storage;
	int length;
};

/**
 * struct luasocket_call - one call that may have to be tried several times
 * @socket: whose
 * @try: tries once; true when @result is final
 * @address: where to, or where from
 * @buffer: bytes to send, or room for those received
 * @length: of @buffer; of the backlog
 * @done: bytes that were transferred
 * @flags: MSG_*, or those of accept()
 * @interval: jiffies between two tries without a wake-up; 0 to try only once
 * @umask: of a task that binds, for the file of AF_UNIX
 * @whole: go on until @length bytes are transferred
 * @started: connect() is in progress
 * @result: of the last try: bytes, 0, or a negative errno
 * @accepted: the socket from accept()
 */
struct luasocket_call {
	struct luasocket *socket;
	bool (*try)(struct luasocket_call *call);
	struct luasocket_address address;
	char *buffer;
	size_t length;
	size_t done;
	int flags;
	long interval;
	int umask;
	bool whole;
	bool started;
	int result;
	struct socket *accepted;
};

static const lunatik_class_t luasocket_class;

/* ---- errors -------------------------------------------------------------- */

/*
 * Raise an errno as its positive number, one that system calls show. If the script catches EINTR and goes
 * on, the next check of the entry's stop condition sees that at once.
 */
static int luasocket_raise(lua_State *L, int err)
{
	int number = -err;

	switch (number) {
	case ERESTARTSYS ... ERESTART_RESTARTBLOCK:
		number = EINTR;
		break;
	case ENOTSUPP:
		number = EOPNOTSUPP;
	}
	if (number == EINTR)
		lunatik_spend(L, SZ_4K);
	lua_pushinteger(L, number);
	return lua_error(L);
}

/* ---- lifetime ------------------------------------------------------------ */

/* A connection says goodbye to its peer. */
static int luasocket_free(void *argument)
{
	struct luasocket *socket = argument;

	if (socket->file)
		fput(socket->file);
	else
		sock_release(socket->sock);
	return 0;
}

static void luasocket_put(struct luasocket *socket)
{
	if (refcount_dec_and_test(&socket->users))
		lunatik_calldeep(luasocket_free, socket);
}

static bool luasocket_isclosed(struct luasocket *socket)
{
	return test_bit(0, &socket->closed);
}

static int luasocket_shutdown(void *argument)
{
	return kernel_sock_shutdown(argument, SHUT_RDWR);
}

/* Close once: waiters, in every runtime, get EBADF. */
static bool luasocket_shut(struct luasocket *socket)
{
	if (test_and_set_bit(0, &socket->closed))
		return false;
	lunatik_calldeep(luasocket_shutdown, socket->sock);
	wake_up_interruptible_all(&socket->sock->wq.wait);
	luasocket_put(socket);
	return true;
}

/* The socket at index 1, which may be closed by another runtime at any time. */
static struct luasocket *luasocket_check(lua_State *L, const char *what)
{
	struct luasocket *socket =
		lunatik_checkclassobject(L, 1, &luasocket_class)->private;

	lunatik_checkunlocked(L, what);
	return socket;
}

/*
 * From here until luasocket_put() nothing may raise. Look at the handle again:
 * making a Lua object since may have run a finalizer that closed it, and then
 * @socket may be freed.
 */
static void luasocket_get(lua_State *L, struct luasocket *socket)
{
	lunatik_checkclassobject(L, 1, &luasocket_class);
	if (luasocket_isclosed(socket) ||
	    !refcount_inc_not_zero(&socket->users))
		luaL_argerror(L, 1, LUNATIK_ERR_NULLPTR);
}

/* Push an object without a socket, and pay for one. */
static struct luasocket *luasocket_push(lua_State *L)
{
	lunatik_object_t *object = lunatik_newobject(L, &luasocket_class,
						     sizeof(struct luasocket));
	struct luasocket *socket = object->private;

	if (!lunatik_charge_reclaim(L, object, LUASOCKET_MEMORY))
		luaL_error(L, "not enough memory");
	socket->self = object;
	return socket;
}

/* Take over a socket, or release it and return an error. */
static int luasocket_adopt(struct luasocket *socket, struct socket *sock)
{
	/*
	 * The network stack asks the file of a netlink socket who opened it.
	 * Other families may do without: a file is closed late.
	 */
	if (sock->sk->sk_family == AF_NETLINK) {
		socket->file = sock_alloc_file(sock, O_RDWR, NULL);
		if (IS_ERR(socket->file)) {
			int err = PTR_ERR(socket->file);

			socket->file = NULL;
			return err;
		}
	}
	/*
	 * kernel_accept() of SCTP and TIPC makes a socket of the kernel, which
	 * holds no namespace. It may outlive its release: it has to hold it
	 * itself.
	 */
	if (!sock->sk->sk_net_refcnt)
		sk_net_refcnt_upgrade(sock->sk);
	/* A family that overlooks O_NONBLOCK does not wait either. */
	WRITE_ONCE(sock->sk->sk_rcvtimeo, 0);
	WRITE_ONCE(sock->sk->sk_sndtimeo, 0);
	socket->family = sock->sk->sk_family;
	socket->type = sock->type;
	socket->sock = sock;
	refcount_set(&socket->users, 1);
	return 0;
}

/*
 * Pay for what a socket may queue, unless the kernel limits that for all sockets
 * of the protocol (tcp_mem, udp_mem). Nothing makes the buffers larger later on:
 * scripts cannot, and the kernel does so only where there is such a limit.
 */
static bool luasocket_payqueues(lua_State *L, struct luasocket *socket)
{
	struct sock *sk = socket->sock->sk;
	size_t queues = (size_t)READ_ONCE(sk->sk_sndbuf) +
			READ_ONCE(sk->sk_rcvbuf);

	if (sk->sk_prot->memory_allocated)
		return true;
	if (!lunatik_charge_reclaim(L, socket->self, queues))
		return false;
	socket->queues = queues;
	return true;
}

/* Return the object on top of the stack, or drop it and raise what was wrong. */
static int luasocket_finish(lua_State *L, struct luasocket *socket, int err)
{
	bool paid = !err && luasocket_payqueues(L, socket);
	lunatik_object_t **slot;

	if (paid)
		return 1;
	slot = lunatik_checkpobject(L, -1);
	*slot = NULL;
	lunatik_putobject(socket->self);
	return err ? luasocket_raise(L, err) : luaL_error(L, "not enough memory");
}

/* ---- arguments ----------------------------------------------------------- */

static lua_Integer luasocket_checkrange(lua_State *L, int ix, lua_Integer low,
					lua_Integer high)
{
	lua_Integer value = luaL_checkinteger(L, ix);

	luaL_argcheck(L, value >= low && value <= high, ix,
		      lua_pushfstring(L, "out of range: %I is not in %I..%I",
				      value, low, high));
	return value;
}

static int luasocket_optflags(lua_State *L, int ix)
{
	if (lua_isnoneornil(L, ix))
		return 0;
	return luasocket_checkrange(L, ix, 0, INT_MAX);
}

/* Flags of connect() and accept(): only one of them changes anything. */
static bool luasocket_checknonblock(lua_State *L, int ix)
{
	int flags = luasocket_optflags(L, ix);

	luaL_argcheck(L, !(flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)), ix,
		      "flags are NONBLOCK and CLOEXEC of socket.sock");
	return flags & SOCK_NONBLOCK;
}

static void luasocket_checkinet(lua_State *L, int ix,
				struct luasocket_address *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;

	in->sin_addr.s_addr = htonl(luasocket_checkrange(L, ix, 0, U32_MAX));
	if (!lua_isnoneornil(L, ix + 1))
		in->sin_port = htons(luasocket_checkrange(L, ix + 1, 0,
							  U16_MAX));
	address->length = sizeof(*in);
}

static void luasocket_checkpacked(lua_State *L, int ix,
				  struct luasocket_address *address)
{
	size_t length, room = sizeof(address->storage) - LUASOCKET_FAMILY;
	const char *packed = luaL_checklstring(L, ix, &length);

	luaL_argcheck(L, length <= room, ix,
		      "address too long (at most 126 bytes follow the family)");
	memcpy((char *)&address->storage + LUASOCKET_FAMILY, packed, length);
	address->length = LUASOCKET_FAMILY + length;
}

/* An index, or a packed string that may be short, or that and an index. */
static void luasocket_checkpacket(lua_State *L, int ix,
				  struct luasocket_address *address)
{
	struct sockaddr_ll *ll = (struct sockaddr_ll *)&address->storage;
	int index = ix;

	if (lua_type(L, ix) != LUA_TNUMBER) {
		luasocket_checkpacked(L, ix, address);
		index++;
	}
	if (!lua_isnoneornil(L, index))
		ll->sll_ifindex = luasocket_checkrange(L, index, 0, INT_MAX);
	address->length = max_t(int, address->length, sizeof(*ll));
}

/*
 * The address at index @ix, and @ix + 1 for a family whose addresses are two
 * values.
 */
static void luasocket_checkaddress(lua_State *L, int ix,
				   const struct luasocket *socket,
				   struct luasocket_address *address)
{
	memset(address, 0, sizeof(*address));
	address->storage.ss_family = socket->family;
	if (socket->family == AF_INET)
		luasocket_checkinet(L, ix, address);
	else if (socket->family == AF_PACKET && socket->type != SOCK_PACKET)
		luasocket_checkpacket(L, ix, address);
	else
		luasocket_checkpacked(L, ix, address);
	/* Paths need a root folder, which an exiting task has no longer. */
	if (address->storage.ss_family == AF_UNIX &&
	    (current->flags & PF_EXITING))
		luasocket_raise(L, -ESRCH);
}

/* Return: the number of values pushed */
static int luasocket_pushaddress(lua_State *L, int family,
				 const struct luasocket_address *address)
{
	const struct sockaddr_in *in =
		(const struct sockaddr_in *)&address->storage;
	size_t length = clamp_t(int, address->length, LUASOCKET_FAMILY,
				sizeof(address->storage));

	if (family == AF_INET && length >= sizeof(*in)) {
		lua_pushinteger(L, ntohl(in->sin_addr.s_addr));
		lua_pushinteger(L, ntohs(in->sin_port));
		return 2;
	}
	lua_pushlstring(L, (const char *)in + LUASOCKET_FAMILY,
			length - LUASOCKET_FAMILY);
	return 1;
}

/* ---- waiting ------------------------------------------------------------- */

static int luasocket_tryonce(void *argument)
{
	struct luasocket_call *call = argument;

	return call->try(call);
}

/* Go into the network stack, with a root folder for the paths of AF_UNIX. */
static int luasocket_deep(int (*function)(void *argument), void *argument)
{
	struct fs_struct *fs = kthread_override_fs();
	int ret = lunatik_calldeep(function, argument);

	kthread_revert_fs(fs);
	return ret;
}

static bool luasocket_try(void *call)
{
	return luasocket_deep(luasocket_tryonce, call);
}

/*
 * Try until the result is final, a stop or a signal; or only once.
 *
 * Return: 0, the result is in the call; -EINTR
 */
static int luasocket_perform(lua_State *L, struct luasocket_call *call)
{
	wait_queue_head_t *queue = &call->socket->sock->wq.wait;
	long left;

	if (!call->interval) {
		luasocket_try(call);
		return 0;
	}
	do {
		left = lunatik_wait(L, queue, luasocket_try, call,
				    call->interval, TASK_INTERRUPTIBLE);
	} while (!left);
	return left < 0 ? -EINTR : 0;
}

/* Whether a call must end between two transfers that succeed at once. */
static bool luasocket_isover(lua_State *L)
{
	cond_resched();
	return signal_pending(current) || lunatik_shouldstop(L);
}

/*
 * Transfer once, or until all is transferred or the peer has closed. The bytes
 * before an error count more than the error.
 *
 * Return: bytes, or a negative errno
 */
static int luasocket_transfer(lua_State *L, struct luasocket_call *call)
{
	int err;

	do {
		err = luasocket_perform(L, call);
		if (err || call->result <= 0)
			break;
		call->done += call->result;
		if (call->done < call->length && luasocket_isover(L))
			err = -EINTR;
	} while (!err && call->whole && call->done < call->length);
	if (call->done)
		return min_t(size_t, call->done, INT_MAX);
	return err ? err : call->result;
}

/* ---- paths --------------------------------------------------------------- */

/**
 * struct luasocket_lookup - a call that looks up a path, on its way through a file system
 * @call: a copy, with a user count and a reference of the object
 * @function: the call
 * @cred: the caller's
 */
struct luasocket_lookup {
	struct luasocket_call call;
	int (*function)(void *call);
	const struct cred *cred;
};

/* A path of AF_UNIX that a thread finds, too; not one of a process with a root folder of its own. */
static bool luasocket_haspath(const struct luasocket_call *call)
{
	const struct luasocket_address *address = &call->address;
	const char *path = (const char *)&address->storage + LUASOCKET_FAMILY;

	return call->socket->family == AF_UNIX &&
	       address->length > LUASOCKET_FAMILY && *path == '/' &&
	       has_init_root();
}

static int luasocket_visit(void *argument)
{
	struct luasocket_lookup *lookup = argument;
	const struct cred *own = override_creds(lookup->cred);
	int ret = luasocket_deep(lookup->function, &lookup->call);

	revert_creds(own);
	return ret;
}

static void luasocket_endlookup(void *argument)
{
	struct luasocket_lookup *lookup = argument;
	lunatik_object_t *object = lookup->call.socket->self;

	luasocket_put(lookup->call.socket);
	lunatik_putobject(object);
	put_cred(lookup->cred);
	kfree(lookup);
}

/*
 * Call a function that may look up a path. A file system that does not answer (FUSE, NFS) answers no signal either: a
 * thread waits for it, and keeps the socket if it is left behind.
 */
static int luasocket_name(lua_State *L, int (*function)(void *call),
			  struct luasocket_call *call)
{
	struct luasocket_lookup *lookup;
	int ret;

	if (!luasocket_haspath(call))
		return luasocket_deep(function, call);
	lookup = kzalloc(sizeof(*lookup), LUNATIK_GFP);
	if (!lookup)
		return -ENOMEM;
	lookup->call = *call;
	lookup->function = function;
	lookup->cred = get_current_cred();
	lunatik_getobject(call->socket->self);
	refcount_inc(&call->socket->users);
	if (lunatik_detour_pass(L, THIS_MODULE, luasocket_visit,
				luasocket_endlookup, lookup, &ret))
		luasocket_endlookup(lookup);
	return ret;
}

/* ---- send and receive ---------------------------------------------------- */

static bool luasocket_trysend(struct luasocket_call *call)
{
	size_t left = call->length - call->done;
	struct kvec vec = { .iov_base = call->buffer + call->done };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };

	if (call->whole)
		left = min_t(size_t, left, LUASOCKET_CHUNK);
	vec.iov_len = left;
	if (call->address.length) {
		msg.msg_name = &call->address.storage;
		msg.msg_namelen = call->address.length;
	}
	if (luasocket_isclosed(call->socket)) {
		call->result = -EBADF;
		return true;
	}
	call->result = kernel_sendmsg(call->socket->sock, &msg, &vec, 1, left);
	return call->result != -EAGAIN;
}

/*
 * Some families take numbers of file descriptors: a netlink request is carried
 * out at once, in the sender. A task that exits has no table of them any more,
 * and the kernel does not ask.
 */
static void luasocket_checkfiles(lua_State *L, const struct luasocket *socket)
{
	if (!(current->flags & PF_EXITING))
		return;
	switch (socket->family) {
	case AF_NETLINK:
	case AF_PPPOX:
	case AF_XDP:
		luasocket_raise(L, -ESRCH);
	}
}

/*
 * s:send(message [, addr [, port]]) - send, and return the number of bytes
 *
 * message: string. A stream sends all of it, however long that takes. Other
 *	types send it as one message.
 * addr, port: the destination, as for bind(), by default the connected peer
 *
 * Bytes sent: fewer than asked for if a stream's wait was ended by a signal, a
 * stop or the peer. Raises errno numbers (EPIPE without a signal; ESRCH
 * from a task that exits, for AF_NETLINK, AF_PPPOX and AF_XDP). Context:
 * process; sleeps. Kernel: <linux/net.h>, kernel_sendmsg().
 */
static int luasocket_send(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.send");
	struct luasocket_call call = {
		.socket = socket,
		.try = luasocket_trysend,
		.interval = LUASOCKET_OUTPUT,
		.whole = socket->type == SOCK_STREAM,
	};
	int ret;

	luasocket_checkfiles(L, socket);
	if (!lua_isnoneornil(L, 3) || !lua_isnoneornil(L, 4))
		luasocket_checkaddress(L, 3, socket, &call.address);
	call.buffer = (char *)luaL_checklstring(L, 2, &call.length);
	luasocket_get(L, socket);
	ret = luasocket_transfer(L, &call);
	luasocket_put(socket);
	if (ret < 0)
		return luasocket_raise(L, ret);
	lua_pushinteger(L, ret);
	return 1;
}

static bool luasocket_tryreceive(struct luasocket_call *call)
{
	size_t left = call->length - call->done;
	struct kvec vec = {
		.iov_base = call->buffer + call->done,
		.iov_len = left,
	};
	struct msghdr msg = { .msg_name = &call->address.storage };

	if (luasocket_isclosed(call->socket)) {
		call->result = -EBADF;
		return true;
	}
	call->result = kernel_recvmsg(call->socket->sock, &msg, &vec, 1, left,
				      call->flags | MSG_DONTWAIT);
	call->address.length = msg.msg_namelen;
	return call->result != -EAGAIN;
}

/* Connected streams do not say with each byte where it comes from. */
static void luasocket_findsender(struct luasocket_call *call)
{
	struct luasocket_address *from = &call->address;

	if (from->length)
		return;
	memset(&from->storage, 0, sizeof(from->storage));
	from->length = max(kernel_getpeername(call->socket->sock,
					      (void *)&from->storage), 0);
}

/* Prepare a receive of at most the bytes of argument 2: a buffer is pushed. */
static void luasocket_checkreceive(lua_State *L, struct luasocket_call *call)
{
	call->length = luasocket_checkrange(L, 2, 0, INT_MAX);
	call->flags = luasocket_optflags(L, 3);
	call->interval = call->flags & LUASOCKET_ATONCE ? 0 : LUASOCKET_INPUT;
	call->whole = (call->flags & MSG_WAITALL) &&
		      !(call->flags & (MSG_PEEK | LUASOCKET_ATONCE)) &&
		      call->socket->type == SOCK_STREAM;
	call->buffer = lua_newuserdatauv(L, max_t(size_t, call->length, 1), 0);
	/* Then the bytes counted may be more than those written. */
	if (call->flags & MSG_TRUNC)
		memset(call->buffer, 0, call->length);
}

/*
 * s:receive(length [, flags = 0 [, from = false]]) - receive a string
 *
 * length: int, bytes, 0 .. 2^31 - 1; the runtime's memory limits it
 * flags: int, socket.msg.*
 * from: also return the sender's address
 *
 * A string (empty at the end of a stream), then the address if wanted and
 * known, then, with MSG_TRUNC, the length of the whole message. Raises errno
 * numbers, EAGAIN with MSG_DONTWAIT. Context: process; sleeps. Kernel:
 * <linux/net.h>, kernel_recvmsg().
 */
static int luasocket_receive(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.receive");
	struct luasocket_call call = {
		.socket = socket,
		.try = luasocket_tryreceive,
	};
	int family = socket->family;
	bool from = lua_toboolean(L, 4);
	int ret, results = 1;

	luasocket_checkreceive(L, &call);
	luasocket_get(L, socket);
	ret = luasocket_transfer(L, &call);
	if (ret >= 0 && from)
		luasocket_findsender(&call);
	luasocket_put(socket);
	if (ret < 0)
		return luasocket_raise(L, ret);
	lua_pushlstring(L, call.buffer, min_t(size_t, ret, call.length));
	if (from && call.address.length)
		results += luasocket_pushaddress(L, family, &call.address);
	if (call.flags & MSG_TRUNC) {
		lua_pushinteger(L, ret);
		results++;
	}
	return results;
}

/* ---- bind and listen ----------------------------------------------------- */

static bool luasocket_istcp(struct luasocket *socket)
{
	return (socket->family == AF_INET || socket->family == AF_INET6) &&
	       socket->sock->sk->sk_protocol == IPPROTO_TCP;
}

static void luasocket_setreuse(struct luasocket *socket, int reuse)
{
	struct sock *sk = socket->sock->sk;

	lock_sock(sk);
	sk->sk_reuse = reuse;
	release_sock(sk);
}

static int luasocket_kernelbind(void *argument)
{
	struct luasocket_call *call = argument;

	/* A file gets this mode, less the umask of the thread that makes it. */
	SOCK_INODE(call->socket->sock)->i_mode =
		S_IFSOCK | (0777 & ~call->umask);
	return kernel_bind(call->socket->sock, (void *)&call->address.storage,
			   call->address.length);
}

/* Connections that a stopped server left behind (TIME_WAIT) keep no port. */
static int luasocket_rebind(void *argument)
{
	struct luasocket_call *call = argument;
	struct luasocket *socket = call->socket;
	int err;

	if (!luasocket_istcp(socket))
		return -EADDRINUSE;
	luasocket_setreuse(socket, SK_CAN_REUSE);
	err = luasocket_kernelbind(call);
	luasocket_setreuse(socket, SK_NO_REUSE);
	return err;
}

static int luasocket_dobind(lua_State *L, struct luasocket_call *call)
{
	int err = luasocket_name(L, luasocket_kernelbind, call);

	if (err != -EADDRINUSE)
		return err;
	/* Sockets that were dropped give their addresses back a little later. */
	lunatik_settle(L);
	err = luasocket_name(L, luasocket_kernelbind, call);
	return err == -EADDRINUSE ? luasocket_deep(luasocket_rebind, call) : err;
}

/*
 * s:bind(addr [, port]) - give the socket an address
 *
 * addr: for AF_INET an int, the IPv4 address in host byte order; for AF_PACKET
 *	the index of an interface, or a packed string, completed with zeros, and
 *	an optional index. For others a packed string: all behind the family
 * port: AF_INET: int, 0 .. 65535
 *
 * Nothing. Raises errno numbers (EADDRINUSE, EADDRNOTAVAIL, EINVAL). Context:
 * process; sleeps. Kernel: <linux/net.h>, kernel_bind().
 */
static int luasocket_bind(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.bind");
	struct luasocket_call call = { .socket = socket };
	int err;

	luasocket_checkfiles(L, socket);
	luasocket_checkaddress(L, 2, socket, &call.address);
	if (socket->family == AF_UNIX)
		call.umask = current_umask();
	luasocket_get(L, socket);
	err = luasocket_dobind(L, &call);
	luasocket_put(socket);
	return err ? luasocket_raise(L, err) : 0;
}

static int luasocket_dolisten(void *argument)
{
	struct luasocket_call *call = argument;

	if (luasocket_istcp(call->socket))
		luasocket_setreuse(call->socket, SK_CAN_REUSE);
	return kernel_listen(call->socket->sock, call->length);
}

/*
 * s:listen([backlog = SOMAXCONN]) - let others connect
 *
 * backlog: int; more than net.core.somaxconn counts as that, like a negative
 *	number
 *
 * Nothing. Raises errno numbers. Context: process; sleeps. Kernel:
 * <linux/net.h>, kernel_listen().
 */
static int luasocket_listen(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.listen");
	lua_Integer backlog = luaL_optinteger(L, 2, SOMAXCONN);
	struct luasocket_call call = { .socket = socket };
	int limit, err;

	luasocket_get(L, socket);
	limit = READ_ONCE(sock_net(socket->sock->sk)->core.sysctl_somaxconn);
	call.length = min_t(lua_Unsigned, backlog, limit);
	err = lunatik_calldeep(luasocket_dolisten, &call);
	luasocket_put(socket);
	return err ? luasocket_raise(L, err) : 0;
}

/* ---- accept and connect -------------------------------------------------- */

/*
 * As accept4() does it: kernel_accept() sets the operations after the protocol,
 * which may have chosen others for what it accepts (MPTCP, AF_ALG).
 */
static int luasocket_doaccept(struct socket *sock, struct socket **accepted)
{
	struct socket *new;
	int err;

	/* SMC, a family or a protocol of AF_INET, takes the file of the new socket for granted. */
	if (sock->sk->sk_family == AF_SMC ||
	    sock->sk->sk_protocol == LUASOCKET_SMC)
		return -EOPNOTSUPP;
	err = sock_create_lite(sock->sk->sk_family, sock->type,
			       sock->sk->sk_protocol, &new);
	if (err)
		return err;
	new->ops = READ_ONCE(sock->ops);
	__module_get(new->ops->owner);
	err = socket_accept(sock, new, O_NONBLOCK);
	if (err)
		sock_release(new);
	else
		*accepted = new;
	return err;
}

static bool luasocket_tryaccept(struct luasocket_call *call)
{
	if (luasocket_isclosed(call->socket))
		call->result = -EBADF;
	else
		call->result = luasocket_doaccept(call->socket->sock,
						  &call->accepted);
	return call->result != -EAGAIN;
}

/*
 * s:accept([flags = 0]) - take a connection as a new socket
 *
 * flags: int, socket.sock.NONBLOCK: raise EAGAIN instead of waiting
 *
 * A new socket. Raises errno numbers; EOPNOTSUPP also for SMC. Context:
 * process; sleeps. Kernel: <linux/net.h>, struct proto_ops.
 */
static int luasocket_accept(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.accept");
	bool nonblock = luasocket_checknonblock(L, 2);
	struct luasocket_call call = {
		.socket = socket,
		.try = luasocket_tryaccept,
		.interval = nonblock ? 0 : LUASOCKET_INPUT,
	};
	struct luasocket *new = luasocket_push(L);
	int err;

	luasocket_get(L, socket);
	err = luasocket_perform(L, &call);
	if (!err)
		err = call.result;
	/* As long as the listener is there, so is the namespace of both. */
	if (!err)
		err = luasocket_adopt(new, call.accepted);
	luasocket_put(socket);
	return luasocket_finish(L, new, err);
}

static int luasocket_doconnect(struct luasocket_call *call)
{
	return kernel_connect(call->socket->sock,
			      (void *)&call->address.storage,
			      call->address.length, O_NONBLOCK);
}

/* A connection was begun: has it been made? */
static bool luasocket_isconnected(struct luasocket_call *call)
{
	struct socket *sock = call->socket->sock;
	const struct proto_ops *ops = READ_ONCE(sock->ops);
	int err;

	if (!(ops->poll(sock->file, sock, NULL) &
	      (EPOLLOUT | EPOLLERR | EPOLLHUP)))
		return false;
	err = sock_error(sock->sk);
	call->result = err;
	if (sock->state != SS_CONNECTING)
		return true;
	/* The socket itself learns of it by being asked once more. */
	call->result = luasocket_doconnect(call);
	if (call->result == -EISCONN)
		call->result = 0;
	if (err)
		call->result = err;
	return call->result != -EALREADY && call->result != -EINPROGRESS;
}

static bool luasocket_tryconnect(struct luasocket_call *call)
{
	if (luasocket_isclosed(call->socket)) {
		call->result = -EBADF;
		return true;
	}
	if (call->started)
		return luasocket_isconnected(call);
	call->result = luasocket_doconnect(call);
	call->started = call->result == -EINPROGRESS ||
			call->result == -EALREADY;
	if (call->started)
		return !call->socket->sock->ops->poll;
	/* The listener's backlog is full. */
	return call->socket->family != AF_UNIX || call->result != -EAGAIN;
}

static int luasocket_kernelconnect(void *call)
{
	return luasocket_doconnect(call);
}

/* As luasocket_tryconnect(): a full backlog wakes nobody here. */
static int luasocket_connectpath(lua_State *L, struct luasocket_call *call)
{
	do {
		call->result = luasocket_isclosed(call->socket) ? -EBADF :
			luasocket_name(L, luasocket_kernelconnect, call);
		if (call->result != -EAGAIN || !call->interval)
			return 0;
	} while (!lunatik_wait(L, NULL, NULL, NULL, call->interval,
			       TASK_INTERRUPTIBLE));
	return -EINTR;
}

/*
 * s:connect(addr [, port] [, flags = 0]) - connect to an address
 *
 * addr, port: as for bind(); only AF_INET has a port
 * flags: int, socket.sock.NONBLOCK: raise EINPROGRESS (AF_UNIX: EAGAIN)
 *	instead of waiting
 *
 * Nothing. Raises errno numbers (ECONNREFUSED, ETIMEDOUT, ENETUNREACH).
 * Context: process; sleeps. Kernel: <linux/net.h>, kernel_connect().
 */
static int luasocket_connect(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.connect");
	bool nonblock = luasocket_checknonblock(L, socket->family == AF_INET ?
						4 : 3);
	struct luasocket_call call = {
		.socket = socket,
		.try = luasocket_tryconnect,
		.interval = nonblock ? 0 : LUASOCKET_OUTPUT,
	};
	int err;

	luasocket_checkfiles(L, socket);
	luasocket_checkaddress(L, 2, socket, &call.address);
	luasocket_get(L, socket);
	if (luasocket_haspath(&call))
		err = luasocket_connectpath(L, &call);
	else
		err = luasocket_perform(L, &call);
	luasocket_put(socket);
	if (!err)
		err = call.result;
	return err ? luasocket_raise(L, err) : 0;
}

/* ---- names, close -------------------------------------------------------- */

static int luasocket_pushname(lua_State *L, const char *what,
			      int (*getname)(struct luasocket *socket,
					     struct luasocket_address *name))
{
	struct luasocket *socket = luasocket_check(L, what);
	struct luasocket_address name = { .length = 0 };

	luasocket_get(L, socket);
	name.length = getname(socket, &name);
	luasocket_put(socket);
	if (name.length < 0)
		return luasocket_raise(L, name.length);
	return luasocket_pushaddress(L, socket->family, &name);
}

static int luasocket_sockname(struct luasocket *socket,
			      struct luasocket_address *name)
{
	return kernel_getsockname(socket->sock, (void *)&name->storage);
}

static int luasocket_peername(struct luasocket *socket,
			      struct luasocket_address *name)
{
	return kernel_getpeername(socket->sock, (void *)&name->storage);
}

/*
 * s:getsockname() - the address of this end
 *
 * AF_INET: address and port, ints in host byte order; other families: the
 * bytes that follow the family field, as many as the kernel reports. Raises
 * errno numbers. Context: process; sleeps. Kernel: <linux/net.h>.
 */
static int luasocket_getsockname(lua_State *L)
{
	return luasocket_pushname(L, "socket.getsockname", luasocket_sockname);
}

/*
 * s:getpeername() - the address of the other end
 *
 * As getsockname(), for the other end. Raises ENOTCONN without one.
 */
static int luasocket_getpeername(lua_State *L)
{
	return luasocket_pushname(L, "socket.getpeername", luasocket_peername);
}

/*
 * s:close(), also by `local s <close>` - close the socket, for every handle
 *
 * Shuts down both directions and releases the socket; calls of other runtimes
 * that wait for it raise EBADF. The handle is void afterwards, and so is every
 * other. Context: process; sleeps.
 */
static int luasocket_close(lua_State *L)
{
	struct luasocket *socket = luasocket_check(L, "socket.close");

	if (!luasocket_shut(socket))
		luaL_argerror(L, 1, LUNATIK_ERR_NULLPTR);
	return lunatik_closeobject(L);
}

/* No handle is left, so that no call is in progress. */
static void luasocket_release(void *private)
{
	struct luasocket *socket = private;

	if (socket->sock)
		luasocket_shut(socket);
	if (socket->queues)
		lunatik_uncharge(socket->self, socket->queues);
	if (socket->self)
		lunatik_uncharge(socket->self, LUASOCKET_MEMORY);
}

static const luaL_Reg luasocket_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"__close", luasocket_close},
	{"close", luasocket_close},
	{"send", luasocket_send},
	{"receive", luasocket_receive},
	{"bind", luasocket_bind},
	{"listen", luasocket_listen},
	{"accept", luasocket_accept},
	{"connect", luasocket_connect},
	{"getsockname", luasocket_getsockname},
	{"getpeername", luasocket_getpeername},
	{NULL, NULL}
};

static const lunatik_class_t luasocket_class = {
	.name = "socket",
	.methods = luasocket_methods,
	.release = luasocket_release,
	.sleep = true,
	.owner = THIS_MODULE,
};

/*
 * socket.new(family, type, protocol) - make a socket
 *
 * family: int, socket.af.*
 * type: int, socket.sock.*
 * protocol: int, socket.ipproto.* or the family's own
 *
 * A socket in the network namespace of the calling task. Raises errno numbers
 * (EAFNOSUPPORT, EPROTONOSUPPORT, EPERM; ESRCH from a task that exits, which
 * has no namespace any more). Context: process; sleeps. Kernel: <linux/net.h>,
 * sock_create().
 */
static int luasocket_new(lua_State *L)
{
	int family = luasocket_checkrange(L, 1, INT_MIN, INT_MAX);
	int type = luasocket_checkrange(L, 2, INT_MIN, INT_MAX);
	int protocol = luasocket_checkrange(L, 3, INT_MIN, INT_MAX);
	struct luasocket *socket;
	struct socket *sock;
	int err;

	lunatik_checkclass(L, &luasocket_class);
	lunatik_checksleep(L, "socket.new");
	if (!lunatik_hasnamespaces())
		return luasocket_raise(L, -ESRCH);
	socket = luasocket_push(L);
	/* Not by a worker: it belongs to the cgroup of this task, whose signals end a modprobe that hangs. */
	err = sock_create(family, type, protocol, &sock);
	if (!err)
		err = luasocket_adopt(socket, sock);
	return luasocket_finish(L, socket, err);
}

static const luaL_Reg luasocket_lib[] = {
	{"new", luasocket_new},
	{NULL, NULL}
};

/* ---- constants ------------------------------------------------------------- */

#define LUASOCKET_AF(name)	{#name, AF_##name}
#define LUASOCKET_SOCK(name)	{#name, SOCK_##name}
#define LUASOCKET_IPPROTO(name)	{#name, IPPROTO_##name}
#define LUASOCKET_MSG(name)	{#name, (u32)MSG_##name}

/* <linux/socket.h> */
static const lunatik_reg_t luasocket_af[] = {
	LUASOCKET_AF(UNSPEC),
	LUASOCKET_AF(UNIX),
	LUASOCKET_AF(LOCAL),
	LUASOCKET_AF(INET),
	LUASOCKET_AF(AX25),
	LUASOCKET_AF(IPX),
	LUASOCKET_AF(APPLETALK),
	LUASOCKET_AF(NETROM),
	LUASOCKET_AF(BRIDGE),
	LUASOCKET_AF(ATMPVC),
	LUASOCKET_AF(X25),
	LUASOCKET_AF(INET6),
	LUASOCKET_AF(ROSE),
	LUASOCKET_AF(DECnet),
	{"DEC", AF_DECnet},
	LUASOCKET_AF(NETBEUI),
	LUASOCKET_AF(SECURITY),
	LUASOCKET_AF(KEY),
	LUASOCKET_AF(NETLINK),
	LUASOCKET_AF(ROUTE),
	LUASOCKET_AF(PACKET),
	LUASOCKET_AF(ASH),
	LUASOCKET_AF(ECONET),
	LUASOCKET_AF(ATMSVC),
	LUASOCKET_AF(RDS),
	LUASOCKET_AF(SNA),
	LUASOCKET_AF(IRDA),
	LUASOCKET_AF(PPPOX),
	LUASOCKET_AF(WANPIPE),
	LUASOCKET_AF(LLC),
	LUASOCKET_AF(IB),
	LUASOCKET_AF(MPLS),
	LUASOCKET_AF(CAN),
	LUASOCKET_AF(TIPC),
	LUASOCKET_AF(BLUETOOTH),
	LUASOCKET_AF(IUCV),
	LUASOCKET_AF(RXRPC),
	LUASOCKET_AF(ISDN),
	LUASOCKET_AF(PHONET),
	LUASOCKET_AF(IEEE802154),
	LUASOCKET_AF(CAIF),
	LUASOCKET_AF(ALG),
	LUASOCKET_AF(NFC),
	LUASOCKET_AF(VSOCK),
	LUASOCKET_AF(KCM),
	LUASOCKET_AF(QIPCRTR),
	LUASOCKET_AF(SMC),
	LUASOCKET_AF(XDP),
#ifdef AF_MCTP
	LUASOCKET_AF(MCTP),
#endif
	LUASOCKET_AF(MAX),
	{NULL, 0}
};

/* <linux/net.h> */
static const lunatik_reg_t luasocket_sock[] = {
	LUASOCKET_SOCK(STREAM),
	LUASOCKET_SOCK(DGRAM),
	LUASOCKET_SOCK(RAW),
	LUASOCKET_SOCK(RDM),
	LUASOCKET_SOCK(SEQPACKET),
	LUASOCKET_SOCK(DCCP),
	LUASOCKET_SOCK(PACKET),
	LUASOCKET_SOCK(CLOEXEC),
	LUASOCKET_SOCK(NONBLOCK),
	{NULL, 0}
};

/* <uapi/linux/in.h> */
static const lunatik_reg_t luasocket_ipproto[] = {
	LUASOCKET_IPPROTO(IP),
	LUASOCKET_IPPROTO(ICMP),
	LUASOCKET_IPPROTO(IGMP),
	LUASOCKET_IPPROTO(IPIP),
	LUASOCKET_IPPROTO(TCP),
	LUASOCKET_IPPROTO(EGP),
	LUASOCKET_IPPROTO(PUP),
	LUASOCKET_IPPROTO(UDP),
	LUASOCKET_IPPROTO(IDP),
	LUASOCKET_IPPROTO(TP),
	LUASOCKET_IPPROTO(DCCP),
	LUASOCKET_IPPROTO(IPV6),
	LUASOCKET_IPPROTO(RSVP),
	LUASOCKET_IPPROTO(GRE),
	LUASOCKET_IPPROTO(ESP),
	LUASOCKET_IPPROTO(AH),
	LUASOCKET_IPPROTO(MTP),
	LUASOCKET_IPPROTO(BEETPH),
	LUASOCKET_IPPROTO(ENCAP),
	LUASOCKET_IPPROTO(PIM),
	LUASOCKET_IPPROTO(COMP),
	LUASOCKET_IPPROTO(L2TP),
	LUASOCKET_IPPROTO(SCTP),
	LUASOCKET_IPPROTO(UDPLITE),
	LUASOCKET_IPPROTO(MPLS),
#ifdef IPPROTO_ETHERNET
	LUASOCKET_IPPROTO(ETHERNET),
#endif
	LUASOCKET_IPPROTO(RAW),
#ifdef IPPROTO_MPTCP
	LUASOCKET_IPPROTO(MPTCP),
#endif
	{NULL, 0}
};

/* <linux/socket.h>; flags that only the network stack itself uses come and go */
static const lunatik_reg_t luasocket_msg[] = {
	LUASOCKET_MSG(OOB),
	LUASOCKET_MSG(PEEK),
	LUASOCKET_MSG(DONTROUTE),
#ifdef MSG_TRYHARD
	LUASOCKET_MSG(TRYHARD),
#endif
	LUASOCKET_MSG(CTRUNC),
#ifdef MSG_PROBE
	LUASOCKET_MSG(PROBE),
#endif
	LUASOCKET_MSG(TRUNC),
	LUASOCKET_MSG(DONTWAIT),
	LUASOCKET_MSG(EOR),
	LUASOCKET_MSG(WAITALL),
#ifdef MSG_FIN
	LUASOCKET_MSG(FIN),
#endif
#ifdef MSG_SYN
	LUASOCKET_MSG(SYN),
#endif
	LUASOCKET_MSG(CONFIRM),
#ifdef MSG_RST
	LUASOCKET_MSG(RST),
#endif
	LUASOCKET_MSG(ERRQUEUE),
	LUASOCKET_MSG(NOSIGNAL),
	LUASOCKET_MSG(MORE),
	LUASOCKET_MSG(WAITFORONE),
#ifdef MSG_SENDPAGE_NOPOLICY
	LUASOCKET_MSG(SENDPAGE_NOPOLICY),
#endif
#ifdef MSG_SENDPAGE_NOTLAST
	LUASOCKET_MSG(SENDPAGE_NOTLAST),
#endif
	LUASOCKET_MSG(BATCH),
#ifdef MSG_EOF
	LUASOCKET_MSG(EOF),
#endif
#ifdef MSG_NO_SHARED_FRAGS
	LUASOCKET_MSG(NO_SHARED_FRAGS),
#endif
#ifdef MSG_SENDPAGE_DECRYPTED
	LUASOCKET_MSG(SENDPAGE_DECRYPTED),
#endif
	LUASOCKET_MSG(ZEROCOPY),
	LUASOCKET_MSG(FASTOPEN),
	LUASOCKET_MSG(CMSG_CLOEXEC),
	{NULL, 0}
};

/* The names above that stand below #ifdef. */
static const char *const luasocket_rareaf[] = {"MCTP", NULL};
static const char *const luasocket_rareipproto[] = {
	"ETHERNET", "MPTCP", NULL
};
static const char *const luasocket_raremsg[] = {
	"TRYHARD", "PROBE", "FIN", "SYN", "RST", "SENDPAGE_NOPOLICY",
	"SENDPAGE_NOTLAST", "EOF", "NO_SHARED_FRAGS", "SENDPAGE_DECRYPTED", NULL
};

static const lunatik_namespace_t luasocket_namespaces[] = {
	{"af", luasocket_af, .rare = luasocket_rareaf},
	{"sock", luasocket_sock},
	{"ipproto", luasocket_ipproto, .rare = luasocket_rareipproto},
	{"msg", luasocket_msg, .rare = luasocket_raremsg},
	{NULL, NULL}
};

LUNATIK_NEWLIB(socket, luasocket_lib, &luasocket_class, luasocket_namespaces);

MODULE_DESCRIPTION("Lunatik: sockets in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
