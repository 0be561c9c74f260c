// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * loader.c - scripts from files, libraries from modules.
 *
 * Scripts lie in the administrator's folder or the packages'; paths are opened
 * from the root of init, and a file must belong to root and be writable by
 * nobody else. Libraries of the module list are never shadowed by a file: they
 * come from lunatik_open_NAME of a module, loaded by its alias when missing.
 */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/kmod.h>
#include <linux/mm.h>

#include <lunatik_binding.h>

#include "loader.h"
#include "access.h"
#include "context.h"
#include "libraries.h"
#include "pin.h"
#include "vm.h"

#define LOADER_MAX	SZ_16M
#define LOADER_PATH	(LUNATIK_NAMELEN + 64)

static const char *const loader_folders[] = {
	"/etc/lunatik/", "/lib/modules/lua/",
};

/* ---- files ------------------------------------------------------------------------ */

/* A fifo would wait for its writer. */
static struct file *loader_open(const char *path)
{
	return lunatik_file_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

static int loader_permitted(struct file *file)
{
	struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	if (!uid_eq(inode->i_uid, GLOBAL_ROOT_UID) ||
	    (inode->i_mode & 0022))
		return -EPERM;
	return i_size_read(inode) > LOADER_MAX ? -EFBIG : 0;
}

/**
 * struct loader_file - a script's file on its way through a file system
 * @function: opens the file, and uses it
 * @cred: of who loads it
 * @text: its contents, or NULL
 * @refusal: why the kernel does not take it as code, or NULL
 */
struct loader_file {
	int (*function)(struct loader_file *script);
	const struct cred *cred;
	char path[LOADER_PATH];
	char *text;
	size_t length;
	const char *refusal;
};

/*
 * As the kernel reads what it will execute, so that policies which know of modules (IMA, LoadPin, those of SELinux) see
 * scripts, too. It takes no empty file, and none that somebody writes.
 * The caller frees @text in any case.
 */
static int loader_slurp(struct file *file, char **text, size_t *length)
{
	size_t size = i_size_read(file_inode(file));
	void *buffer;
	ssize_t got;

	*length = 0;
	*text = kvmalloc(size + 1, LUNATIK_GFP);
	if (!*text || !size)
		return *text ? 0 : -ENOMEM;
	buffer = *text;
	got = kernel_read_file(file, 0, &buffer, size, NULL, READING_MODULE);
	if (got > 0) {
		*length = got;
		return 0;
	}
	switch (got) {
	case -EPERM:
		return -EACCES;
	case -EFBIG:	/* it has grown */
		return -ETXTBSY;
	default:
		return got ?: -EIO;
	}
}

static int loader_read(struct loader_file *script)
{
	struct file *file = loader_open(script->path);
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = loader_permitted(file);
	if (!err)
		err = loader_slurp(file, &script->text, &script->length);
	lunatik_file_close(file);
	/* Where the kernel takes signed code only, signatures of scripts would be checked here. */
	if (!err)
		script->refusal = lunatik_access_refusal();
	return err;
}

static int loader_isfile(struct loader_file *script)
{
	struct file *file = loader_open(script->path);
	bool regular;

	if (IS_ERR(file))
		return false;
	regular = S_ISREG(file_inode(file)->i_mode);
	lunatik_file_close(file);
	return regular;
}

/* Policies and file systems ask for the credentials of who loads it. */
static int loader_visit(void *argument)
{
	struct loader_file *script = argument;
	const struct cred *own = override_creds(script->cred);
	int result = script->function(script);

	revert_creds(own);
	return result;
}

static void loader_free(void *argument)
{
	struct loader_file *script = argument;

	put_cred(script->cred);
	kvfree(script->text);
	kfree(script);
}

/*
 * A file system that does not answer (FUSE, NFS) answers no signal either: a thread waits for it, and has the file if it
 * is left behind.
 *
 * Return: as @function; 0 or more sets @pscript, for loader_free()
 */
static int loader_send(lua_State *L,
		       int (*function)(struct loader_file *script),
		       const char *path, struct loader_file **pscript)
{
	struct loader_file *script = kzalloc(sizeof(*script), LUNATIK_GFP);
	bool back;
	int result;

	if (!script)
		return -ENOMEM;
	script->function = function;
	script->cred = get_current_cred();
	strscpy(script->path, path, sizeof(script->path));
	back = lunatik_detour_pass(L, THIS_MODULE, loader_visit, loader_free,
				   script, &result);
	if (result >= 0)
		*pscript = script;
	else if (back)
		loader_free(script);
	return result;
}

static bool loader_within(const char *path)
{
	int i;

	if (strlen(path) >= LOADER_PATH || strstr(path, "/../"))
		return false;
	for (i = 0; i < ARRAY_SIZE(loader_folders); i++) {
		if (!strncmp(path, loader_folders[i], strlen(loader_folders[i])))
			return true;
	}
	return false;
}

static int loader_failed(lua_State *L, const char *path, int err)
{
	switch (err) {
	case -EPERM:
		lua_pushfstring(L, "cannot open %s: it must belong to root and be writable by nobody else",
				path);
		break;
	case -EACCES:
		lua_pushfstring(L, "cannot open %s: a security policy of the kernel refuses it",
				path);
		break;
	case -ETXTBSY:
		lua_pushfstring(L, "cannot open %s: it is being written", path);
		break;
	case -ENOMEM:
		lua_pushfstring(L, "cannot allocate buffer for %s", path);
		break;
	case -EINTR:
		lua_pushfstring(L, "cannot open %s: interrupted", path);
		break;
	case -EFBIG:
		lua_pushfstring(L, "cannot open %s: it is larger than 16 MiB",
				path);
		break;
	default:
		lua_pushfstring(L, "cannot open %s", path);
	}
	return LUA_ERRFILE;
}

/**
 * struct loader_chunk - a script's text on its way through the parser
 */
struct loader_chunk {
	const char *text;
	size_t length;
	const char *name;
	const char *mode;
	int status;
};

static void loader_parse(lua_State *L, void *argument)
{
	struct loader_chunk *chunk = argument;

	chunk->status = luaL_loadbufferx(L, chunk->text, chunk->length,
					 chunk->name, chunk->mode);
}

int lunatik_loadfile(lua_State *L, const char *filename, const char *mode)
{
	char name[LOADER_PATH + 1];
	struct loader_chunk chunk = { .name = name, .mode = mode };
	struct loader_file *script = NULL;
	const char *refusal;
	int err = -ENOENT;

	if (!lunatik_maysleep(L))
		return luaL_error(L, "cannot load file on non-sleepable runtime");
	lunatik_checksleep(L, "loadfile");
	if (!filename)
		filename = "stdin";
	if (loader_within(filename))
		err = loader_send(L, loader_read, filename, &script);
	if (err)
		return loader_failed(L, filename, err);
	snprintf(name, sizeof(name), "@%s", filename);
	refusal = script->refusal;
	if (refusal) {
		loader_free(script);
		lua_pushfstring(L, "cannot load %s: %s", filename, refusal);
		return LUA_ERRFILE;
	}
	chunk.text = script->text;
	chunk.length = script->length;
	err = lunatik_vm_try(L, loader_parse, &chunk);	/* an abort comes here */
	loader_free(script);
	if (err)
		lunatik_vm_rethrow(L, err);
	return chunk.status;
}
EXPORT_SYMBOL(lunatik_loadfile);

/**
 * lunatik_readable() - whether a script is there, for package.searchpath
 */
bool lunatik_readable(lua_State *L, const char *path)
{
	struct loader_file *script = NULL;
	int regular;

	if (!lunatik_maysleep(L) || !loader_within(path))
		return false;
	lunatik_checksleep(L, "require");
	regular = loader_send(L, loader_isfile, path, &script);
	/* No file of the same name in the next folder takes its place. */
	if (regular == -EINTR)
		luaL_error(L, "cannot open %s: interrupted", path);
	if (regular < 0)
		return false;
	loader_free(script);
	return regular;
}

/**
 * lunatik_script_check() - whether a script's name may be used
 *
 * Return: 0, or -EINVAL: empty, too long, absolute, with ``..``, ``.`` or empty
 * parts, or characters other than letters, digits and ``_-+./``
 */
int lunatik_script_check(const char *name)
{
	size_t length = strlen(name);
	size_t i;

	if (!length || length >= LUNATIK_NAMELEN || name[0] == '/' ||
	    name[length - 1] == '/' || strstr(name, "..") || strstr(name, "//"))
		return -EINVAL;
	/* One file, one name: lunatik_script_isours() compares names. */
	if (!strncmp(name, "./", 2) || strstr(name, "/./"))
		return -EINVAL;
	for (i = 0; i < length; i++) {
		if (!isalnum(name[i]) && !strchr("_-+./", name[i]))
			return -EINVAL;
	}
	return 0;
}

/**
 * lunatik_script_isours() - whether a script is one without which no command works
 * @script: its name
 *
 * A script of the administrator's that happens to have their name is not taken for them.
 *
 * Context: any
 * Return: true if it is
 */
bool lunatik_script_isours(const char *script)
{
	return !strcmp(script, "driver") || !strcmp(script, "lunatik/session");
}
EXPORT_SYMBOL_GPL(lunatik_script_isours);

/**
 * lunatik_script_open() - push a script's chunk, or raise
 * @script: name below the script folders, without ``.lua``
 */
int lunatik_script_open(lua_State *L, const char *script)
{
	const char *path = NULL;
	int i;

	if (lunatik_script_check(script))
		return luaL_error(L, "invalid script name '%s'", script);
	for (i = lunatik_script_isours(script); i < ARRAY_SIZE(loader_folders); i++) {
		path = lua_pushfstring(L, "%s%s.lua", loader_folders[i], script);
		/* Nothing is left to be tried behind the last folder. */
		if (i + 1 == ARRAY_SIZE(loader_folders) || lunatik_readable(L, path))
			break;
	}
	if (lunatik_loadfile(L, path, "t") != LUA_OK)
		return lua_error(L);
	return 1;
}

/* ---- libraries ---------------------------------------------------------------------- */

static const char *const loader_libraries[] = { LUNATIK_LIBRARIES };

static bool loader_isname(const char *name)
{
	const char *c;

	if (!islower(name[0]) || strlen(name) > 40)
		return false;
	for (c = name; *c; c++) {
		if (!islower(*c) && !isdigit(*c) && *c != '_')
			return false;
	}
	return true;
}

static bool loader_isbuiltin(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(loader_libraries); i++) {
		if (!strcmp(loader_libraries[i], name))
			return true;
	}
	return false;
}

