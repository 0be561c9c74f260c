// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_example.c - the documented C interface as a stranger uses it: a
 * runtime for a script, and a file whose reads call the script's function.
 */
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include <lunatik.h>

static lunatik_object_t *runtime;

static ssize_t example_handler(lua_State *L, char __user *buffer, size_t length)
{
	const char *text;
	size_t size;

	lua_getglobal(L, "example");
	lua_pushinteger(L, length);
	if (lua_pcall(L, 1, 1, 0) != LUA_OK)
		return -ECANCELED;
	text = lua_tolstring(L, -1, &size);
	if (!text)
		return 0;
	size = min(size, length);
	return copy_to_user(buffer, text, size) ? -EFAULT : size;
}

static ssize_t example_read(struct file *file, char __user *buffer,
			    size_t length, loff_t *offset)
{
	ssize_t ret;

	lunatik_run(runtime, example_handler, ret, buffer, length);
	return ret;
}

/* Raises outside of lua_pcall(), which a handler should not do. */
static int example_careless(lua_State *L, const char *what)
{
	luaL_checkstack(L, 20, NULL);
	lua_pushliteral(L, "left on the stack");
	return luaL_error(L, "careless: %s", what);
}

static int example_top(lua_State *L)
{
	return lua_gettop(L);
}

/* The letter that a reader has written selects the call. */
static ssize_t example_write(struct file *file, const char __user *buffer,
			     size_t length, loff_t *offset)
{
	char what = 0;
	int ret;

	if (!length || get_user(what, buffer))
		return -EFAULT;
	switch (what) {
	case 'c':
		lunatik_run(runtime, example_careless, ret, "on purpose");
		break;
	case 't':
		lunatik_run(runtime, example_top, ret);
		break;
	case 's':
		lunatik_getobject(runtime);
		ret = lunatik_stop(runtime) ? -EUCLEAN : 0;
		break;
	default:
		ret = -EINVAL;
	}
	return ret < 0 ? ret : ret > 0 ? -E2BIG : length;
}

static const struct proc_ops example_ops = {
	.proc_read = example_read,
	.proc_write = example_write,
};

static int __init example_init(void)
{
	int ret = lunatik_runtime(&runtime, "tests/core/example", true);

	if (ret < 0)
		return ret;
	if (proc_create("lunatik_example", 0600, NULL, &example_ops))
		return 0;
	lunatik_stop(runtime);
	return -ENOMEM;
}

static void __exit example_exit(void)
{
	remove_proc_entry("lunatik_example", NULL);
	lunatik_stop(runtime);
}

module_init(example_init);
module_exit(example_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: the documented C interface");
