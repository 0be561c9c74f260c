// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luadevice.c - the device library: character devices whose operations are Lua
 *
 * A script passes a table of callbacks, looked up at each call. With a field
 * "session" each open file has a runtime of its own instead, whose script
 * returns such a table; the field "privileged" asks for the right to load
 * modules.
 *
 * Lifetimes: the node (struct device and cdev) lives until the last file is
 * closed, and holds the device object; the object is the hook's, which the
 * runtime owns until stop. A file that outlives the device gets ENXIO. An entry
 * touches nothing of user space: a buffer holds the data outside of it, so that
 * a page fault never holds a runtime's lock.
 *
 * A task that exits does not wait for a busy runtime: it may have a thousand open
 * files. A work item of the device releases them, one after the other.
 *
 * Bytes that a read callback returned are gone if user space takes them at a bad
 * address (EFAULT).
 */
#include <linux/cdev.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include <lunatik_binding.h>
#include <lunatik_event.h>
#include "devnode.h"
#include "freezable.h"

#define LUADEVICE_MINORS	4096
#define LUADEVICE_MAXNAME	63
#define LUADEVICE_MAXSESSION	127
#define LUADEVICE_MAXWRITE	SZ_1M
#define LUADEVICE_SESSIONS	64	/* files that may be open at once, if the driver says nothing */
#define LUADEVICE_MAXSESSIONS	1024
#define LUADEVICE_USERS		4	/* it takes so many users to open all of them */

enum luadevice_op {
	LUADEVICE_OPEN,
	LUADEVICE_RELEASE,
	LUADEVICE_READ,
	LUADEVICE_WRITE,
	LUADEVICE_OPS,
};

static const char *const luadevice_opnames[] = {
	"open", "release", "read", "write", NULL
};

static const char *const luadevice_options[] = {
	"name", "mode", "session", "sessions", "privileged", NULL
};

/**
 * struct luadevice_node - what the kernel knows of a device
 * @object: the device, one reference
 * @mode: permissions of the node; 0 for the default
 * @taken: format of the error that says what lies in its place, or NULL
 */
struct luadevice_node {
	struct device dev;
	struct cdev cdev;
	lunatik_object_t *object;
	umode_t mode;
	const char *taken;
};

/**
 * struct luadevice_late - files that are still to be released
 * @files: linked by @late of struct luadevice_file
 * @work: releases them, waiting for the runtime
 */
struct luadevice_late {
	struct llist_head files;
	struct work_struct work;
};

/**
 * struct luadevice - private area of a device object
 * @late: its files
 * @node: one reference, until unregistered
 * @privileged: opening needs the right to load modules
 * @session: script of the runtime that each file gets, or empty
 * @most: files with a session that may be open at once
 * @files: those that are
 */
struct luadevice {
	struct lunatik_hook hook;
	struct luadevice_late late;
	struct luadevice_node *node;
	bool privileged;
	char session[LUADEVICE_MAXSESSION + 1];
	unsigned int most;
	struct list_head files;
};

/**
 * struct luadevice_session - private area of the object behind a session's file
 */
struct luadevice_session {
	struct lunatik_hook hook;
	struct luadevice_late late;
};

/**
 * struct luadevice_file - an open file
 * @node: alive as long as the file is, by the reference of the cdev
 * @object: one reference; the device, or the session
 * @hook: through which to enter; inside @object
 * @runtime: of the session, one reference; or NULL
 * @sibling: in the files of the device, if it has a session
 * @user: of the task that opened it
 * @queue: where it is put if the task that closes it must not wait
 * @late: in @queue
 */
struct luadevice_file {
	struct luadevice_node *node;
	lunatik_object_t *object;
	struct lunatik_hook *hook;
	lunatik_object_t *runtime;
	struct list_head sibling;
	kuid_t user;
	struct luadevice_late *queue;
	struct llist_node late;
};

/**
 * struct luadevice_call - one file operation on its way through Lua
 * @op: which
 * @hook: the file's
 * @buffer: data to write, or the data read; the caller frees it
 * @length: of the data to write; the most to read
 * @offset: file position, before and after
 * @result: of the system call
 * @missing: the driver has no such callback
 * @waits: for the runtime, whatever comes, until it is stopped
 * @entered: the runtime was entered
 */