/**
 * lunatik_checkrelease() - raise if a library of ours is of another release than the core
 * @L: state of the running entry
 * @lib: name of the library; those of others are not compared
 * @release: LUNATIK_RELEASE of its build
 *
 * An upgrade leaves loaded modules in place, and symbol versions say nothing about behaviour.
 *
 * Context: any entry
 */
void lunatik_checkrelease(lua_State *L, const char *lib, const char *release)
{
	if (loader_isbuiltin(lib) && strcmp(release, LUNATIK_RELEASE))
		luaL_error(L, "library '%s' is of lunatik %s, but %s is loaded: sudo lunatik reload, or reboot",
			   lib, release, LUNATIK_RELEASE);
}
EXPORT_SYMBOL_GPL(lunatik_checkrelease);

/* Push why there is no library. @status: an errno, or how modprobe has ended, as of wait() */
static void loader_explain(lua_State *L, const char *name, int status)
{
	const char *ending = "failed with error";
	int number = status;

	if (status > 0) {
		number = status & 0x7f ?: status >> 8;
		ending = status & 0x7f ? "was ended by signal" :
					 "ended with status";
	}
	if (status == -EINTR)
		lua_pushfstring(L, "no library '%s': interrupted while modprobe ran",
				name);
	else if (!status)
		lua_pushfstring(L, "no library '%s': no lunatik_open_%s in the module lunatik-lib-%s, or too many libraries",
				name, name, name);
	else
		lua_pushfstring(L, "no library '%s': 'modprobe lunatik-lib-%s' %s %d (the kernel log and 'lunatik status' have the reason)",
				name, name, ending, number);
}

