// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luasysctl.c - the sysctl library: parameters of the kernel
 *
 * A parameter is a file below /proc/sys, opened in a mount of our own: nobody
 * can mount something over it, and an automounter waits for nothing there. The
 * kernel checks the rights of the running task, and takes its namespaces.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <lunatik_binding.h>

#include "file_open_root.h"
#include "freezable.h"

#define LUASYSCTL_NAME	255	/* bytes of a name */
#define LUASYSCTL_VALUE	SZ_4K	/* bytes of a value */
#define LUASYSCTL_UNITS	64	/* of budget: a path is looked up, a file is made */
#define LUASYSCTL_UNIT	16	/* bytes copied for one unit more */
#define LUASYSCTL_ROOT	"sys/"

/**
 * struct luasysctl_call - a call on its way through the file system
 * @write: to write, otherwise to read
 * @size: bytes to write
 * @path: from the root of the mount
 * @value: with room for one byte more: a line end, or a sign that it is too long
 */
struct luasysctl_call {
	bool write;
	size_t size;
	char path[sizeof(LUASYSCTL_ROOT) + LUASYSCTL_NAME];
	char value[LUASYSCTL_VALUE + 1];
};

static struct vfsmount *luasysctl_mount;

/* ---- names -------------------------------------------------------------------- */

/* As sysctl(8) does: where a dot is the first separator, dots and slashes change places. */
static void luasysctl_translate(char *name)
{
	char *separator = strpbrk(name, "./");

	if (!separator || *separator == '/')
		return;
	for (; *separator; separator++) {
		if (*separator == '.')
			*separator = '/';
		else if (*separator == '/')
			*separator = '.';
	}
}

/* Each part of the path names something in its folder. */
static bool luasysctl_isproper(const char *path)
{
	size_t size;

	for (;; path += size + 1) {
		size = strcspn(path, "/");
		if (!size || (size <= strlen("..") && !strncmp(path, "..", size)))
			return false;
		if (!path[size])
			return true;
	}
}

static bool luasysctl_hascontrol(const char *s, size_t size)
{
	while (size--) {
		if (iscntrl(*s++))
			return true;
	}
	return false;
}

/* Turn the name at index 1 into a path. */
static void luasysctl_checkname(lua_State *L, struct luasysctl_call *call)
{
	char *path = call->path + strlen(LUASYSCTL_ROOT);
	size_t size;
	const char *name = luaL_checklstring(L, 1, &size);

	luaL_argcheck(L, size <= LUASYSCTL_NAME, 1,
		      "a name has at most 255 bytes");
	luaL_argcheck(L, !luasysctl_hascontrol(name, size), 1,
		      "control character in a name");
	memcpy(call->path, LUASYSCTL_ROOT, strlen(LUASYSCTL_ROOT));
	memcpy(path, name, size + 1);
	luasysctl_translate(path);
	luaL_argcheck(L, luasysctl_isproper(path), 1,
		      "not a name such as net.ipv4.ip_forward");
}

/*
 * Whether the namespace of process ids decides what a parameter is. A worker that
 * makes a deep call has the initial one, whatever the caller has.
 */
static bool luasysctl_isofpids(const struct luasysctl_call *call)
{
	static const char *const names[] = {"kernel/ns_last_pid", "kernel/pid_max",
					    "vm/memfd_noexec", NULL};
	const char *path = call->path + strlen(LUASYSCTL_ROOT);
	int i = 0;

	while (names[i] && strcmp(path, names[i]))
		i++;
	return names[i];
}

/* ---- files -------------------------------------------------------------------- */

static ssize_t luasysctl_transfer(struct file *file, struct luasysctl_call *call)
{
	loff_t position = 0;

	if (!S_ISREG(file_inode(file)->i_mode))
		return -EISDIR;
	if (call->write)
		return kernel_write(file, call->value, call->size, &position);
	return kernel_read(file, call->value, sizeof(call->value), &position);
}

/* Return: bytes transferred, or a negative errno */
static int luasysctl_do(void *argument)
{
	struct luasysctl_call *call = argument;
	struct path root = {
		.mnt = luasysctl_mount,
		.dentry = luasysctl_mount->mnt_root,
	};
	struct file *file = file_open_root(&root, call->path,
					   call->write ? O_WRONLY : O_RDONLY, 0);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = luasysctl_transfer(file, call);
	/* To be called again, the handler has feigned a signal. */
	if (ret == -ERESTARTNOINTR)
		recalc_signals();
	lunatik_file_close(file);
	return ret;
}