struct luadevice_call {
	enum luadevice_op op;
	struct lunatik_hook *hook;
	char *buffer;
	size_t length;
	loff_t offset;
	ssize_t result;
	bool missing;
	bool waits;
	bool entered;
};

static const lunatik_class_t luadevice_class;
static dev_t luadevice_numbers;
static DEFINE_IDA(luadevice_minors);
static struct workqueue_struct *luadevice_releases;
static DEFINE_MUTEX(luadevice_mutex);	/* names are checked and taken at once */
static DEFINE_SPINLOCK(luadevice_fileslock);

/* ---- callbacks ----------------------------------------------------------- */

/* Absent: @offset stays. Return: false if it is neither an integer nor valid. */
static bool luadevice_tooffset(lua_State *L, int ix, loff_t *offset)
{
	lua_Integer value;
	int isnum;

	if (lua_isnoneornil(L, ix))
		return true;
	value = lua_tointegerx(L, ix, &isnum);
	if (!isnum || value < 0)
		return false;
	*offset = value;
	return true;
}

/* The string is copied last, when nothing can raise any more. */
static void luadevice_readresult(lua_State *L, struct luadevice_call *call)
{
	const char *data = "";
	size_t length = 0;

	if (!lua_isnil(L, -2) && !lua_isstring(L, -2)) {
		call->result = -EINVAL;
		return;
	}
	if (!lua_isnil(L, -2))
		data = lua_tolstring(L, -2, &length);
	length = min(length, call->length);
	call->offset += length;
	call->result = length;
	if (!luadevice_tooffset(L, -1, &call->offset))
		call->result = -EINVAL;
	if (call->result <= 0)
		return;
	call->buffer = kvmalloc(length, LUNATIK_GFP_CALLER);
	if (call->buffer)
		memcpy(call->buffer, data, length);
	else
		call->result = -ENOMEM;
}

/* string, offset, call -> nothing */
static int luadevice_doresults(lua_State *L)
{
	struct luadevice_call *call = lua_touserdata(L, 3);

	lua_settop(L, 2);
	luadevice_readresult(L, call);
	return 0;
}

/* The results at the top of the stack are more than a few bytes, or none that driver:read() may give. */
static int luadevice_takeresults(struct lunatik_entry *entry,
				 struct luadevice_call *call)
{
	lua_State *L = entry->L;

	lua_pushcfunction(L, luadevice_doresults);
	lua_insert(L, -3);
	lua_pushlightuserdata(L, call);
	return lunatik_call(entry, 3, 0);
}

static void luadevice_writeresult(lua_State *L, struct luadevice_call *call)
{
	lua_Integer written = call->length;
	int isnum = true;

	if (!lua_isnil(L, -2))
		written = lua_tointegerx(L, -2, &isnum);
	if (written < 0 || written > call->length)
		written = call->length;
	call->offset += written;
	call->result = written;
	if (!isnum || !luadevice_tooffset(L, -1, &call->offset))
		call->result = -EINVAL;
}

/*
 * The closure through which every operation goes. Upvalues: the driver, then
 * the names of the operations, so that looking one up makes no string.
 */
static int luadevice_dispatch(lua_State *L)
{
	struct luadevice_call *call = lua_touserdata(L, 1);

	lua_pushvalue(L, lua_upvalueindex(2 + call->op));
	if (lua_gettable(L, lua_upvalueindex(1)) == LUA_TNIL) {
		call->missing = true;
		return 0;
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	switch (call->op) {
	case LUADEVICE_READ:
		lua_pushinteger(L, call->length);
		lua_pushinteger(L, call->offset);
		lua_call(L, 3, 2);
		luadevice_readresult(L, call);
		break;
	case LUADEVICE_WRITE:
		lua_pushlstring(L, call->buffer, call->length);
		lua_pushinteger(L, call->offset);
		lua_call(L, 3, 2);
		luadevice_writeresult(L, call);
		break;
	default:
		lua_call(L, 1, 0);
	}
	return 0;
}

/* Push the closure for the driver at @ix. */
static void luadevice_pushdispatch(lua_State *L, int ix)
{
	int op;

	ix = lua_absindex(L, ix);
	lua_pushvalue(L, ix);
	for (op = 0; op < LUADEVICE_OPS; op++)
		lua_pushstring(L, luadevice_opnames[op]);
	lua_pushcclosure(L, luadevice_dispatch, 1 + LUADEVICE_OPS);
}

/* A device keeps the closure at slot 1 of its hook's Lua thread, and the driver and the name "read" behind it. */
static int luadevice_calldevice(struct lunatik_entry *entry,
				struct luadevice_call *call)
{
	lua_pushvalue(entry->L, 1);
	lua_pushlightuserdata(entry->L, call);
	return lunatik_call(entry, 1, 0);
}

/* A session's hook has no thread: its closure is in the registry. */
static int luadevice_callsession(lua_State *L)
{
	struct luadevice_call *call = lua_touserdata(L, 1);

	lunatik_getregistry(L, call->hook);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 0);
	return 0;
}