static int loader_modprobe(void *name)
{
	return request_module("lunatik-lib-%s", (const char *)name);
}

/*
 * Only from an entry that may sleep: modprobe runs, and symbols are looked up
 * under the lock of the module list.
 */
static int loader_search(lua_State *L, const char *name)
{
	struct lunatik_runtime *rt = lunatik_of(L);
	lua_CFunction opener;
	int status;

	lunatik_checksleep(L, "require");
	opener = lunatik_module_pinopener(rt, name);
	if (!opener) {
		status = lunatik_detour(L, THIS_MODULE, loader_modprobe, name,
					strlen(name) + 1);
		opener = lunatik_module_pinopener(rt, name);
		if (!opener) {
			loader_explain(L, name, status);
			return 1;
		}
	}
	lua_pushcfunction(L, opener);
	lua_pushfstring(L, "lunatik_open_%s", name);
	return 2;
}

static int loader_builtin(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	int results;

	if (!loader_isbuiltin(name))
		return 0;
	if (!lunatik_maysleep(L))
		return luaL_error(L, "cannot load library '%s' on non-sleepable runtime",
				  name);
	results = loader_search(L, name);
	return results == 2 ? 2 : lua_error(L);
}

static int loader_foreign(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	int results;

	if (!loader_isname(name) || !lunatik_maysleep(L))
		return 0;
	results = loader_search(L, name);
	if (results == 1)
		lua_pushfstring(L, "\n\t%s", lua_tostring(L, -1));
	return results;
}

const lua_CFunction lunatik_searchers[] = {
	loader_builtin, lunatik_searchpath, loader_foreign, NULL
};

/**
 * lunatik_library_openall() - what every state starts with
 * @L: the state
 * @opener: of the library ``lunatik``
 */
void lunatik_library_openall(lua_State *L, lua_CFunction opener)
{
	lua_gc(L, LUA_GCSTOP);
	luaL_openlibs(L);
	lua_pushliteral(L, LUNATIK_VERSION);
	lua_setglobal(L, "_LUNATIK_VERSION");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	lua_pushcfunction(L, opener);
	lua_setfield(L, -2, "lunatik");
	lua_pop(L, 1);
	lua_gc(L, LUA_GCRESTART);
	lunatik_vm_rest(L);	/* a cycle at once would find nothing */
}