/* Parameters of the network are refused while somebody else holds RTNL. */
static int luasysctl_call(lua_State *L, struct luasysctl_call *call)
{
	int ret;

	if (luasysctl_isofpids(call) &&
	    task_active_pid_ns(current) != &init_pid_ns)
		return -EXDEV;
	for (;;) {
		ret = lunatik_calldeep(luasysctl_do, call);
		if (ret != -ERESTARTNOINTR)
			return ret;
		if (lunatik_wait(L, NULL, NULL, NULL, 1, TASK_KILLABLE) < 0)
			return -EINTR;
	}
}

/* ---- library ------------------------------------------------------------------ */

static const char *luasysctl_reason(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENOTDIR:
		return "there is no such parameter";
	case -EISDIR:
		return "a folder of parameters";
	case -EACCES:
	case -EPERM:
		return "not permitted";
	case -EINVAL:
		return "invalid value";
	case -E2BIG:
		return "more values than the parameter has";
	case -EFBIG:
		return "longer than 4096 bytes";
	case -EXDEV:
		return "the task is in another namespace of process ids";
	case -EINTR:
		return "interrupted";
	default:
		return "refused by the kernel";
	}
}

/* Raises. */
static int luasysctl_fail(lua_State *L, const char *verb, int err)
{
	return luaL_error(L, "failed to %s %s (%s, error %d)", verb,
			  lua_tostring(L, 1), luasysctl_reason(err), -err);
}

/* Push a call whose name is at index 1. */
static struct luasysctl_call *luasysctl_new(lua_State *L, const char *what)
{
	struct luasysctl_call *call;

	lunatik_checkcontext(L, what, LUNATIK_IN_PROCESS);
	lunatik_checkunlocked(L, what);
	lunatik_checknamespaces(L, what);
	call = lua_newuserdatauv(L, sizeof(*call), 0);
	luasysctl_checkname(L, call);
	return call;
}

/*
 * sysctl.read(name) - read a parameter of the kernel
 *
 * name: as sysctl(8) has it, "net.ipv4.ip_forward" or "net/ipv4/ip_forward".
 * Returns: the text, without the line end at its end; at most 4096 bytes.
 * Raises: "failed to read NAME (REASON, error N)".
 * Context: process runtimes, entries that may sleep and hold no lock of the
 *	kernel; the namespaces of the running task.
 */
static int luasysctl_read(lua_State *L)
{
	struct luasysctl_call *call = luasysctl_new(L, "sysctl.read");
	int size;

	call->write = false;
	size = luasysctl_call(L, call);
	if (size > LUASYSCTL_VALUE)
		size = -EFBIG;
	if (size < 0)
		return luasysctl_fail(L, "read", size);
	lunatik_spend(L, LUASYSCTL_UNITS + size / LUASYSCTL_UNIT);
	if (size && call->value[size - 1] == '\n')
		size--;
	lua_pushlstring(L, call->value, size);
	return 1;
}

/*
 * sysctl.write(name, value) - set a parameter of the kernel
 *
 * name: as of sysctl.read(); value: string of one line, at most 4095 bytes, or
 * integer.
 * Raises: "failed to write NAME (REASON, error N)".
 * Context: as sysctl.read(); the rights and namespaces of the running task.
 */
static int luasysctl_write(lua_State *L)
{
	size_t size;
	const char *value = luaL_checklstring(L, 2, &size);
	struct luasysctl_call *call = luasysctl_new(L, "sysctl.write");
	int ret;

	luaL_argcheck(L, size < LUASYSCTL_VALUE, 2,
		      "a value has at most 4095 bytes");
	luaL_argcheck(L, !memchr(value, '\0', size) && !memchr(value, '\n', size),
		      2, "a value is one line");
	lunatik_spend(L, LUASYSCTL_UNITS + size / LUASYSCTL_UNIT);
	memcpy(call->value, value, size);
	call->value[size] = '\n';
	call->size = size + 1;
	call->write = true;
	ret = luasysctl_call(L, call);
	/* Some do not count the line end. */
	if (ret >= 0 && ret < size)
		ret = -E2BIG;
	if (ret < 0)
		return luasysctl_fail(L, "write", ret);
	return 0;
}

static const luaL_Reg luasysctl_lib[] = {
	{"read", luasysctl_read},
	{"write", luasysctl_write},
	{NULL, NULL}
};

LUNATIK_NEWLIB(sysctl, luasysctl_lib, NULL, NULL);

static int __init luasysctl_init(void)
{
	struct file_system_type *type = get_fs_type("proc");

	if (!type)
		return -ENODEV;
	luasysctl_mount = kern_mount(type);
	return PTR_ERR_OR_ZERO(luasysctl_mount);
}

static void __exit luasysctl_exit(void)
{
	kern_unmount(luasysctl_mount);
}

module_init(luasysctl_init);
module_exit(luasysctl_exit);

MODULE_DESCRIPTION("Lunatik: parameters of the kernel in Lua");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_RELEASE);