/* The error itself is in the log already. */
static ssize_t luadevice_failure(struct lunatik_hook *hook)
{
	/* A call that was cut off to let its cgroup freeze is made again, but not a session's chunk. */
	if (freezer_traps() && !fatal_signal_pending(current) &&
	    !(hook->type->flags & LUNATIK_SIGNALS))
		return -ERESTARTSYS;
	if (signal_pending(current))
		return -EINTR;
	return READ_ONCE(hook->armed) ? -ECANCELED : -ENXIO;
}

/* The end of a call. Return: its result, or a negative errno */
static ssize_t luadevice_finish(struct luadevice_file *file,
				struct luadevice_call *call, int status)
{
	const char *problem;

	if (status != LUA_OK)
		return luadevice_failure(file->hook);
	/* Opening and closing need nothing of the script: it may lack these callbacks. */
	if (call->missing && (call->op == LUADEVICE_RELEASE || call->op == LUADEVICE_OPEN))
		return 0;
	if (!call->missing && call->result != -EINVAL)
		return call->result;
	problem = call->missing ? "operation isn't defined" :
		  call->op == LUADEVICE_READ ?
		  "invalid result (a string and the new offset, or nil, expected)" :
		  "invalid result (a number of bytes and the new offset, or nil, expected)";
	lunatik_warn(file->hook->runtime, "device", "%s: %s for /dev/%s",
		     luadevice_opnames[call->op], problem,
		     dev_name(&file->node->dev));
	return call->missing ? -ENXIO : -EINVAL;
}

/* Run one operation. Return: its result, or a negative errno */
static ssize_t luadevice_run(struct luadevice_file *file,
			     struct luadevice_call *call)
{
	struct lunatik_entry entry;
	int status;

	call->hook = file->hook;
	status = call->waits ? lunatik_hook_enterlate(file->hook, &entry) :
			       lunatik_enter(file->hook, &entry);
	if (status)
		return status;
	call->entered = true;
	if (file->runtime)
		status = lunatik_protect(&entry, luadevice_callsession, call);
	else
		status = luadevice_calldevice(&entry, call);
	lunatik_leave(&entry);
	return luadevice_finish(file, call, status);
}

/* ---- files that are released late -------------------------------------------- */

static void luadevice_latework(struct work_struct *work);

static struct luadevice_late *luadevice_initlate(struct luadevice_late *late)
{
	init_llist_head(&late->files);
	INIT_WORK(&late->work, luadevice_latework);
	return late;
}

/* ---- sessions --------------------------------------------------------------- */

/* There is nothing in the kernel to unregister: the file enters, or it does not. */
static void luadevice_unregistersession(struct lunatik_hook *hook)
{
}

static const struct lunatik_hooktype luadevice_sessiontype = {
	.name = "session",
	.contexts = LUNATIK_IN_PROCESS,
	.flags = LUNATIK_MAYSLEEP | LUNATIK_SIGNALS | LUNATIK_SYSCALL |
		 LUNATIK_LATE,
	.unregister = luadevice_unregistersession,
};

static void luadevice_releasesession(void *private)
{
	struct luadevice_session *session = private;

	lunatik_releasehook(&session->hook);
}

static const lunatik_class_t luadevice_sessionclass = {
	.name = "device",
	.release = luadevice_releasesession,
	.sleep = true,
	.owner = THIS_MODULE,
};

