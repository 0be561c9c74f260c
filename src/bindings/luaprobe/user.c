// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * user.c - Lua functions at instructions and returns of programs, by uprobes
 *
 * The file stays open as long as the probe. A thread opens and reads it: a file
 * system may never answer.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "probe.h"
#include "elf.h"
#include "uprobe.h"

#define USER_PATH	255
#define USER_NAME	255
#define USER_MOST	64	/* probes of all scripts at one place */

#ifndef CONFIG_UPROBES
static int user_lacks(lua_State *L)
{
	return luaL_error(L, "probe.user: this kernel has no uprobes (CONFIG_UPROBES)");
}

/* probe.user(path, place, function) - raises here */
int luaprobe_user(lua_State *L)
{
	return user_lacks(L);
}

/* probe.userexit(path, place, function) - raises here */
int luaprobe_userexit(lua_State *L)
{
	return user_lacks(L);
}
#else

/**
 * struct user_probe - private area of a probe object of a program
 * @site: of all probes
 * @consumer: as registered
 * @file: that is probed; it holds @inode
 * @inode: that programs have mapped; of an overlay the one below, which stays it when the file is copied up
 * @offset: in it
 * @uprobe: the kernel's
 * @lock: enabling excludes unregistering
 * @registered: unregistering is still due
 * @on: the kernel calls
 * @node: in user_all
 * @self: the object
 */
struct user_probe {
	struct luaprobe_site site;
	struct uprobe_consumer consumer;
	struct file *file;
	struct inode *inode;
	loff_t offset;
	void *uprobe;
	struct mutex lock;
	bool registered;
	bool on;
	struct list_head node;
	lunatik_object_t *self;
};

/**
 * struct user_search - a place on its way through a file system
 * @probe: with a reference of its object; its @file, @offset and @uprobe are set
 * @path: of the file
 * @name: of the function; empty for an offset
 * @offset: in the function, or in the file
 * @offsets: of the functions that bear the name
 * @found: how many they are
 * @begun: the step that has failed
 */
struct user_search {
	struct user_probe *probe;
	char path[USER_PATH + 1];
	char name[USER_NAME + 1];
	u64 offset;
	u64 offsets[LUAPROBE_ELF_MOST];
	int found;
	enum { USER_OPEN, USER_FIND, USER_REGISTER } begun;
};

static DEFINE_MUTEX(user_mutex);
static LIST_HEAD(user_all);

static struct user_probe *user_of(struct luaprobe_site *site)
{
	return container_of(site, struct user_probe, site);
}

/* ---- hits ----------------------------------------------------------------------- */

static void user_hit(struct uprobe_consumer *consumer, struct pt_regs *regs, bool returns)
{
	struct user_probe *probe = container_of(consumer, struct user_probe, consumer);
	struct luaprobe_user user = { .regs = regs, .returns = returns };
	struct luaprobe_site *site = luaprobe_begin(&probe->site);

	if (!site)
		return;
	luaprobe_fire(site, LUAPROBE_FUNCTION, &user, NULL, NULL);
	luaprobe_end();
}

/* Return: 0 in any case: the program goes on */
static int user_onhit(struct uprobe_consumer *consumer, LUNATIK_UPROBE_REGS(regs))
{
	user_hit(consumer, regs, false);
	return 0;
}

/* Return: 0 in any case */
static int user_onreturn(struct uprobe_consumer *consumer, unsigned long function,
			 LUNATIK_UPROBE_REGS(regs))
{
	user_hit(consumer, regs, true);
	return 0;
}

/* ---- begin and end ---------------------------------------------------------------- */

static int user_admit(struct user_probe *probe)
{
	const struct user_probe *other;
	int n = 0;

	mutex_lock(&user_mutex);
	list_for_each_entry(other, &user_all, node)
		n += other->inode == probe->inode && other->offset == probe->offset;
	if (n < USER_MOST)
		list_add(&probe->node, &user_all);
	mutex_unlock(&user_mutex);
	return n < USER_MOST ? 0 : -ENOSPC;
}

static void user_dismiss(struct user_probe *probe)
{
	mutex_lock(&user_mutex);
	list_del(&probe->node);
	mutex_unlock(&user_mutex);
}

static int user_switch(struct user_probe *probe, bool on)
{
	int err = 0;

	if (on == probe->on)
		return 0;
	if (on)
		err = lunatik_uprobe_register(probe->inode, probe->offset,
					      &probe->consumer, &probe->uprobe);
	else
		lunatik_uprobe_unregister(probe->inode, probe->offset, &probe->consumer,
					  probe->uprobe);
	if (!err)
		probe->on = on;
	return err;
}

static int user_enable(struct luaprobe_site *site, bool on)
{
	struct user_probe *probe = user_of(site);
	int err = -ENXIO;

	mutex_lock(&probe->lock);
	if (probe->registered && !READ_ONCE(site->hook.deferred)) {
		err = user_switch(probe, on);
		/* The next one may register again at once. */
		lunatik_uprobe_wait();
	}
	mutex_unlock(&probe->lock);
	return err;
}

