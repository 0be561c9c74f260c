// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Says why modules are missing or do not load, and which command mends it.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static char *build_command(void)
{
	return sentence("sudo dkms install --force lunatik/" LUNATIK_VERSION " -k %s", kernel_release());
}

/** rebuild_command - the command that builds modules anew that are there, to be freed */
char *rebuild_command(void)
{
	char *build = build_command(), *command;

	/* DKMS would install what it has built before. */
	command = sentence("sudo dkms build --force lunatik/" LUNATIK_VERSION " -k %s && %s", kernel_release(), build);
	free(build);
	return command;
}

/** program_present - whether root's PATH has a program */
bool program_present(const char *name)
{
	static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/usr/local/bin" };
	char path[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), LUNATIK_ROOT "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* ---- no modules ------------------------------------------------------------------------------- */

/** diagnose_source - whether DKMS has what it builds from; a problem if not */
bool diagnose_source(struct findings *findings)
{
	glob_t others;

	if (access(PATH_SOURCE, F_OK) == 0)
		return true;
	if (glob(PATH_SOURCES "/lunatik-[0-9]*", 0, NULL, &others) == 0)
		found(findings, "version", sentence("this command is of version " LUNATIK_VERSION ", but the modules' source is %s",
						    others.gl_pathv[0] + strlen(LUNATIK_ROOT)),
		      install_command("lunatik-tools lunatik-dkms", "lunatik-tools lunatik-dkms"));
	else
		found(findings, "package", sentence("the package lunatik-dkms, which holds the modules' source, is not installed"),
		      install_command("lunatik-dkms", "lunatik-dkms"));
	globfree(&others);
	return false;
}

struct kernels {
	const char *newest;
	bool newest_built;
	char built[200];
};

static void note_kernel(const char *release, void *data)
{
	struct kernels *kernels = data;
	bool built = kernel_built(release);
	size_t size = strlen(kernels->built);

	if (built && size + strlen(release) + 3 < sizeof(kernels->built))
		sprintf(kernels->built + size, "%s%s", size ? ", " : "", release);
	if (strverscmp(release, kernels->newest ? kernels->newest : kernel_release()) > 0) {
		free((char *)kernels->newest);
		kernels->newest = must(strdup(release));
		kernels->newest_built = built;
	}
}

static void headers_missing(struct findings *findings, const struct kernels *others)
{
	char *newest = others->newest ? sentence("; %s is installed%s, this one is older", others->newest,
						 others->newest_built ? " and has the modules" : "") : NULL;

	found(findings, "headers", sentence("no modules can be built for the running kernel %s: its headers are not installed%s",
					    kernel_release(), newest ? newest : ""), headers_command());
	free(newest);
}

static bool compiler_missing(struct findings *findings)
{
	const char *what = program_present("make") ? "gcc" : "make";
	char *install, *build;

	if (program_present("make") && (program_present("gcc") || program_present("cc")))
		return false;
	install = install_command("gcc make", "gcc make");
	build = build_command();
	found(findings, "compiler", sentence("no modules can be built for the running kernel %s: %s is not installed",
					     kernel_release(), what), sentence("%s && %s", install, build));
	free(install);
	free(build);
	return true;
}

static void not_built(struct findings *findings, const char *built)
{
	static const char log[] = PATH_DKMS "/lunatik/" LUNATIK_VERSION "/build/make.log";
	/* The log of the last build that failed says first for which kernel that was. */
	char *mark = sentence(" for kernel %s ", kernel_release()), *line = first_line(log);

	if (line && strstr(line, mark))
		found(findings, "build", sentence("building the modules for the running kernel %s failed: see %s",
						  kernel_release(), log + strlen(LUNATIK_ROOT)), build_command());
	else if (*built)
		found(findings, "kernel", sentence("the modules were built for %s, but not for the running kernel %s", built,
						   kernel_release()), build_command());
	else
		found(findings, "build", sentence("the modules were not built for the running kernel %s", kernel_release()),
		      build_command());
	free(line);
	free(mark);
}

/**
 * diagnose_absent - why the running kernel has no core; false when it has one
 *
 * One problem is added: the first thing that stands between this machine and its modules.
 */
bool diagnose_absent(struct findings *findings)
{
	struct kernels others = { };

	if (kmod_exists(CORE))
		return false;
	kernel_others(note_kernel, &others);
	if (in_container())
		found(findings, "container", sentence("this is a container: modules are loaded on the machine that runs it"), NULL);
	else if (!diagnose_source(findings))
		;
	else if (!program_present("dkms"))
		found(findings, "dkms", sentence("dkms, which builds the modules, is not installed"),
		      install_command("dkms lunatik-dkms", "dkms lunatik-dkms"));
	else if (!headers_present())
		headers_missing(findings, &others);
	else if (!compiler_missing(findings))
		not_built(findings, others.built);
	free((char *)others.newest);
	return true;
}

/* ---- modules that do not load -------------------------------------------------------------------- */

/* The last setting of a file holds, without its quotes. Frees @path when it returns another one. */
static char *read_certificate(const char *file, char *path)
{
	FILE *stream = fopen(file, "re");
	char *line = NULL, *value;
	size_t room = 0;

	while (stream && getline(&line, &room, stream) > 0) {
		if (strncmp(line, "mok_certificate=", 16) != 0)
			continue;
		value = line + 16 + strspn(line + 16, "\"'");
		value[strcspn(value, "\"'\n")] = '\0';
		free(path);
		path = must(strdup(value));
	}
	if (stream)
		fclose(stream);
	free(line);
	return path;
}

/* The certificate of the key by which DKMS signs: the administrator's, if one is configured. */
static char *certificate(void)
{
	static const char *const patterns[] = { PATH_FRAMEWORK ".d/*.conf", PATH_FRAMEWORK };
	char *path = NULL;
	size_t i, file;
	glob_t paths;

	for (i = 0; i < ARRAY_SIZE(patterns) && !path; i++) {
		if (glob(patterns[i], 0, NULL, &paths))
			continue;
		for (file = 0; file < paths.gl_pathc; file++)
			path = read_certificate(paths.gl_pathv[file], path);
		globfree(&paths);
	}
	return path ? path : sentence("/var/lib/dkms/mok.pub");
}

static void key_unknown(struct findings *findings, const char *name)
{
	char *kind = kmod_info(name, "sig_id"), *signer = kmod_info(name, "signer"), *key = certificate();
	char *by = sentence("it was signed with a key that the kernel does not know (%s)", signer && *signer ? signer : key);

	if (!kind)
		found(findings, "signature", sentence("the kernel takes signed modules only, and %s has no signature; DKMS signs if openssl is "
						      "installed", name), rebuild_command());
	else if (access(PATH_EFI, F_OK))
		found(findings, "key", sentence("the kernel takes signed modules only (module.sig_enforce=1), and refuses %s: %s; without "
						"UEFI no key can be enrolled: remove that word from /etc/default/grub", name, by),
		      sentence("sudo update-grub && sudo reboot"));
	else
		found(findings, "key", sentence("the kernel takes signed modules only, and refuses %s: %s; enrol it, then reboot and confirm",
						name, by),
		      sentence("sudo mokutil --import %s", key));
	free(kind);
	free(signer);
	free(key);
	free(by);
}

/* Signed code only means no scripts: they have no signatures that the kernel could check. */
static void not_permitted(struct findings *findings, const char *what)
{
	const char *lockdown = kernel_lockdown();

	if (kernel_takes_no_modules())
		found(findings, "disabled", sentence("%s: not permitted: kernel.modules_disabled=1 forbids loading any module, and running any new "
						     "script, until the next boot (see /etc/sysctl.d)", what), sentence("sudo reboot"));
	else if (in_container())
		found(findings, "container", sentence("%s: not permitted: this is a container: modules are loaded on the machine that runs "
						      "it", what), NULL);
	else if (lockdown && (kernel_argument("lockdown=integrity") || kernel_argument("lockdown=confidentiality")))
		found(findings, "lockdown", sentence("%s: not permitted: the kernel is locked down (lockdown=%s on its command line): "
						     "remove that word from /etc/default/grub", what, lockdown),
		      sentence("sudo update-grub && sudo reboot"));
	else if (lockdown)
		found(findings, "lockdown", sentence("%s: not permitted: the kernel is locked down (%s), which Secure Boot brings; it ends with the "
						     "validation by the shim", what, lockdown),
		      sentence("sudo mokutil --disable-validation && sudo reboot"));
	else if (!kernel_takes_signed_modules())
		found(findings, "permission", sentence("%s: not permitted: needs CAP_SYS_MODULE outside of any container", what), NULL);
	else if (kernel_argument("module.sig_enforce=1") || kernel_argument("module.sig_enforce"))
		found(findings, "enforced", sentence("%s: not permitted: the kernel takes signed code only (module.sig_enforce=1 on its command line), "
						     "and scripts are not signed: remove that word from /etc/default/grub", what),
		      sentence("sudo update-grub && sudo reboot"));
	else
		found(findings, "enforced", sentence("%s: not permitted: the kernel takes signed code only (module.sig_enforce=1, set since it "
						     "booted, or built in), and scripts are not signed", what), sentence("sudo reboot"));
}

static void format_refused(struct findings *findings, const char *name)
{
	/* "X: exports duplicate symbol S (owned by Y)" */
	char *message = kernel_log(name, ": exports duplicate symbol ", "(owned by ");
	char symbol[128], owner[64];
	bool clash = message && sscanf(strstr(message, "symbol "), "symbol %127s (owned by %63[^)])", symbol, owner) == 2;

	/* The log has earlier attempts, too. */
	if (clash && module_loaded(owner))
		found(findings, "clash", sentence("%s: the loaded module %s has a symbol of the same name, %s", name, owner, symbol),
		      sentence("sudo rmmod %s", owner));
	else
		found(findings, "kernel", sentence("%s was built for another kernel than %s", name, kernel_release()), rebuild_command());
	free(message);
}

static void symbol_missing(struct findings *findings, const char *name)
{
	char *message = kernel_log(name, ": Unknown symbol ", ""), symbol[128] = "";

	if (message)
		sscanf(strstr(message, "symbol "), "symbol %127s", symbol);
	if (!kmod_exists(name))
		found(findings, "build", sentence("there is no module %s for the running kernel %s", name, kernel_release()),
		      rebuild_command());
	else
		found(findings, "symbol", sentence("%s needs a symbol that the kernel does not have%s%s: it is of another build than the kernel or the "
						   "other modules", name, *symbol ? ": " : "", symbol), rebuild_command());
	free(message);
}

static void symbol_taken(struct findings *findings, const char *name)
{
	found(findings, "clash", sentence("%s: another loaded module has the same symbols: see dmesg", name), NULL);
}

static void argument_refused(struct findings *findings, const char *name)
{
	/* "lunatik: parameter NAME: an integer from A to B expected" */
	char *message = strcmp(name, CORE) == 0 ? kernel_log(CORE ": parameter ", " expected", "") : NULL;
	char *text = message ? strstr(message, "parameter ") : NULL;

	if (text)
		found(findings, "parameter", sentence("%s refuses a parameter: %s: see /etc/modprobe.d", name, text),
		      sentence("grep -r 'options *" CORE "' /etc/modprobe.d"));
	else
		found(findings, "version", sentence("%s does not fit the loaded modules: it is of another build or version", name),
		      sentence("sudo lunatik reload"));
	free(message);
}

static const struct {
	int error;
	void (*diagnose)(struct findings *findings, const char *name);
} insert_errors[] = {
	{ ENOENT, symbol_missing },
	{ EPERM, not_permitted },
	{ EACCES, not_permitted },
	{ EKEYREJECTED, key_unknown },
	{ ENOKEY, key_unknown },
	{ EBADMSG, key_unknown },
	{ ENOEXEC, format_refused },
	{ EEXIST, symbol_taken },
	{ EINVAL, argument_refused },
};

/** diagnose_stub - whether a module is a stub; then a problem that says why */
bool diagnose_stub(struct findings *findings, const char *name)
{
	char *reason = module_stub(name);

	if (!reason)
		return false;
	found(findings, "stub", sentence("%s does not work on kernel %s: %s", name, kernel_release(), reason),
	      strstr(reason, "is not set in this kernel") ? NULL : rebuild_command());
	free(reason);
	return true;
}

/** diagnose_insert - why a module did not load: @error is the errno */
void diagnose_insert(struct findings *findings, const char *name, int error)
{
	size_t i;

	if (diagnose_absent(findings) || diagnose_stub(findings, name))
		return;
	for (i = 0; i < ARRAY_SIZE(insert_errors) && insert_errors[i].error != error; i++)
		;
	if (i < ARRAY_SIZE(insert_errors))
		insert_errors[i].diagnose(findings, name);
	else
		found(findings, "load", sentence("%s: cannot load: %s: see dmesg", name, strerror(error)), NULL);
}

/** diagnose_open - why the control device did not open: @error is the errno */
void diagnose_open(struct findings *findings, int error)
{
	if (error == EPERM || error == EACCES)
		not_permitted(findings, PATH_DEVICE);
	else if (error == ENXIO || error == ENODEV)
		found(findings, "device", sentence(PATH_DEVICE " belongs to no loaded module"), sentence("sudo lunatik reload"));
	else
		found(findings, "device", sentence(PATH_DEVICE ": %s", strerror(error)), NULL);
}

/** diagnose_device - the modules are loaded and their device is not there */
void diagnose_device(struct findings *findings)
{
	found(findings, "device", sentence(PATH_DEVICE " is missing although the modules are loaded: is devtmpfs mounted on /dev?"),
	      sentence("sudo lunatik reload"));
}

/* ---- versions -------------------------------------------------------------------------------------- */

static void stale(struct findings *findings, char *cause)
{
	found(findings, "stale", cause, sentence("sudo lunatik reload"));
}

/** diagnose_version - how the loaded core differs from the installed one; false when it does not, or none is loaded */
bool diagnose_version(struct findings *findings)
{
	char *loaded, *installed, *loaded_build, *installed_build;
	size_t before = findings->count;

	if (!module_loaded(CORE))
		return false;
	loaded = module_attribute(CORE, "version");
	installed = kmod_info(CORE, "version");
	loaded_build = module_attribute(CORE, "srcversion");
	installed_build = kmod_info(CORE, "srcversion");
	if (!loaded)
		found(findings, "foreign", sentence("a module named " CORE " is loaded that is not from this project (it has no version)"),
		      sentence("sudo modprobe -r --remove-holders " CORE));
	else if (installed && strcmp(loaded, installed) != 0)
		stale(findings, sentence("lunatik %s is loaded, %s is installed", loaded, installed));
	else if (!installed && strcmp(loaded, LUNATIK_VERSION) != 0)
		stale(findings, sentence("lunatik %s is loaded, this command is of " LUNATIK_VERSION, loaded));
	else if (loaded_build && installed_build && strcmp(loaded_build, installed_build) != 0)
		stale(findings, sentence("another build of lunatik %s is loaded than is installed", loaded));
	free(loaded);
	free(installed);
	free(loaded_build);
	free(installed_build);
	return findings->count > before;
}