/* The session's body returned its driver: make the closure for it. */
static int luadevice_setupsession(lua_State *L)
{
	void *hook = lua_touserdata(L, 1);

	lunatik_body_push(L);
	if (!lua_istable(L, -1))
		return luaL_error(L, "the script of a session returned no driver (table expected, got %s)",
				  luaL_typename(L, -1));
	lunatik_checkmethods(L, -1, luadevice_opnames, luadevice_options);
	luadevice_pushdispatch(L, -1);
	lunatik_setregistry(L, -1, hook);
	return 0;
}

static int luadevice_hooksession(struct luadevice_file *file)
{
	struct lunatik_entry entry;
	int err;

	err = lunatik_attachhook(file->runtime, file->object, file->hook,
				 &luadevice_sessiontype);
	if (err)
		return err;
	err = lunatik_enter(file->hook, &entry);
	if (err)
		return err;
	if (lunatik_protect(&entry, luadevice_setupsession, file->hook))
		err = luadevice_failure(file->hook);
	lunatik_leave(&entry);
	return err;
}

/*
 * A session takes a runtime. A privileged device has no limit of its own.
 *
 * Return: 0, -EUSERS if too many files are open, or -EMFILE if the user has too many
 */
static int luadevice_admit(struct luadevice_file *file, struct luadevice *device)
{
	unsigned int all = 0, own = 0, most = device->most;
	struct luadevice_file *other;
	int err = 0;

	file->user = current_uid();
	spin_lock(&luadevice_fileslock);
	list_for_each_entry(other, &device->files, sibling) {
		all++;
		own += uid_eq(other->user, file->user);
	}
	if (device->privileged)
		;
	else if (all >= most)
		err = -EUSERS;
	else if (own >= DIV_ROUND_UP(most, LUADEVICE_USERS) &&
		 !uid_eq(file->user, GLOBAL_ROOT_UID))
		err = -EMFILE;
	if (!err)
		list_add(&file->sibling, &device->files);
	spin_unlock(&luadevice_fileslock);
	return err;
}

static int luadevice_opensession(struct luadevice_file *file,
				 struct luadevice *device)
{
	struct luadevice_session *session;
	int err = luadevice_admit(file, device);

	if (err)
		return err;

	file->object = lunatik_createobject(&luadevice_sessionclass,
					    sizeof(*session), true);
	if (!file->object)
		return -ENOMEM;
	session = file->object->private;
	file->hook = &session->hook;
	file->queue = luadevice_initlate(&session->late);
	err = lunatik_session_open(&file->runtime, device->session,
				   device->hook.runtime, device->privileged);
	return err ? err : luadevice_hooksession(file);
}

/* ---- file operations ------------------------------------------------------------ */

static void luadevice_freefile(struct luadevice_file *file)
{
	if (file->runtime)
		lunatik_stop(file->runtime);
	spin_lock(&luadevice_fileslock);
	list_del_init(&file->sibling);
	spin_unlock(&luadevice_fileslock);
	if (file->object)
		lunatik_putobject(file->object);
	kfree(file);
}

static int luadevice_bind(struct luadevice_file *file)
{
	struct luadevice *device = file->node->object->private;
	int err = device->privileged ? lunatik_access_check() : 0;

	if (err)
		return err;
	if (!READ_ONCE(device->hook.armed))
		return -ENXIO;
	if (device->session[0])
		return luadevice_opensession(file, device);
	lunatik_getobject(file->node->object);
	file->object = file->node->object;
	file->hook = &device->hook;
	file->queue = &device->late;
	return 0;
}

static int luadevice_open(struct inode *inode, struct file *filp)
{
	struct luadevice_call call = { .op = LUADEVICE_OPEN };
	struct luadevice_file *file = kzalloc(sizeof(*file),
					     LUNATIK_GFP_CALLER);
	int err;

	if (!file)
		return -ENOMEM;
	INIT_LIST_HEAD(&file->sibling);
	file->node = container_of(inode->i_cdev, struct luadevice_node, cdev);
	err = luadevice_bind(file);
	if (!err)
		err = luadevice_run(file, &call);
	if (err)
		luadevice_freefile(file);
	else
		filp->private_data = file;
	return err;
}

