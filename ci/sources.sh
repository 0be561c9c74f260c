# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced after lib.sh: Debian's archive as this machine's own apt knows it, in a state of
# its own under the cache folder, so that neither root nor other vendors' lists are needed.

apt_state=$cache/apt
apt_suite=bookworm

# Print the sources of Debian 12 among those that the machine's apt is configured with.
debian_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	apt-get update --print-uris 2>/dev/null |
		sed -nE "s|^'(.*)/dists/($apt_suite(-updates\|-security)?)/InRelease'.*|\1 \2|p" |
		sort -u |
		while read -r uri suite; do
			echo "deb [signed-by=$keyring] $uri $suite main"
		done
}

# Write sources and configuration; of the machine's own settings, keep what reaching an archive takes.
setup_apt() {
	mkdir -p "$apt_state"/{state/lists/partial,cache/archives/partial}
	local sources
	sources=${LUNATIK_SOURCES:-$(debian_sources)}
	[ -n "$sources" ] || die "apt has no source of Debian 12 ($apt_suite) here; put deb lines into LUNATIK_SOURCES"
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
			APT::Architecture "amd64";
			APT::Sandbox::User "root";
		END
	} > "$apt_state/apt.conf"
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
	read -r image headers < <(data "$ci/kernels" | awk -v name="$1" '$1 == name { print $3, $4 }')
	comm -12 <(pattern_versions "$image" | sort -u) <(pattern_versions "$headers" | sort -u) | sort -V
}

# Print one line for each kernel: name, version, image package, headers package, newest first choice.
resolve_kernels() {
	local name image headers version
	while read -r name _ image headers _; do
		version=$(kernel_versions "$name" | tail -n 1)
		[ -n "$version" ] || die "the archive has no kernel with headers for $name"
		echo "$name $version ${image%%(*}$version ${headers%%(*}$version"
	done < <(data "$ci/kernels")
}

# The same, from the archive at most once a day: without a network the last answer serves.
current_kernels() {
	local file
	file=$cache/kernels-$(hash < "$ci/kernels")
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
