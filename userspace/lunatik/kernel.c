// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The running kernel and its restrictions, and the installed kernels and packages.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"

/** kernel_release - as uname -r says */
const char *kernel_release(void)
{
	static struct utsname name;

	if (!*name.release)
		uname(&name);
	return name.release;
}

/** on_debian - whether packages come by apt here */
bool on_debian(void)
{
	return access(PATH_DEBIAN, F_OK) == 0;
}

/* A field of a package that dpkg knows, to be freed, or NULL. */
static char *package_field(const char *name, const char *field)
{
	char *command = sentence("dpkg-query -W -f '${%s}' '%s' 2>/dev/null", field, name), *value = NULL;
	FILE *pipe = on_debian() ? popen(command, "re") : NULL;
	size_t room = 0;

	if (pipe && getline(&value, &room, pipe) < 0) {
		free(value);
		value = NULL;
	}
	if (pipe)
		pclose(pipe);
	free(command);
	return value;
}

/** package_installed - whether dpkg has this package installed */
bool package_installed(const char *name)
{
	char *state = package_field(name, "Status");
	bool installed = state && strstr(state, " ok installed");

	free(state);
	return installed;
}

/** install_command - the command that installs packages, to be freed */
char *install_command(const char *debian, const char *fedora)
{
	return on_debian() ? sentence("sudo apt install %s", debian) : sentence("sudo dnf install %s", fedora);
}

/*
 * A release may have kernels of two series. The second one's source has the number in its name (linux-6.12,
 * linux-signed-6.12-amd64), and so have its metapackages (linux-headers-6.12-amd64).
 */
static bool second_series(const char *series)
{
	char *image = sentence("linux-image-%s", kernel_release());
	char *source = package_field(image, "Source");
	const char *number = source ? strchr(source, '-') : NULL;
	size_t size = strlen(series);
	bool second = false;

	while (number && !second) {
		number++;
		second = strncmp(number, series, size) == 0 && !isdigit((unsigned char)number[size]);
		number = strchr(number, '-');
	}
	free(source);
	free(image);
	return second;
}

/** headers_metapackage - the package that brings the headers of every later kernel of this flavour, to be freed, or NULL */
char *headers_metapackage(void)
{
	const char *flavour = kernel_release();
	unsigned int major, minor;
	char series[32];

	/*
	 * 6.1.0-49-cloud-amd64 is of the flavour cloud-amd64, 6.12.43+deb12-amd64 of amd64: parts with a digit first are
	 * version.
	 */
	while (flavour && isdigit((unsigned char)*flavour)) {
		flavour = strchr(flavour, '-');
		flavour = flavour ? flavour + 1 : NULL;
	}
	if (!on_debian() || !flavour || sscanf(kernel_release(), "%u.%u", &major, &minor) != 2)
		return NULL;
	snprintf(series, sizeof(series), "%u.%u", major, minor);
	return second_series(series) ? sentence("linux-headers-%s-%s", series, flavour) : sentence("linux-headers-%s", flavour);
}

/** headers_follow - whether the headers that a metapackage brings are those of the kernels that its counterpart brings */
bool headers_follow(const char *meta)
{
	char *image = sentence("linux-image-%s", meta + strlen("linux-headers-"));
	char *images = package_installed(image) ? package_field(image, "Version") : NULL;
	char *headers = package_field(meta, "Version");
	bool follow = package_installed(meta) && (!images || !headers || strcmp(headers, images) == 0);

	free(headers);
	free(images);
	free(image);
	return follow;
}

/**
 * headers_request - what to ask apt for, to be freed
 *
 * apt prefers a release's own kernel to that of its backports, which the machine may run.
 */
char *headers_request(const char *meta)
{
	static const char key[] = "VERSION_CODENAME=";
	char *image = sentence("linux-image-%s", kernel_release());
	char *version = package_field(image, "Version"), *line = NULL, *request = NULL;
	FILE *file = version && strstr(version, "~bpo") ? fopen(PATH_RELEASE, "re") : NULL;
	size_t room = 0;

	while (file && !request && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, key, strlen(key)) == 0)
			request = sentence("%s/%s-backports", meta, line + strlen(key));
	}
	free(line);
	if (file)
		fclose(file);
	free(version);
	free(image);
	return request ? request : sentence("%s", meta);
}

