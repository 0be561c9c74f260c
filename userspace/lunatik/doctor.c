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

static bool check_core(struct findings *findings)
{
	char *version;

	if (diagnose_absent(findings))
		return false;
	version = kmod_info(CORE, "version");
	if (version && strcmp(version, LUNATIK_VERSION) != 0)
		found(findings, "version", sentence(CORE " was built from version %s, this command is of " LUNATIK_VERSION, version),
		      install_command("lunatik-tools lunatik-dkms", "lunatik-tools lunatik-dkms"));
	free(version);
	return !diagnose_stub(findings, CORE);
}

static bool check_libraries(struct findings *findings)
{
	struct modules modules;
	char *reason;
	size_t i;

	if (!modules_read(&modules))
		return true;
	for (i = 0; i < modules.count; i++) {
		if (strcmp(modules.names[i], CORE) == 0)
			continue;
		if (!kmod_exists(modules.names[i])) {
			found(findings, "build", sentence("there is no module %s for the running kernel %s", modules.names[i],
							  kernel_release()),
			      rebuild_command());
			continue;
		}
		reason = module_stub(modules.names[i]);
		/* Another kernel is the only cure: nothing is wrong with this installation. */
		if (reason && strstr(reason, " in this kernel"))
			noted(findings, "stub", sentence("%s does not work on kernel %s: %s", modules.names[i], kernel_release(),
							 reason), NULL);
		else if (reason)
			diagnose_stub(findings, modules.names[i]);
		free(reason);
	}
	modules_free(&modules);
	return true;
}

/* ---- what the kernel says ------------------------------------------------------------------------------ */

/* Only the attempt shows whether the kernel knows the key, or takes the modules at all. */
static bool check_loading(struct findings *findings)
{
	if (findings_problem(findings) || device_present())
		return true;
	if (geteuid() == 0)
		modules_try(true, findings);
	else if (kernel_takes_no_modules())
		diagnose_insert(findings, CORE, EPERM);
	else if (kernel_takes_signed_modules())
		noted(findings, "key", sentence("this kernel loads only modules that are signed with a key that it knows; root can find out "
						"whether it loads these"), sentence("sudo lunatik doctor"));
	return true;
}

/* Without BTF a module works, but eBPF programs cannot call it. One stands for all: they are built together. */
static bool check_btf(struct findings *findings)
{
	struct modules modules;
	char *reason = NULL;
	size_t i;

	if (!modules_read(&modules))
		return true;
	for (i = 0; i < modules.count && !reason; i++) {
		reason = module_without_btf(modules.names[i]);
		if (reason)
			noted(findings, "btf", sentence("%s has no BTF, so that eBPF programs cannot call it: %s", modules.names[i], reason),
			      program_present("pahole") ? rebuild_command() : install_command("pahole", "dwarves"));
	}
	free(reason);
	modules_free(&modules);
	return true;
}

/* ---- kernels to come --------------------------------------------------------------------------------------- */

static bool check_future(struct findings *findings)
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
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

static bool check_loaded(struct findings *findings)
{
	int session;

	/* Under the lock, as another command may be removing them. */
	modules_lock();
	diagnose_version(findings);
	if (!module_loaded(CORE) || !module_loaded("lunatik_run"))
		goto unlock;
	if (!device_present()) {
		diagnose_device(findings);
	} else if (geteuid() == 0) {
		session = session_open();
		if (session < 0)
			diagnose_open(findings, -session);
		else
			session_close(session);
	}
unlock:
	modules_unlock();
	return true;
}

/* In this order. One that returns false has found why the others would find nothing. */
static bool (*const checks[])(struct findings *findings) = {
	check_loaded,
	check_core,
	check_libraries,
	check_loading,
	check_btf,
	diagnose_source,
	check_future,
};

/** command_doctor - lunatik doctor; fails when it found a problem */
enum status command_doctor(int argc, char **argv)
{
	struct findings findings = { };
	bool json, well;
	json_t *all;
	size_t i;

	if (!json_option(argc, argv, &json))
		return STATUS_USAGE;
	for (i = 0; i < ARRAY_SIZE(checks) && checks[i](&findings); i++)
		;
	diagnose_leftovers(&findings);
	diagnose_scripts(&findings);
	well = !findings_problem(&findings);
	if (json) {
		all = must(json_pack("{s:s, s:s, s:b, s:o}", "version", LUNATIK_VERSION, "kernel", kernel_release(),
				     "ok", well, "findings", findings_json(&findings)));
		print_document(all);
		json_decref(all);
	} else {
		findings_print(&findings);
		if (well)
			printf("all is well: lunatik " LUNATIK_VERSION " on %s\n", kernel_release());
	}
	findings_free(&findings);
	return well ? STATUS_OK : STATUS_FAILED;
}