/* Return: false if the runtime was busy, and the file is still to be released */
static bool luadevice_releasefile(struct luadevice_file *file, bool waits)
{
	struct luadevice_call call = {
		.op = LUADEVICE_RELEASE, .waits = waits,
	};
	int err = luadevice_run(file, &call);

	if (!call.entered && (err == -EBUSY || err == -ERESTARTSYS))
		return false;
	luadevice_freefile(file);
	return true;
}

/* The last file may be all that keeps the work item's own memory. */
static void luadevice_latework(struct work_struct *work)
{
	struct luadevice_late *late =
		container_of(work, struct luadevice_late, work);
	struct llist_node *files =
		llist_reverse_order(llist_del_all(&late->files));
	struct luadevice_file *file, *next;

	llist_for_each_entry_safe(file, next, files, late) {
		struct luadevice_node *node = file->node;

		luadevice_releasefile(file, true);
		put_device(&node->dev);
		module_put(THIS_MODULE);
	}
}

/*
 * Files whose last user was the kernel itself (io_uring, a message that was never
 * received) are closed by one worker, one after the other: it does not wait for a
 * script. Neither does a task that exits, or that a signal or the freezer wants
 * elsewhere.
 */
static int luadevice_fsrelease(struct inode *inode, struct file *filp)
{
	struct luadevice_file *file = filp->private_data;

	if (!(current->flags & PF_KTHREAD) && luadevice_releasefile(file, false))
		return 0;
	__module_get(THIS_MODULE);
	get_device(&file->node->dev);
	if (llist_add(&file->late, &file->queue->files))
		queue_work(luadevice_releases, &file->queue->work);
	return 0;
}

/* @event: result of lunatik_event_read(), other than bytes */
static noinline ssize_t luadevice_readlong(struct luadevice_file *file,
					   char __user *buffer, size_t length,
					   loff_t *offset, int event)
{
	struct lunatik_entry *entry = &file->hook->prepared.entry;
	struct luadevice_call call = {
		.op = LUADEVICE_READ,
		.hook = file->hook,
		.length = length,
		.offset = *offset,
	};
	int status = LUA_OK;
	ssize_t result;

	if (event == LUNATIK_EVENT_FAILED)
		return luadevice_failure(file->hook);
	if (event == LUNATIK_EVENT_ENTER) {
		result = luadevice_run(file, &call);
	} else {
		if (event == LUNATIK_EVENT_CALL)
			status = luadevice_calldevice(entry, &call);
		else
			status = luadevice_takeresults(entry, &call);
		lunatik_event_leave(file->hook);
		result = luadevice_finish(file, &call, status);
	}
	if (result > 0 && copy_to_user(buffer, call.buffer, result))
		result = -EFAULT;
	if (result >= 0)
		*offset = call.offset;
	kvfree(call.buffer);
	return result;
}

/* Few bytes: the checks of copy_to_user() would take longer than all the rest. */
static ssize_t luadevice_readshort(char __user *buffer, const u8 *bytes, size_t length)
{
	if (!user_write_access_begin(buffer, length))
		return -EFAULT;
	unsafe_copy_to_user(buffer, bytes, length, fault);
	user_write_access_end();
	return length;
fault:
	user_write_access_end();
	return -EFAULT;
}

static ssize_t luadevice_read(struct file *filp, char __user *buffer,
			      size_t length, loff_t *offset)
{
	struct luadevice_file *file = filp->private_data;
	u8 bytes[LUNATIK_EVENT_BYTES];
	int event = LUNATIK_EVENT_ENTER;
	loff_t next = *offset;
	ssize_t result = 0;

	if (likely(!file->runtime))
		event = lunatik_event_read(file->hook, length, &next, bytes);
	if (unlikely(event < 0))
		return luadevice_readlong(file, buffer, length, offset, event);
	if (likely(event))
		result = luadevice_readshort(buffer, bytes, event);
	if (likely(result >= 0))
		*offset = next;
	return result;
}

