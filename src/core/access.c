// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * access.c - who may script the kernel, and whether the kernel takes new code at all.
 *
 * A script is code of the kernel. Where the kernel takes no more modules, or only signed ones, unsigned scripts would
 * be a way around that.
 */
#define pr_fmt(fmt) "lunatik: " fmt

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/security.h>

#include <lunatik_binding.h>

#include "access.h"

/* The kernel's own variable, which is not exported; NULL where it cannot be found. */
static const int *access_disabled;

/**
 * lunatik_access_init() - find what the kernel does not export
 */
void lunatik_access_init(void)
{
	access_disabled = lunatik_lookup("modules_disabled");
}

static bool access_isdisabled(void)
{
	struct file *file;
	char digit = '0';
	loff_t pos = 0;

	if (access_disabled)
		return READ_ONCE(*access_disabled) != 0;
	file = lunatik_file_open("/proc/sys/kernel/modules_disabled", O_RDONLY);
	if (IS_ERR(file))
		return PTR_ERR(file) != -ENOENT;
	if (kernel_read(file, &digit, 1, &pos) != 1)
		digit = '1';
	lunatik_file_close(file);
	return digit != '0';
}

/**
 * lunatik_access_refusal() - why the kernel takes no new code that is not signed
 *
 * Context: process, may sleep
 * Return: the reason, or NULL if it does
 */
const char *lunatik_access_refusal(void)
{
	if (access_isdisabled())
		return "kernel.modules_disabled=1 forbids new code in the kernel until the next boot";
	if (security_locked_down(LOCKDOWN_MODULE_SIGNATURE))
		return "the kernel is locked down: it takes signed code only, and scripts are not signed";
	if (is_module_sig_enforced())
		return "the kernel takes signed code only (module.sig_enforce=1), and scripts are not signed";
	return NULL;
}

/**
 * lunatik_access_checkcode() - may anybody run new code in the kernel?
 *
 * The reason why not is logged.
 *
 * Context: process, may sleep
 * Return: 0, or -EPERM
 */
int lunatik_access_checkcode(void)
{
	const char *reason = lunatik_access_refusal();

	if (!reason)
		return 0;
	pr_warn_ratelimited("refused: %s\n", reason);
	return -EPERM;
}
EXPORT_SYMBOL(lunatik_access_checkcode);

/**
 * lunatik_access_check() - may this task script the kernel?
 *
 * Context: process, may sleep
 * Return: 0; -EPERM without CAP_SYS_MODULE in the initial user namespace, or as
 * lunatik_access_checkcode()
 */
int lunatik_access_check(void)
{
	return capable(CAP_SYS_MODULE) ? lunatik_access_checkcode() : -EPERM;
}
EXPORT_SYMBOL(lunatik_access_check);