static void user_shut(struct user_probe *probe)
{
	mutex_lock(&probe->lock);
	probe->registered = false;
	user_switch(probe, false);
	user_dismiss(probe);
	mutex_unlock(&probe->lock);
}

static void user_unregister(struct lunatik_hook *hook)
{
	user_shut(user_of(luaprobe_siteof(hook)));
	lunatik_uprobe_wait();
}

static void user_unregisterall(struct list_head *hooks)
{
	struct lunatik_hook *hook;

	list_for_each_entry(hook, hooks, batch)
		user_shut(user_of(luaprobe_siteof(hook)));
	lunatik_uprobe_wait();
}

static bool user_matches(const struct lunatik_hook *leader, const struct lunatik_hook *member)
{
	const struct user_probe *a = container_of(leader, struct user_probe, site.hook);
	const struct user_probe *b = container_of(member, struct user_probe, site.hook);

	return a->consumer.handler == b->consumer.handler &&
	       !strcmp(a->site.event->target, b->site.event->target);
}

static const struct lunatik_hooktype user_hooktype = {
	.name = "probe",
	.contexts = LUNATIK_IN_PROCESS | LUNATIK_IN_HARDIRQ,
	.flags = LUNATIK_TRY | LUNATIK_PROBE,
	.unregister = user_unregister,
	.unregister_batch = user_unregisterall,
	.matches = user_matches,
};

static void user_release(struct luaprobe_site *site)
{
	struct user_probe *probe = user_of(site);

	if (probe->file)
		lunatik_file_close(probe->file);
	mutex_destroy(&probe->lock);
}

static const struct luaprobe_ops user_ops = {
	.enable = user_enable,
	.release = user_release,
};

/* ---- looking for the place ----------------------------------------------------------- */

/* To open a device may do something: look at the file first. */
static int user_open(struct user_search *search)
{
	struct file *place = lunatik_file_open(search->path, O_PATH | O_LARGEFILE);
	struct user_probe *probe = search->probe;
	struct file *file = ERR_PTR(-EACCES);

	if (IS_ERR(place))
		return PTR_ERR(place);
	if (S_ISREG(file_inode(place)->i_mode))
		file = dentry_open(&place->f_path, O_RDONLY | O_LARGEFILE, current_cred());
	lunatik_file_close(place);
	if (IS_ERR(file))
		return PTR_ERR(file);
	probe->file = file;
	probe->inode = d_real_inode(file->f_path.dentry);
	return 0;
}

static int user_find(struct user_search *search)
{
	struct user_probe *probe = search->probe;

	if (search->name[0]) {
		search->found = luaprobe_elf_find(probe->file, search->name, search->offsets);
		if (search->found < 0)
			return search->found;
		if (search->found != 1)
			return search->found ? -ENOTUNIQ : -ENOENT;
		if (!search->offsets[0])
			return -ENOEXEC;
		search->offset += search->offsets[0];
	}
	probe->offset = search->offset;
	return probe->offset >= 0 && probe->offset < i_size_read(probe->inode) ?
	       0 : -EINVAL;
}

static int user_register(struct user_probe *probe)
{
	int err = user_admit(probe);

	if (err)
		return err;
	err = user_switch(probe, true);
	if (err)
		user_dismiss(probe);
	return err;
}

static int user_visit(void *argument)
{
	struct user_search *search = argument;
	int err;

	search->begun = USER_OPEN;
	err = user_open(search);
	if (err)
		return err;
	search->begun = USER_FIND;
	err = user_find(search);
	if (err)
		return err;
	search->begun = USER_REGISTER;
	return user_register(search->probe);
}

static void user_endsearch(struct user_search *search)
{
	lunatik_putobject(search->probe->self);
	kfree(search);
}

/* Nobody waits any more. */
static void user_giveup(void *argument)
{
	struct user_search *search = argument;

	if (search->probe->on) {
		user_shut(search->probe);
		lunatik_uprobe_wait();
	}
	user_endsearch(search);
}

/* ---- user, userexit ------------------------------------------------------------------ */

/* Raises. */
static void user_failname(lua_State *L, const struct user_search *search)
{
	char place[32];
	int i;

	lua_pushfstring(L, "failed to register probe (%d): %s: %d functions bear this name: ",
			-ENOTUNIQ, search->name, search->found);
	for (i = 0; i < min_t(int, search->found, LUAPROBE_ELF_MOST); i++) {
		snprintf(place, sizeof(place), "%s0x%llx", i ? ", " : "", search->offsets[i]);
		lua_pushstring(L, place);
		lua_concat(L, 2);
	}
	lua_pushstring(L, " (give one of these offsets)");
	lua_concat(L, 2);
	lua_error(L);
}