static ssize_t luadevice_write(struct file *filp, const char __user *buffer,
			       size_t length, loff_t *offset)
{
	struct luadevice_call call = {
		.op = LUADEVICE_WRITE,
		.length = min_t(size_t, length, LUADEVICE_MAXWRITE),
		.offset = *offset,
	};
	struct luadevice_file *file = filp->private_data;
	const struct luadevice *device = file->node->object->private;
	ssize_t result = 0;

	/* A privileged session takes code. */
	if (device->privileged && file->runtime)
		result = lunatik_access_checkcode();
	if (result)
		return result;
	call.buffer = kvmalloc(max_t(size_t, call.length, 1),
			       LUNATIK_GFP_CALLER);
	if (!call.buffer)
		return -ENOMEM;
	result = -EFAULT;
	if (!copy_from_user(call.buffer, buffer, call.length))
		result = luadevice_run(file, &call);
	if (result >= 0)
		*offset = call.offset;
	kvfree(call.buffer);
	return result;
}

/* Without llseek, seeking fails with ESPIPE on every kernel; pread works. */
static const struct file_operations luadevice_fops = {
	.owner = THIS_MODULE,
	.open = luadevice_open,
	.release = luadevice_fsrelease,
	.read = luadevice_read,
	.write = luadevice_write,
};

/* ---- nodes -------------------------------------------------------------------------- */

static char *luadevice_devnode(lunatik_devnode_t *dev, umode_t *mode)
{
	if (mode)
		*mode = container_of(dev, struct luadevice_node, dev)->mode;
	return NULL;
}

static struct class luadevice_devclass = {
	.name = "luadevice",
	.devnode = luadevice_devnode,
};

static void luadevice_freenode(struct device *dev)
{
	struct luadevice_node *node =
		container_of(dev, struct luadevice_node, dev);

	ida_free(&luadevice_minors, MINOR(dev->devt));
	lunatik_putobject(node->object);
	kfree(node);
}

static struct luadevice_node *luadevice_newnode(lunatik_object_t *object,
						int minor, umode_t mode)
{
	struct luadevice_node *node = kzalloc(sizeof(*node), LUNATIK_GFP);

	if (!node)
		return NULL;
	lunatik_getobject(object);
	node->object = object;
	node->mode = mode;
	cdev_init(&node->cdev, &luadevice_fops);
	node->cdev.owner = THIS_MODULE;
	device_initialize(&node->dev);
	node->dev.class = &luadevice_devclass;
	node->dev.release = luadevice_freenode;
	node->dev.devt = MKDEV(MAJOR(luadevice_numbers), minor);
	return node;
}

/* A shell that writes to a device that has just gone makes a regular file. */
static const char *luadevice_whatlies(const struct file *file)
{
	umode_t mode = file_inode(file)->i_mode;

	if (S_ISREG(mode))
		return "is a regular file: remove it";
	if (S_ISDIR(mode))
		return "is a directory: choose another name";
	return "exists already";
}

/*
 * Other drivers' nodes count too: ours would silently not appear.
 * Return: a text about it, or NULL
 */
static const char *luadevice_taken(const char *name)
{
	struct device *dev = class_find_device_by_name(&luadevice_devclass,
						       name);
	char path[sizeof("/dev/") + LUADEVICE_MAXNAME];
	const char *what;
	struct file *taken;

	if (dev) {
		put_device(dev);
		return "exists already";
	}
	snprintf(path, sizeof(path), "/dev/%s", name);
	taken = lunatik_file_open(path, O_PATH | O_NOFOLLOW);
	if (IS_ERR(taken))
		return NULL;
	what = luadevice_whatlies(taken);
	fput(taken);
	return what;
}

static int luadevice_addnode(void *argument)
{
	struct luadevice_node *node = argument;
	int err;

	mutex_lock(&luadevice_mutex);
	node->taken = luadevice_taken(dev_name(&node->dev));
	if (node->taken)
		err = -EEXIST;
	else
		err = cdev_device_add(&node->cdev, &node->dev);
	mutex_unlock(&luadevice_mutex);
	return err;
}

/*
 * @taken: after -EEXIST, what to say about the thing in its place
 *
 * Context: process, may sleep; inside an entry
 * Return: 0, -ENOSPC without a number for it, -EEXIST, or an errno of the kernel
 */
