// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik doctor: needs neither root nor the modules, and leaves everything as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* ---- modules on disk -------------------------------------------------------------------------------- */

static void check_stub(struct findings *findings, const char *name)
{
	char *reason = module_stub(name);

	/* Another kernel is the only cure: nothing is wrong with this installation. */
	if (reason && strstr(reason, " in this kernel"))
		noted(findings, "stub", sentence("%s does not work on kernel %s: %s", name, kernel_release(), reason), NULL);
	else if (reason)
		diagnose_stub(findings, name);
	free(reason);
}

static void check_version(struct findings *findings, const char *name)
{
	char *version = kmod_info(name, "version");

	if (version && strcmp(version, LUNATIK_VERSION) != 0)
		found(findings, "version", sentence("%s was built from version %s, this command is of " LUNATIK_VERSION, name, version),
		      install_command("lunatik-tools lunatik-dkms", "lunatik-tools lunatik-dkms"));
	free(version);
}

static void check_libraries(struct findings *findings)
{
	struct modules modules;
	size_t i;

	if (!modules_read(&modules))
		return;
	for (i = 0; i < modules.count; i++) {
		if (strcmp(modules.names[i], CORE) == 0)
			continue;
		if (kmod_exists(modules.names[i]))
			check_stub(findings, modules.names[i]);
		else
			found(findings, "build", sentence("there is no module %s for the running kernel %s", modules.names[i],
							  kernel_release()),
			      rebuild_command());
	}
	modules_free(&modules);
}

/* ---- what the kernel says ------------------------------------------------------------------------------ */

/* Only the attempt shows whether the kernel knows the key, or takes the modules at all. */
static void check_loading(struct findings *findings)
{
	if (geteuid() == 0)
		modules_try(true, findings);
	else if (kernel_takes_no_modules())
		diagnose_insert(findings, CORE, EPERM);
	else if (kernel_takes_signed_modules())
		noted(findings, "key", sentence("this kernel loads only modules that are signed with a key that it knows; root can find out "
						"whether it loads these"), sentence("sudo lunatik doctor"));
}

static void check_session(struct findings *findings)
{
	int session = session_open();

	if (session < 0)
		diagnose_open(findings, -session);
	else
		session_close(session);
}

static void check_device(struct findings *findings)
{
	if (!device_present())
		diagnose_device(findings);
	else if (geteuid() == 0)
		check_session(findings);
}

/* Without BTF a module works, but eBPF programs cannot call it. One stands for all: they are built together. */
static void check_btf(struct findings *findings)
{
	struct modules modules;
	char *reason = NULL;
	size_t i;

	if (!modules_read(&modules))
		return;
	for (i = 0; i < modules.count && !reason; i++) {
		reason = module_without_btf(modules.names[i]);
		if (reason)
			noted(findings, "btf", sentence("%s has no BTF, so that eBPF programs cannot call it: %s", modules.names[i], reason),
			      program_present("pahole") ? rebuild_command() : install_command("pahole", "dwarves"));
	}
	free(reason);
	modules_free(&modules);
}

/* ---- kernels to come --------------------------------------------------------------------------------------- */

static void check_future(struct findings *findings)
{
	char *meta = headers_metapackage(), *request = meta ? headers_request(meta) : NULL;

	if (meta && !headers_follow(meta))
		noted(findings, "upgrade", sentence("%s is not installed%s: the next kernel will come without headers, so no modules can be built for it",
						    meta, package_installed(meta) ? " in the version of the images" : ""),
		      sentence("sudo apt install %s", request));
	free(request);
	free(meta);
	if (!program_present("make") || !(program_present("gcc") || program_present("cc")))
		noted(findings, "compiler", sentence("gcc or make is not installed: no modules can be built for the next kernel"),
		      install_command("gcc make", "gcc make"));
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

/* Under the lock, as another command may be removing them. */
static void check_loaded(struct findings *findings)
{
	modules_lock();
	if (module_loaded(CORE)) {
		diagnose_version(findings);
		if (module_loaded("lunatik_run"))
			check_device(findings);
	}
	modules_unlock();
}

static void check_kernel(struct findings *findings)
{
	check_loaded(findings);
	if (diagnose_absent(findings))
		return;
	check_version(findings, CORE);
	if (diagnose_stub(findings, CORE))
		return;
	check_libraries(findings);
	if (!findings_problem(findings) && !device_present())
		check_loading(findings);
	check_btf(findings);
	if (diagnose_source(findings))
		check_future(findings);
}

static void print_json(const struct findings *findings)
{
	json_t *all = must(json_pack("{s:s, s:s, s:b, s:o}", "version", LUNATIK_VERSION, "kernel", kernel_release(),
				     "ok", !findings_problem(findings), "findings", findings_json(findings)));

	print_document(all);
	json_decref(all);
}

static void print_text(const struct findings *findings)
{
	findings_print(findings);
	if (!findings_problem(findings))
		printf("all is well: lunatik " LUNATIK_VERSION " on %s\n", kernel_release());
}

/** command_doctor - lunatik doctor; fails when it found a problem */
enum status command_doctor(int argc, char **argv)
{
	struct findings findings = { };
	enum status status;
	bool json;

	if (!json_option(argc, argv, &json))
		return STATUS_USAGE;
	check_kernel(&findings);
	diagnose_leftovers(&findings);
	diagnose_scripts(&findings);
	if (json)
		print_json(&findings);
	else
		print_text(&findings);
	status = findings_problem(&findings) ? STATUS_FAILED : STATUS_OK;
	findings_free(&findings);
	return status;
}
