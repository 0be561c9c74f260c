// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Says what an error number means, and which command mends it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lunatik.h"

static const char *release(void)
{
	static struct utsname name;

	if (!*name.release)
		uname(&name);
	return name.release;
}

/* 6.1.0-49-cloud-amd64 is of the flavour cloud-amd64, 6.12.43+deb12-amd64 of amd64: parts with a digit first are version. */
static const char *flavour(void)
{
	const char *part = release();

	while (isdigit((unsigned char)*part)) {
		part = strchr(part, '-');
		if (!part)
			return NULL;
		part++;
	}
	return part;
}

static void advise_headers(void)
{
	if (flavour())
		complain("install its headers: sudo apt install linux-headers-%s linux-headers-%s", release(), flavour());
	else
		complain("install its headers: sudo dnf install kernel-devel-%s", release());
}

static void advise_build(void)
{
	char path[512];

	if (access(PATH_SOURCE, F_OK)) {
		complain("install them: sudo apt install lunatik-dkms");
		return;
	}
	snprintf(path, sizeof(path), PATH_KERNELS "/%s/build", release());
	if (access(path, F_OK))
		advise_headers();
	else
		complain("build them: sudo dkms install --force lunatik/" LUNATIK_VERSION " -k %s", release());
}

static bool locked_down(void)
{
	FILE *file = fopen(PATH_LOCKDOWN, "re");
	char line[128] = "";

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		*line = '\0';
	fclose(file);
	return *line && !strstr(line, "[none]");
}

static void not_permitted(const char *what)
{
	if (locked_down())
		complain("%s: not permitted: the kernel is locked down (" PATH_LOCKDOWN ")", what);
	else
		complain("%s: not permitted: needs CAP_SYS_MODULE outside of any container", what);
}

static void unsigned_module(const char *name)
{
	complain("%s: the kernel refuses the module's signature (Secure Boot)", name);
	complain("enrol the key that signs it, then reboot: sudo mokutil --import /var/lib/dkms/mok.pub");
}

static bool explain_stub(const char *name)
{
	char *reason = module_stub(name);

	if (!reason)
		return false;
	complain("%s does not work on kernel %s: %s", name, release(), reason);
	free(reason);
	return true;
}

static void absent(const char *name)
{
	if (kmod_exists(name)) {
		complain("%s: needs a symbol that this kernel does not have: see dmesg", name);
		complain("build the modules anew: sudo dkms install --force lunatik/" LUNATIK_VERSION " -k %s", release());
		return;
	}
	complain("there is no module %s for the running kernel %s", name, release());
	advise_build();
}

/** diagnose_insert - why a module did not load, and what to do */
void diagnose_insert(const char *name, int error)
{
	if (explain_stub(name))
		return;
	switch (error) {
	case ENOENT:
		absent(name);
		break;
	case EPERM:
	case EACCES:
		not_permitted(name);
		break;
	case EKEYREJECTED:
	case ENOKEY:
	case EBADMSG:
		unsigned_module(name);
		break;
	case ENOEXEC:
		complain("%s was built for another kernel than %s", name, release());
		advise_build();
		break;
	case EEXIST:
		complain("%s: another loaded module has the same symbols: see dmesg", name);
		break;
	case EINVAL:
		complain("%s does not fit what is loaded, it is of another build or version: sudo lunatik reload", name);
		break;
	default:
		complain("%s: cannot load: %s: see dmesg", name, strerror(error));
	}
}

/** diagnose_open - why the control device did not open */
void diagnose_open(int error)
{
	if (error == EPERM || error == EACCES)
		not_permitted(PATH_DEVICE);
	else if (error == ENXIO || error == ENODEV)
		complain(PATH_DEVICE " belongs to no loaded module: sudo lunatik reload");
	else
		complain(PATH_DEVICE ": %s", strerror(error));
}

static char *sentence(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *sentence(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		out_of_memory();
	va_end(arguments);
	return text;
}

static char *compare(const char *loaded, const char *installed)
{
	if (!loaded)
		return sentence("a module named " CORE " is loaded that is not from this project (it has no version): "
				"sudo rmmod " CORE);
	if (!installed && strcmp(loaded, LUNATIK_VERSION) != 0)
		return sentence("lunatik %s is loaded, this command is of %s: sudo lunatik reload, or reboot", loaded,
				LUNATIK_VERSION);
	if (installed && strcmp(loaded, installed) != 0)
		return sentence("lunatik %s is loaded, %s is installed: sudo lunatik reload, or reboot", loaded, installed);
	return NULL;
}

static bool same_build(void)
{
	char *loaded = module_attribute(CORE, "srcversion");
	char *installed = kmod_info(CORE, "srcversion");
	bool same = !loaded || !installed || strcmp(loaded, installed) == 0;

	free(loaded);
	free(installed);
	return same;
}

/** diagnose_version - how the loaded core differs from the installed one, to be freed, or NULL when it does not */
char *diagnose_version(void)
{
	char *loaded = module_attribute(CORE, "version");
	char *installed = kmod_info(CORE, "version");
	char *difference = compare(loaded, installed);

	if (!difference && !same_build())
		difference = sentence("another build of lunatik %s is loaded than is installed: sudo lunatik reload, or reboot",
				      loaded);
	free(loaded);
	free(installed);
	return difference;
}
