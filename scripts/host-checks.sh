#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The checks that need no virtual machine. Prints KTAP, and ends with status 1 if a check failed.
#
# Usage: host-checks.sh [NAME...]   (checks below: check_NAME; default: all)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

detail=$(mktemp)
trap 'rm -f "$detail"' EXIT
count=0 failures=0

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

in_git() { git -c safe.directory='*' "$@"; }

# Files of ours: those that git knows or would add.
ours() {
	in_git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# Shell scripts by name or by first line.
scripts() {
	ours | while read -r file; do
		case $file in
		*.sh | debian/*.p*inst | debian/*.p*rm) echo "$file" ;;
		*) ! head -c 40 "$file" | grep -qaE '^#!.*\b(ba)?sh\b' || echo "$file" ;;
		esac
	done
}

emit() { echo "$*"; }

# A check's output is shown where it failed. Status 77: it cannot be made here, and its last line is the reason.
check() {
	local status=0 start=$SECONDS
	count=$((count + 1))
	"check_$1" >"$detail" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		emit "ok $count host: ${1//_/ } # time $((SECONDS - start)) s"
	elif [ "$status" = 77 ]; then
		emit "ok $count host: ${1//_/ } # SKIP $(tail -n 1 "$detail")"
	else
		failures=$((failures + 1))
		emit "not ok $count host: ${1//_/ }"
		tail -n 60 "$detail" | sed 's/^/# /'
	fi
}

# Another program's test lines become ours, one for one; that it failed or printed none is a failure as well.
suite() {
	local line number=0 verdict
	while read -r line; do
		case $line in
		"ok "* | "not ok "*)
			count=$((count + 1)) number=$((number + 1)) verdict=ok
			[ "${line#not }" = "$line" ] || { verdict="not ok"; failures=$((failures + 1)); }
			emit "$verdict $count host: $1: $(sed -E 's/^(not )?ok [0-9]* *(- *)?//' <<<"$line")"
			;;
		'#'*) emit "$line" ;;
		esac
	done < <("${@:2}" 2>"$detail" || { echo "not ok ends with status $?"; sed 's/^/# /' "$detail"; })
	[ "$number" -gt 0 ] || { count=$((count + 1)) failures=$((failures + 1)); emit "not ok $count host: $1: no test ran"; }
}

derived=(dkms.conf README.md doc/scripts/lib/README.md src/lib/lunatik/help.lua src/core/libraries.h src/include/lunatik_names.h src/core/exports.h)

check_derived_files() {
	local before
	before=$(sha256sum "${derived[@]}")
	make --no-print-directory regen || return 1
	[ "$before" = "$(sha256sum "${derived[@]}")" ] || { echo "make regen changed a file: commit that"; return 1; }
}

same_version() {
	[ "$2" = "$version" ] || { echo "$1 has version '$2', dkms.conf has '$version'"; return 1; }
}

check_one_version() {
	local status=0
	make --no-print-directory tools || return 1
	same_version debian/changelog "$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' debian/changelog)" || status=1
	same_version rpm/lunatik.spec "$(sed -n "s/^Version: *//p" rpm/lunatik.spec)" || status=1
	same_version "rpm/lunatik.spec's changelog" "$(sed -n "s/^\* .* - \([^-]*\)-.*/\1/p" rpm/lunatik.spec | head -n 1)" || status=1
	same_version src/include/lunatik.h \
		"$(sed -n 's/.*define LUNATIK_RELEASE[[:space:]]*"\(.*\)"/\1/p' src/include/lunatik.h)" || status=1
	same_version 'lunatik --version' "$(userspace/lunatik/lunatik --version | sed 's/^lunatik //')" || status=1
	return "$status"
}

check_lua_patches() { scripts/checks/lua-patches.sh; }

check_layers_of_the_core() { scripts/checks/layers.sh; }

check_interface_documented() { scripts/checks/interface.sh; }

check_shell_scripts() { scripts | xargs shellcheck; }

check_kernel_versions_only_in_compat() {
	! ours src ':!src/compat' | xargs grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION\('
}

# Lines of ours in the kernel's log name Lunatik. lunatik_btf.h is for files of others, which may have a prefix of their own.
check_kernel_log_prefix() {
	! ours src ':!src/include/lunatik_btf.h' | xargs grep -lE '\<(pr_(emerg|alert|crit|err|warn|notice|info)[a-z_]*|printk)\([^)]' |
		xargs -r grep -L '^#define pr_fmt(fmt) "lunatik: " fmt$' | grep .
}

# Where a comment cannot be, or the file is somebody else's format.
check_licence_lines() {
	local file status=0
	while read -r file; do
		case $file in
		*.md | .gitignore | */.gitignore | LICENSE* | debian/* | */pin | */series | *.patch | *.patterns | *.out | */exceptions) continue ;;
		esac
		head -n 5 "$file" | grep -q 'SPDX-License-Identifier:' || { echo "$file has no licence line"; status=1; }
	done < <(ours)
	return "$status"
}

# Links of documents to files of ours, and to headings in them (a heading's anchor: lower case, no punctuation, - for spaces).
anchors() { sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9_ -]//g; s/ /-/g'; }

broken_links() {
	local target path anchor
	grep -oE '\]\([^)]+\)' "$1" | sed 's/^](\(.*\))$/\1/' | grep -v '^[a-z]*:' | while read -r target; do
		path=${target%%#*} anchor=${target#"${target%%#*}"}
		if [ -n "$path" ]; then path=$(dirname "$1")/$path; else path=$1; fi
		[ -e "$path" ] || { echo "$1: $target is missing"; continue; }
		[ -z "$anchor" ] || anchors "$path" | grep -qxF -e "${anchor#\#}" || echo "$1: $target has no such heading"
	done
}

check_links_of_documents() {
	local file broken
	broken=$(ours '*.md' | while read -r file; do broken_links "$file"; done)
	[ -z "$broken" ] || { echo "$broken"; return 1; }
}

# Each library has its binding, a page with an example, which "make regen" lists in the index and the README, and tests.
check_libraries_complete() {
	local module name page status=0
	while read -r module name; do
		page=doc/scripts/lib/$name.md
		[ -f "src/bindings/$module.c" ] || { echo "src/bindings/$module.c is missing"; status=1; }
		grep -qs '^```lua$' "$page" || { echo "$page has no example in Lua"; status=1; }
		grep -qsE '^<!-- [A-Z][a-z ]*: .* -->$' "$page" || { echo "$page has no line <!-- GROUP: TEXT --> for the lists"; status=1; }
		grep -qF "($name.md)" doc/scripts/lib/README.md || { echo "make regen has not listed $name: is its group new?"; status=1; }
		grep -qF "($page)" README.md || { echo "README.md does not list $name"; status=1; }
		grep -rqE "require\(?[\"']${name}[\"']" tests --include=*.lua || { echo "no test requires $name"; status=1; }
	done < <(awk '!/^#/ && $2 ~ /^[a-z]/ { print $1, $2 }' src/modules)
	return "$status"
}

# The documents quote what `make bench` has measured last.
check_costs_quoted() {
	local file status=0
	for file in README.md doc/admin/costs.md; do
		scripts/derive/quote-costs.sh "$file" | diff "$file" - || { echo "$file quotes other costs: run scripts/derive/quote-costs.sh --write"; status=1; }
	done
	return "$status"
}

# The English and the layout of documents, manual pages and comments: doc/dev/style.md.
check_prose() { scripts/checks/prose.sh; }

check_checkpatch() { scripts/checks/checkpatch.sh; }

# The compiler's, and those of sparse, which finds what is usual outside of the kernel in Lua's own sources: 0 as a pointer, ~ in
# a cast to a byte.
check_modules_build_without_warnings() {
	make --no-print-directory modules SPARSE=1 >build/host-modules.log 2>&1 || { cat build/host-modules.log; return 1; }
	! grep -v -e '^fetch-sources: ' -e '/lua/src/.*Using plain integer as NULL pointer$' -e '/lua/src/.*cast truncates bits' \
		build/host-modules.log
}

# The template with a name filled in, as a module of its own, for each kernel that was just built.
check_template_builds() {
	local folder built status=0
	folder=$(mktemp -d)
	sed 's/NAME/template/g' src/bindings/TEMPLATE.c >"$folder/luatemplate.c"
	for built in "$PWD"/build/modules/*/; do
		cat >"$folder/Kbuild" <<-EOF
			obj-m := luatemplate.o
			KBUILD_EXTRA_SYMBOLS := ${built}Module.symvers
			ccflags-y := -Werror -I${built}include -I${built}compat -I${built}lua/kernel -I${built}lua/kernel/include
			ccflags-y += -I${built}lua/src -I${built}klibc/src/\$(SRCARCH) -include ${built}generated/lunatik_config.h
			ccflags-remove-y += \$(CC_FLAGS_FTRACE)
		EOF
		make -C "/usr/src/linux-headers-$(basename "$built")" M="$folder" clean modules || status=1
		modinfo -F alias "$folder/luatemplate.ko" | grep -qx lunatik-lib-template || status=1
	done
	rm -rf "$folder"
	return "$status"
}

# Every module of every kernel that was just built.
each_module() {
	local module status=0
	for module in build/modules/*/*.ko; do
		"$1" "$module" || status=1
	done
	return "$status"
}

check_no_floating_point() { scripts/checks/no-fpu.sh build/modules/*/*.ko; }

exports_prefixed() {
	local wrong
	wrong=$(nm "$1" | sed -n 's/.* __ksymtab_//p' | grep -v '^lunatik_')
	[ -z "$wrong" ] || { echo "$1 exports" "$wrong"; return 1; }
}

check_exported_names() { each_module exports_prefixed; }

# All text in the kprobes blacklist, no ftrace sites.
untraceable() {
	local text
	text=$(size -A "$1" | awk '$1 == ".text" || $1 == "__mcount_loc" { sum += $2 } END { print sum + 0 }')
	[ "$text" = 0 ] || { echo "$1: $text bytes of .text and __mcount_loc"; return 1; }
}

check_neither_traceable_nor_probeable() { each_module untraceable; }

# A module has what the list promises: name, alias of the library, version.
as_listed() {
	local name library
	name=$(basename "$1" .ko)
	library=$(awk -v name="$name" '$1 == name { print $2 }' src/modules)
	[ -n "$library" ] || { echo "$1 is not in src/modules"; return 1; }
	[ "$library" = - ] || modinfo -F alias "$1" | grep -qx "lunatik-lib-$library" ||
		{ echo "$1 has no alias lunatik-lib-$library"; return 1; }
	[ "$(modinfo -F version "$1")" = "$version" ] || { echo "$1: version $(modinfo -F version "$1")"; return 1; }
	[ "$(modinfo -F license "$1")" = "Dual MIT/GPL" ] || { echo "$1: license $(modinfo -F license "$1")"; return 1; }
}

check_modules_as_listed() { each_module as_listed; }

check_packages_build() { make --no-print-directory deb; }

check_lintian() {
	lintian --allow-root --fail-on error,warning build/deb/*.changes
}

# Once more, from the tarball alone and in another folder: tarball and packages are the same bytes.
check_packages_reproducible() {
	local other status=0 file
	other=$(mktemp -d)
	tar -xf build/deb/*.orig.tar.gz -C "$other"
	tar -xf build/deb/*.debian.tar.* -C "$other/lunatik-$version"
	"$other/lunatik-$version/scripts/packages/build-deb.sh" >/dev/null || status=1
	for file in build/deb/*.deb build/deb/*.orig.tar.gz; do
		cmp "$file" "$other/lunatik-$version/build/deb/$(basename "$file")" || status=1
	done
	rm -rf "$other"
	return "$status"
}

# GNU readline's licence does not fit the project's.
check_command_without_a_kernel() { make --no-print-directory -C userspace/lunatik check; }

check_no_readline() {
	! ldd userspace/lunatik/lunatik | grep readline
}

mkdir -p build
emit "KTAP version 1"
if [ $# -gt 0 ]; then
	for name; do check "$name"; done
else
	check derived_files
	check shell_scripts
	check lua_patches
	check layers_of_the_core
	check interface_documented
	check kernel_versions_only_in_compat
	check licence_lines
	check kernel_log_prefix
	check links_of_documents
	check prose
	check libraries_complete
	check costs_quoted
	check one_version
	check no_readline
	check command_without_a_kernel
	check modules_build_without_warnings
	check no_floating_point
	check exported_names
	check neither_traceable_nor_probeable
	check modules_as_listed
	check template_builds
	for runner in tests/*/host/run.sh; do
		[ ! -e "$runner" ] || suite "$(cut -d/ -f2 <<<"$runner")" "$runner"
	done
	suite "lua under sanitizers" tests/lua/host/run.sh --official
	# Late, as it may have to wait for ci/root.sh and a download.
	check checkpatch
	check packages_build
	check lintian
	check packages_reproducible
fi
emit "1..$count"
[ "$failures" = 0 ]