static int luadevice_register(lunatik_object_t *object, const char *name,
			      umode_t mode, const char **taken)
{
	struct luadevice *device = object->private;
	int err, minor = ida_alloc_max(&luadevice_minors, LUADEVICE_MINORS - 1,
				       GFP_KERNEL);

	if (minor < 0)
		return minor;
	device->node = luadevice_newnode(object, minor, mode);
	if (!device->node) {
		ida_free(&luadevice_minors, minor);
		return -ENOMEM;
	}
	err = dev_set_name(&device->node->dev, "%s", name);
	if (!err)
		err = lunatik_calldeep(luadevice_addnode, device->node);
	if (!err)
		return 0;
	*taken = device->node->taken;
	put_device(&device->node->dev);
	return err;
}

static void luadevice_unregister(struct lunatik_hook *hook)
{
	struct luadevice *device = container_of(hook, struct luadevice, hook);
	struct luadevice_node *node = device->node;

	cdev_device_del(&node->cdev, &node->dev);
	put_device(&node->dev);
}

static const struct lunatik_hooktype luadevice_hooktype = {
	.name = "device",
	.contexts = LUNATIK_IN_PROCESS,
	.flags = LUNATIK_MAYSLEEP | LUNATIK_SYSCALL | LUNATIK_LATE,
	.unregister = luadevice_unregister,
};

/* ---- Lua ------------------------------------------------------------------------------ */

/* dev:stop(), device.stop(dev) - remove the device; may be repeated */
static int luadevice_stop(lua_State *L)
{
	lunatik_object_t *object =
		lunatik_checkclassobject(L, 1, &luadevice_class);
	struct luadevice *device = object->private;

	if (lunatik_maysleep(L))
		lunatik_checksleep(L, "device.stop");
	lunatik_stophook(L, &device->hook);
	return 0;
}

static void luadevice_release(void *private)
{
	struct luadevice *device = private;

	lunatik_releasehook(&device->hook);
}

static const luaL_Reg luadevice_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"stop", luadevice_stop},
	{NULL, NULL}
};

static const lunatik_class_t luadevice_class = {
	.name = "device",
	.methods = luadevice_methods,
	.release = luadevice_release,
	.sleep = true,
	.owner = THIS_MODULE,
};

/* '!' stands for '/' in device names. */
static bool luadevice_isname(const char *name, size_t length)
{
	size_t i;

	if (length < 1 || length > LUADEVICE_MAXNAME || name[0] == '.')
		return false;
	for (i = 0; i < length; i++) {
		if (!isascii(name[i]) || !isgraph(name[i]) ||
		    strchr("/!", name[i]))
			return false;
	}
	return true;
}

/* Push the name of the driver at index 1. */
static const char *luadevice_pushname(lua_State *L)
{
	const char *name;
	size_t length;

	lunatik_checkfield(L, 1, "name", LUA_TSTRING);
	name = lua_tolstring(L, -1, &length);
	if (!luadevice_isname(name, length))
		luaL_error(L, "bad field 'name' (1 to 63 printable characters without '/' and '!', not beginning with '.')");
	return name;
}

/*
 * Push the script of sessions, or nil. The command's own runs what it is sent: it
 * is for those alone who may load code.
 */
static const char *luadevice_pushsession(lua_State *L, bool privileged)
{
	const char *session;
	size_t length;

	if (lua_getfield(L, 1, "session") == LUA_TNIL)
		return NULL;
	if (lua_type(L, -1) != LUA_TSTRING)
		luaL_error(L, "bad field 'session' (string expected, got %s)",
			   luaL_typename(L, -1));
	session = lua_tolstring(L, -1, &length);
	if (length < 1 || length > LUADEVICE_MAXSESSION ||
	    strlen(session) != length)
		luaL_error(L, "bad field 'session' (a script's name of 1 to %d bytes expected)",
			   LUADEVICE_MAXSESSION);
	if (!privileged && lunatik_script_isours(session))
		luaL_error(L, "bad field 'session' (%s runs what it is sent: it needs privileged = true)",
			   session);
	return session;
}

/**
 * struct luadevice_wanted - what a script asks for
 * @most: files with a session that may be open at once
 */
struct luadevice_wanted {
	const char *name;
	const char *session;
	bool privileged;
	umode_t mode;
	unsigned int most;
};

