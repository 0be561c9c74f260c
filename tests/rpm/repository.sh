#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck disable=SC2154
# Signed repositories, by a key that exists for this test: apt and dnf install from them over file:, and refuse what was changed: a
# package, the list of packages, the signature, a package that is not signed.
cd "$(dirname "$0")" || exit 1
# shellcheck source=lib.sh
. ./lib.sh

repo=$trees/repo
real_debs=${LUNATIK_REPO_DEBS:-$build/deb}

# Keys of a name, in a keyring of their own.
new_key() {
	export GNUPGHOME=$trees/gpg-$1
	rm -rf "$GNUPGHOME"
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key "$1 <$1@localhost.invalid>" rsa2048 sign 1d 2> /dev/null || return 1
	key=$(gpg --batch --list-secret-keys --with-colons 2> /dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
	[ -n "$key" ]
}

# Make the repositories anew, as apt and dnf in the root see them: below /debs.
make_repositories() {
	DEBS="bookworm=$real_debs" RPMS=$rpms URL=file:///debs "$top/scripts/packages/build-repo.sh" "$key" "$repo"
}

# A copy to change, in the place of the good one.
fresh() {
	rm -rf "$debs"
	cp -a "$repo" "$debs"
}

# Make the repository known to apt, as the documentation says.
tell_apt() {
	as_root install -D -m 644 "$repo/lunatik.asc" "$tree/etc/apt/keyrings/lunatik.asc"
	as_root install -D -m 644 "$repo/apt/bookworm.sources" "$tree/etc/apt/sources.list.d/lunatik.sources"
}

# apt with this repository alone, and lists of its own.
apt_here() {
	inside sh -c 'mkdir -p /var/lib/ours/lists/partial && apt-get -q -y -o Dir::Etc::SourceList=/dev/null -o Dir::State::lists=/var/lib/ours/lists \
		-o Acquire::Languages=none -o APT::Sandbox::User=root -o Debug::NoLocking=true -o Dpkg::Use-Pty=0 --no-install-recommends "$@"' apt "$@"
}

# Only the command, which needs nothing else: no module is built in vain.
apt_installs() {
	as_root rm -rf "$tree/var/lib/ours"
	apt_here update -o APT::Update::Error-Mode=any && apt_here install lunatik-tools && [ -x "$tree/usr/sbin/lunatik" ]
}

apt_refuses() {
	! apt_installs || { echo "apt has installed it"; return 1; }
	[ ! -e "$tree/usr/sbin/lunatik" ] || { echo "it is installed"; return 1; }
	grep -qE "$1" "$said" || { echo "expected: $1"; cat "$said"; return 1; }
}

# dnf with what the repository's own file says, and with what is true of this machine's paths.
dnf_installs() {
	as_root rm -rf "$tree/var/cache/dnf" "$tree/var/lib/dnf/repos"
	sed "s|file:///debs|file://$debs|" "$debs/dnf/lunatik.repo" > "$trees/repos.d/lunatik.repo"
	dnf --setopt=reposdir="$trees/repos.d" install lunatik-tools && [ -x "$tree/usr/sbin/lunatik" ]
}

dnf_refuses() {
	dnf_installs || true
	[ ! -e "$tree/usr/sbin/lunatik" ] || { echo "dnf has installed it"; return 1; }
	grep -qE "$1" "$dnf_said" || { echo "expected: $1"; cat "$dnf_said"; return 1; }
}

# Change one byte of a file in the middle.
tamper() {
	local size byte
	size=$(stat -c %s "$1")
	byte=$(od -An -tu1 -j $((size / 2)) -N 1 "$1")
	LC_ALL=C awk -v byte=$((byte ^ 1)) 'BEGIN { printf "%c", byte }' | dd of="$1" bs=1 seek=$((size / 2)) conv=notrunc status=none
}

sign_as() { gpg --batch --yes --quiet --local-user "$key" "$@"; }

take_for_dnf
debs=$trees/published
mkdir -p "$trees/repos.d"
without=$(DEBS="bookworm=$real_debs" RPMS=$rpms "$top/scripts/packages/build-repo.sh" '' "$repo.none" 2>&1) && without="no failure"
check "without a key, no repository is made" [ "$without" = "build-repo: name the key to sign with: make repo KEYID=FINGERPRINT (gpg --list-secret-keys)" ]
new_key intruder || exit 1
intruder=$key intruder_home=$GNUPGHOME
new_key publisher || exit 1
check "the repositories are made" make_repositories
publisher_home=$GNUPGHOME

# gpg with the other key.
as_intruder() { GNUPGHOME=$intruder_home key=$intruder "$@"; }
relist() { (cd "$debs/apt" && apt-ftparchive --arch amd64 packages pool/bookworm > dists/bookworm/main/binary-amd64/Packages) 2> /dev/null; }
release() {
	rm -f "$debs"/apt/dists/bookworm/main/*/Packages.gz
	relist
	(cd "$debs/apt/dists/bookworm" && rm -f Release Release.gpg InRelease && apt-ftparchive -o APT::FTPArchive::Release::Suite=bookworm \
		-o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 release . > "$trees/Release" &&
		mv "$trees/Release" .)
}
repodata() {
	rm -rf "$debs/dnf/x86_64/repodata"
	createrepo_c --quiet "$debs/dnf/x86_64"
}

fresh
tell_apt
tamper "$debs"/apt/pool/bookworm/lunatik-tools_*.deb
check "apt refuses a package that was changed" apt_refuses 'Hash Sum mismatch|unexpected size'
fresh
tamper "$debs"/apt/pool/bookworm/lunatik-tools_*.deb
rm -f "$debs"/apt/dists/bookworm/main/*/Packages.gz
relist
check "apt refuses lists that were changed with it" apt_refuses 'Hash Sum mismatch|unexpected size|File not found|Failed to fetch'
fresh
sed -i 's/^Date: .*/Date: Sat, 21 Nov 2026 00:00:00 +0000/' "$debs/apt/dists/bookworm/InRelease"
check "apt refuses a signed file that was changed" apt_refuses 'BADSIG|signatures were invalid|not signed'
fresh
release
check "apt refuses a repository without a signature" apt_refuses 'is not signed|no longer signed'
as_intruder sign_as --clearsign --output "$debs/apt/dists/bookworm/InRelease" "$debs/apt/dists/bookworm/Release"
check "apt refuses another's signature" apt_refuses 'NO_PUBKEY|not available|not signed'
fresh
check "apt installs from the repository" apt_installs
check "apt removes it" apt_here purge lunatik-tools

fresh
tamper "$debs"/dnf/x86_64/lunatik-tools-*.rpm
check "dnf refuses a package that was changed" dnf_refuses 'checksum|does not match|No more mirrors'
fresh
tamper "$debs"/dnf/x86_64/lunatik-tools-*.rpm
repodata
check "dnf refuses lists without a signature" dnf_refuses 'repomd.xml.asc|GPG|signature'
sign_as --armor --detach-sign --output "$debs/dnf/x86_64/repodata/repomd.xml.asc" "$repo/dnf/x86_64/repodata/repomd.xml"
check "dnf refuses lists with the signature of others" dnf_refuses 'GPG|[Ss]ignature'
as_intruder sign_as --armor --detach-sign --output "$debs/dnf/x86_64/repodata/repomd.xml.asc" "$debs/dnf/x86_64/repodata/repomd.xml"
check "dnf refuses lists that another key has signed" dnf_refuses 'GPG|[Ss]ignature'
fresh
cp "$rpms"/lunatik-tools-*.x86_64.rpm "$debs/dnf/x86_64/"
repodata
sign_as --armor --detach-sign --output "$debs/dnf/x86_64/repodata/repomd.xml.asc" "$debs/dnf/x86_64/repodata/repomd.xml"
check "dnf refuses a package without a signature, in lists that are signed" dnf_refuses 'not signed|GPG check FAILED'
fresh
check "dnf installs from the repository" dnf_installs
check "and what it has installed is as it was packed" as_root rpm --root "$tree" -V --nodeps lunatik-tools
GNUPGHOME=$publisher_home gpgconf --kill all
GNUPGHOME=$intruder_home gpgconf --kill all
rm -rf "$publisher_home" "$intruder_home" "$repo" "$debs"