/** headers_command - how to install the headers of the running kernel, and of those to come, to be freed */
char *headers_command(void)
{
	char *meta = headers_metapackage(), *request = meta ? headers_request(meta) : NULL, *command;
	/* A flavour of Fedora stands behind a plus (6.17.1-300.fc43.x86_64+rt). */
	const char *release = kernel_release(), *plus = strchr(release, '+');

	if (on_debian())
		command = sentence("sudo apt install linux-headers-%s%s%s", release, request ? " " : "", request ? request : "");
	else if (plus)
		command = sentence("sudo dnf install kernel-%s-devel-%.*s", plus + 1, (int)(plus - release), release);
	else
		command = sentence("sudo dnf install kernel-devel-%s", release);
	free(request);
	free(meta);
	return command;
}

/** headers_present - whether modules can be built for the running kernel */
bool headers_present(void)
{
	char path[512];

	/* A link may be there whose target is not. */
	snprintf(path, sizeof(path), PATH_KERNELS "/%s/build/include", kernel_release());
	return access(path, F_OK) == 0;
}

/** kernel_built - whether the modules of a kernel were built and are known to depmod */
bool kernel_built(const char *release)
{
	char path[512], *line = NULL;
	bool built = false;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), PATH_KERNELS "/%s/modules.dep", release);
	file = fopen(path, "re");
	while (file && !built && getline(&line, &room, file) > 0) {
		line[strcspn(line, ":")] = '\0';
		built = strstr(line, "/" CORE ".ko");
	}
	free(line);
	if (file)
		fclose(file);
	return built;
}

static int is_other(const struct dirent *entry)
{
	char path[600];

	snprintf(path, sizeof(path), PATH_KERNELS "/%s/modules.dep", entry->d_name);
	return strcmp(entry->d_name, kernel_release()) != 0 && access(path, F_OK) == 0;
}

/** kernel_others - call @visit with each other kernel whose modules are installed, older ones first */
void kernel_others(void (*visit)(const char *release, void *data), void *data)
{
	struct dirent **entries;
	int i, count = scandir(PATH_KERNELS, &entries, is_other, versionsort);

	for (i = 0; i < count; i++) {
		visit(entries[i]->d_name, data);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/** kernel_argument - whether the kernel's command line has this word */
bool kernel_argument(const char *word)
{
	char *line = first_line(PATH_CMDLINE), *cursor = line, *part;
	bool has = false;

	while (cursor && !has && (part = strsep(&cursor, " ")))
		has = strcmp(part, word) == 0;
	free(line);
	return has;
}

/** kernel_lockdown - "integrity", "confidentiality", or NULL */
const char *kernel_lockdown(void)
{
	static const char *const modes[] = { "integrity", "confidentiality" };
	char *line = first_line(PATH_LOCKDOWN), word[64];
	const char *mode = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		snprintf(word, sizeof(word), line ? "[%s]" : "lockdown=%s", modes[i]);
		/* Without securityfs only the command line shows it. */
		if (line ? strstr(line, word) != NULL : kernel_argument(word))
			mode = modes[i];
	}
	free(line);
	return mode;
}

static bool is_set(const char *path)
{
	char *line = first_line(path);
	bool on = line && (*line == '1' || *line == 'Y');

	free(line);
	return on;
}

/** kernel_takes_no_modules - whether loading was switched off until the next boot */
bool kernel_takes_no_modules(void)
{
	return is_set(PATH_DISABLED);
}

/** kernel_takes_signed_modules - whether only modules with a signature of a known key load */
bool kernel_takes_signed_modules(void)
{
	return is_set(PATH_ENFORCE) || kernel_lockdown();
}

/** kernel_log - the last message of the kernel that holds all three texts, to be freed, or NULL; root may read the log */
char *kernel_log(const char *first, const char *second, const char *third)
{
	char *log = kmod_log(), *cursor = log, *line, *last = NULL;

	while ((line = strsep(&cursor, "\n")))
		if (strstr(line, first) && strstr(line, second) && strstr(line, third))
			last = line;
	last = last ? must(strdup(last)) : NULL;
	free(log);
	return last;
}

/** in_container - whether the kernel is somebody else's to load modules into */
bool in_container(void)
{
	static const char *const marks[] = {
		LUNATIK_ROOT "/run/systemd/container", LUNATIK_ROOT "/run/.containerenv", LUNATIK_ROOT "/.dockerenv",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if (access(marks[i], F_OK) == 0)
			return true;
	return false;
}