/* The name, and the script of sessions or nil, stay on the stack. */
static void luadevice_getwanted(lua_State *L, struct luadevice_wanted *wanted)
{
	wanted->name = luadevice_pushname(L);
	lua_getfield(L, 1, "privileged");
	wanted->privileged = lua_toboolean(L, -1);
	lua_pop(L, 1);
	wanted->session = luadevice_pushsession(L, wanted->privileged);
	wanted->mode = 0;
	if (lua_getfield(L, 1, "mode") == LUA_TNUMBER)
		wanted->mode = lua_tointeger(L, -1) & 0777;
	wanted->most = LUADEVICE_SESSIONS;
	if (lua_getfield(L, 1, "sessions") != LUA_TNIL)
		wanted->most = lunatik_checkinteger(L, 1, "sessions", 1,
						    LUADEVICE_MAXSESSIONS);
	lua_pop(L, 2);
}

/* Raises. */
static int luadevice_fail(lua_State *L, const char *name, const char *taken,
			  int err)
{
	if (err == -ENOSPC)
		return luaL_error(L, "failed to allocate char device region (%d): there are %d devices already",
				  err, LUADEVICE_MINORS);
	if (err == -ENOMEM)
		return luaL_error(L, "failed to allocate cdev (not enough memory, error %d)",
				  -err);
	return luaL_error(L, "failed to create a new device (%d): '/dev/%s' %s",
			  err, name, taken ? taken : "is refused by the kernel");
}

/* device.new(driver) - make a character device */
static int luadevice_lnew(lua_State *L)
{
	struct luadevice_wanted wanted;
	lunatik_object_t *object;
	struct luadevice *device;
	const char *taken = NULL;
	int err;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lunatik_checkmethods(L, 1, luadevice_opnames, luadevice_options);
	luadevice_getwanted(L, &wanted);
	lunatik_checkclass(L, &luadevice_class);
	lunatik_checksleep(L, "device.new");
	object = lunatik_newobject(L, &luadevice_class, sizeof(*device));
	device = object->private;
	device->most = wanted.most;
	INIT_LIST_HEAD(&device->files);
	luadevice_initlate(&device->late);
	device->privileged = wanted.privileged;
	if (wanted.session)
		strscpy(device->session, wanted.session, sizeof(device->session));
	luadevice_pushdispatch(L, 1);
	lua_pushvalue(L, 1);
	lua_pushstring(L, luadevice_opnames[LUADEVICE_READ]);
	lunatik_inithook(L, object, &device->hook, &luadevice_hooktype);
	lua_xmove(L, device->hook.L, 3);
	lunatik_event_preparemethods(&device->hook);
	err = luadevice_register(object, wanted.name, wanted.mode, &taken);
	if (err) {
		lunatik_drophook(L, &device->hook);
		return luadevice_fail(L, wanted.name, taken, err);
	}
	lunatik_armhook(&device->hook);
	return 1;
}

static const luaL_Reg luadevice_lib[] = {
	{"new", luadevice_lnew},
	{"stop", luadevice_stop},
	{NULL, NULL}
};

LUNATIK_NEWLIB(device, luadevice_lib, &luadevice_class, NULL);

static int __init luadevice_init(void)
{
	int err;

	luadevice_releases = alloc_workqueue("luadevice", WQ_UNBOUND, 0);
	if (!luadevice_releases)
		return -ENOMEM;
	err = alloc_chrdev_region(&luadevice_numbers, 0, LUADEVICE_MINORS,
				  "luadevice");
	if (err)
		goto destroy;
	err = class_register(&luadevice_devclass);
	if (err)
		goto unregister;
	return 0;

unregister:
	unregister_chrdev_region(luadevice_numbers, LUADEVICE_MINORS);
destroy:
	destroy_workqueue(luadevice_releases);
	return err;
}

static void __exit luadevice_exit(void)
{
	class_unregister(&luadevice_devclass);
	unregister_chrdev_region(luadevice_numbers, LUADEVICE_MINORS);
	ida_destroy(&luadevice_minors);
	destroy_workqueue(luadevice_releases);
}

module_init(luadevice_init);
module_exit(luadevice_exit);

MODULE_DESCRIPTION("Lunatik: character devices in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