static const char *user_explain(const struct user_search *search, int err)
{
	if (err == -EINTR)
		return "interrupted";
	if (err == -ENOMEM)
		return "out of memory";
	if (err == -ENOSPC)
		return "there are 64 probes at that place already, the most that all scripts together may have";
	if (search->begun == USER_OPEN)
		return err == -EACCES ? "not a regular file" : "the file cannot be opened";
	if (search->begun == USER_REGISTER)
		return "the kernel refuses it";
	switch (err) {
	case -ENOENT:
		return "the tables of the file have no such function";
	case -ENOEXEC:
		return "not a program or library for 64 bits of this machine, or the function has no code in it";
	case -EINVAL:
		return "the offset lies behind the end of the file";
	default:
		return "the file cannot be read";
	}
}

/* The search may raise with a copy that Lua owns; @search is not ours any more. */
static void user_raise(lua_State *L, const struct user_search *search, int err)
{
	if (err == -ENOTUNIQ)
		user_failname(L, search);
	luaL_error(L, "failed to register probe (%d): %s: %s", err,
		   lua_tostring(L, 1), user_explain(search, err));
}

/* "name" or "name+offset", or an offset */
static void user_checkplace(lua_State *L, struct user_search *search)
{
	size_t length;
	const char *name;
	char *plus;

	if (lua_isinteger(L, 2)) {
		luaL_argcheck(L, lua_tointeger(L, 2) >= 0, 2, "the offset is negative");
		search->offset = lua_tointeger(L, 2);
		return;
	}
	if (lua_type(L, 2) != LUA_TSTRING)
		luaL_typeerror(L, 2, "symbol or offset");
	name = lua_tolstring(L, 2, &length);
	luaL_argcheck(L, length && length <= USER_NAME && strlen(name) == length, 2,
		      "not the name of a function");
	memcpy(search->name, name, length + 1);
	plus = strchr(search->name, '+');
	if (!plus)
		return;
	*plus = '\0';
	luaL_argcheck(L, !kstrtoull(plus + 1, 0, &search->offset) &&
			 search->offset <= INT_MAX, 2, "the offset after '+' is not a number");
}

static void user_checkpath(lua_State *L, struct user_search *search)
{
	size_t length;
	const char *path = luaL_checklstring(L, 1, &length);

	luaL_argcheck(L, *path == '/' && length <= USER_PATH && strlen(path) == length, 1,
		      "not an absolute path of at most 255 bytes");
	memcpy(search->path, path, length + 1);
}

/* The kernel's copy of a search, which Lua's memory has filled in. */
static int user_start(lua_State *L, struct user_probe *probe, struct user_search *wanted)
{
	struct user_search *search;
	int err;

	if (lunatik_joinhook(L, &probe->site.hook))
		return 0;
	search = kmemdup(wanted, sizeof(*wanted), LUNATIK_GFP);
	if (!search)
		return -ENOMEM;
	search->probe = probe;
	lunatik_getobject(probe->self);
	if (!lunatik_detour_pass(L, THIS_MODULE, user_visit, user_giveup, search, &err))
		return err;
	*wanted = *search;
	user_endsearch(search);
	probe->registered = !err;
	return err;
}

static struct user_probe *user_create(lua_State *L, bool returns)
{
	lunatik_object_t *object;
	struct user_probe *probe;

	object = lunatik_newobject(L, &luaprobe_class, sizeof(*probe));
	probe = object->private;
	mutex_init(&probe->lock);
	probe->site.ops = &user_ops;
	probe->self = object;
	if (returns)
		probe->consumer.ret_handler = user_onreturn;
	else
		probe->consumer.handler = user_onhit;
	return probe;
}

static int user_new(lua_State *L, bool returns)
{
	struct user_search *search;
	struct user_probe *probe;
	struct lunatik_hook *hook;
	int err;

	lunatik_checkcontext(L, "probe", user_hooktype.contexts);
	lunatik_checksleep(L, "probe.user");
	luaL_checktype(L, 3, LUA_TFUNCTION);
	lua_settop(L, 3);
	search = lua_newuserdatauv(L, sizeof(*search), 0);
	memset(search, 0, sizeof(*search));
	user_checkpath(L, search);
	user_checkplace(L, search);
	lua_pushfstring(L, "%s:%s", search->path, luaL_tolstring(L, 2, NULL));
	lua_replace(L, 1);
	lua_pop(L, 1);
	probe = user_create(L, returns);
	hook = &probe->site.hook;
	lua_pushvalue(L, 3);
	luaprobe_lend(L, &probe->site, LUAPROBE_USER);
	lunatik_inithook(L, probe->self, hook, &user_hooktype);
	lua_xmove(L, hook->L, LUAPROBE_HANDLE);
	lunatik_event_preparemethods(hook);
	err = user_start(L, probe, search);
	if (err) {
		lunatik_drophook(L, hook);
		user_raise(L, search, err);
	}
	lunatik_armhook(hook);
	return 1;
}

/* probe.user(path, place, function) - call it when a program comes to a function or an offset of a file */
int luaprobe_user(lua_State *L)
{
	return user_new(L, false);
}

/* probe.userexit(path, place, function) - call it when a function of a program returns */
int luaprobe_userexit(lua_State *L)
{
	return user_new(L, true);
}
#endif
