# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced after lib.sh: Debian's archive as this machine's own apt knows it, in a state of
# its own under the cache folder, so that neither root nor other vendors' lists are needed.

# The kernels that this run is about: those of check, or others of one release (make matrix).
selected=${LUNATIK_KERNELS:-$(kernel_names check | paste -s -d ' ')}

# Print the release that the selected kernels are of.
selected_release() {
	local releases
	releases=$(data "$ci/kernels" | awk -v names=" $selected " 'index(names, " " $1 " ") { sub(/-.*/, "", $2); print $2 }' | sort -u)
	[ "$(wc -w <<< "$releases")" = 1 ] || die "not kernels of one release of ci/kernels: $selected"
	echo "$releases"
}

# Print the architecture that they run on.
selected_arch() {
	local kernel
	for kernel in $selected; do
		kernel_arch "$kernel"
	done | sort -u
}

apt_suite=$(selected_release)
apt_arch=$(selected_arch)
[ "$(wc -w <<< "$apt_arch")" = 1 ] || die "not kernels of one architecture: $selected"
apt_state=$cache/apt archives=$cache/archives
if [ "$apt_suite" != bookworm ]; then
	apt_state+=-$apt_suite archives+=-$apt_suite
fi
if [ "$apt_arch" != amd64 ]; then
	apt_state+=-$apt_arch archives+=-$apt_arch
fi

# Print the archives of Debian 12 that the machine's apt is configured with: address and suite.
configured_archives() {
	apt-get update --print-uris 2>/dev/null |
		sed -nE "s|^'(.*)/dists/(bookworm(-updates\|-security)?)/InRelease'.*|\1 \2|p" |
		sort -u
}

# Print the sources of the release: each of its suites from where this machine takes Debian 12's counterpart.
debian_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg suites archives suite part
	archives=$(configured_archives)
	suites=$(data "$ci/root/suites" | awk -v release="$apt_suite" '$1 == release { $1 = ""; print }')
	for suite in $suites; do
		part=${suite#"$apt_suite"}
		[ "$part" != -backports ] || part=
		awk -v suite="$suite" -v counterpart="bookworm$part" '$2 == counterpart { print $1, suite }' <<< "$archives"
	done | sort -u | sed "s|.*|deb [signed-by=$keyring] & main|"
}

# Print the lines of LUNATIK_SOURCES that are about the release.
given_sources() {
	grep -E "[[:space:]]$apt_suite(-[a-z]+)?[[:space:]]" <<< "$LUNATIK_SOURCES" || true
}

# Write sources and configuration; of the machine's own settings, keep what reaching an archive takes.
setup_apt() {
	mkdir -p "$apt_state"/{state/lists/partial,cache/archives/partial}
	local sources
	if [ -n "${LUNATIK_SOURCES:-}" ]; then sources=$(given_sources); else sources=$(debian_sources); fi
	[ -n "$sources" ] || die "apt has no source of Debian's $apt_suite here; put deb lines into LUNATIK_SOURCES"
	echo "$sources" > "$apt_state/sources.list"
	{
		echo 'Acquire::Languages "none";'
		apt-config dump | grep -iE '^Acquire::(.*proxy|https?::|check-(valid-until|date)|forceipv[46]|retries)' || true
	} > "$apt_state/fetch.conf"
	{
		cat "$apt_state/fetch.conf"
		cat <<-END
			Dir::Etc::parts "/dev/null";
			Dir::Etc::main "/dev/null";
			Dir::Etc::sourcelist "$apt_state/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::State "$apt_state/state";
			Dir::Cache "$apt_state/cache";
			APT::Architecture "$apt_arch";
			APT::Sandbox::User "root";
		END
	} > "$apt_state/apt.conf"
}

# Make a root: of the architecture, or of several.
root_arch=$apt_arch
mmdebstrap() {
	command mmdebstrap --architectures="$root_arch" "$@"
}

# Run an apt tool on that state.
debian_apt() {
	APT_CONFIG=$apt_state/apt.conf "$@"
}

# Print the versions that a pattern of kernel packages matches.
pattern_versions() {
	debian_apt apt-cache pkgnames linux- | sed -nE "s/^$1\$/\1/p"
}

# Print the versions of a kernel of ci/kernels of which the archive has image and headers, the oldest first.
kernel_versions() {
	local image headers
	read -r image headers < <(data "$ci/kernels" | awk -v name="$1" '$1 == name { print $4, $5 }')
	comm -12 <(pattern_versions "$image" | sort -u) <(pattern_versions "$headers" | sort -u) | sort -V
}

# Print one line for each selected kernel: name, version, image package, headers package, newest first choice.
resolve_kernels() {
	local name image headers version
	while read -r name _ _ image headers _; do
		[[ " $selected " == *" $name "* ]] || continue
		version=$(kernel_versions "$name" | tail -n 1)
		[ -n "$version" ] || die "the archive has no kernel with headers for $name"
		echo "$name $version ${image%%(*}$version ${headers%%(*}$version"
	done < <(data "$ci/kernels")
}

# The same, from the archive at most once a day: without a network the last answer serves.
current_kernels() {
	local file
	file=$cache/kernels-$(cat "$ci/kernels" - <<< "$selected" | hash)
	if [ -z "$(find "$file" -mtime -1 2>/dev/null)" ]; then
		setup_apt
		if debian_apt apt-get update -qq >&2 && resolve_kernels > "$file.new"; then
			mv "$file.new" "$file"
		else
			[ -e "$file" ] || die "cannot ask the archive for kernels"
			say "the archive does not answer: using the kernels of $(date -r "$file" +%F)"
		fi
	fi
	cat "$file"
}

# Name suite or version with those packages of standard input of which apt would choose another.
name_versions() {
	local differences=$ci/root/packages.$apt_suite
	[ -e "$differences" ] || differences=/dev/null
	awk 'FILENAME != "-" { if (sub(/^=/, "")) { name = $1; sub("[/=].*", "", name); from[name] = $0 } next }
		{ print $0 in from ? from[$0] : $0 }' <(data "$differences") - | tr ' ' '\n'
}

# Print the packages of the release's root.
root_packages() {
	local differences=$ci/root/packages.$apt_suite
	if [ ! -e "$differences" ]; then
		data "$ci/root/packages"
		return
	fi
	data "$ci/root/packages" | grep -vxF -f <(data "$differences" | sed -n 's/^-//p') | name_versions
	data "$differences" | sed -n 's/^+//p'
}
