#!/usr/bin/env bash
# Brings what `npm start` and `npm test` need: the npm dependencies (Node 24 among them), on Debian and Ubuntu the
# tools that read and build disks, and a real Elasticsearch for tests. Does nothing, quickly, where nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# mkfs and LVM commands lie where an ordinary user's PATH does not look.
readonly SYSTEM_PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# npm removes node_modules, and with it the Node 24 in there: it has to run on the Node it came with.
path_without_node_modules() {
  local IFS=: part kept=
  for part in $PATH; do
    case $part in
      */node_modules/.bin | */node-gyp-bin) ;;
      *) kept=${kept:+$kept:}$part ;;
    esac
  done
  printf '%s' "$kept"
}

npm_packages_current() {
  [ -e node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]
}

install_npm_packages() {
  local npm_path log status=0
  npm_path=$(path_without_node_modules)
  if ! PATH=$npm_path command -v npm >/dev/null 2>&1; then
    say 'npm is missing: install Node.js 20 or later with npm, then run this again (Node 24 itself comes as an npm package)'
    return 1
  fi
  say 'installing the npm packages of package-lock.json'
  log=$(mktemp)
  PATH=$npm_path npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 || status=$?
  # npm ci refuses a lock file made where a registry lacked optional packages of other platforms; npm install does not.
  if [ "$status" != 0 ] && grep -q EUSAGE "$log"; then
    say 'npm ci does not accept package-lock.json; trying npm install'
    status=0
    PATH=$npm_path npm install --no-save --no-audit --no-fund --loglevel=error >"$log" 2>&1 || status=$?
  fi
  if [ "$status" != 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# npm leaves out an optional package, such as Node 24, for a processor it does not exist for.
have_node() {
  local version
  version=$(PATH=$PWD/node_modules/.bin:$PATH node --version 2>/dev/null) || version=none
  if [[ ! $version =~ ^v([0-9]+)\. ]] || [ "${BASH_REMATCH[1]}" -lt 24 ]; then
    say "Node.js 24 or later is needed and did not come with the npm packages (found: $version): install it"
    return 1
  fi
}

# A kernel that the libguestfs appliance can boot: an image with its modules.
have_kernel() {
  local image
  for image in /boot/vmlinuz-* /boot/vmlinux-*; do
    [ -e "$image" ] && [ -d "/lib/modules/${image#/boot/vmlinu?-}" ] && return 0
  done
  return 1
}

warn_of_unreadable_kernel() {
  local image unreadable=
  for image in /boot/vmlinuz-* /boot/vmlinux-*; do
    [ -e "$image" ] || continue
    if [ -r "$image" ]; then return 0; fi
    unreadable=$image
  done
  if [ -n "$unreadable" ]; then
    say "only root may read $unreadable, so only root can crawl disk: targets (to change that: chmod 0644 $unreadable)"
  fi
}

# COMMAND:DEBIAN-PACKAGE:WHAT-NEEDS-IT
readonly TOOLS='
guestfish:guestfish:crawling disk images
qemu-img:qemu-utils:crawling disk images and building the demo fleet
mmdebstrap:mmdebstrap:the packages of the demo fleet
mke2fs:e2fsprogs:the demo disks
debugfs:e2fsprogs:the demo disks
mkfs.xfs:xfsprogs:the demo disks
sfdisk:fdisk:the demo disks
setpriv:util-linux:ending appliances with the crawl that started them
unshare:util-linux:leaving access times alone
chromium:chromium:testing the page
getfattr:attr:crawling stopped containers
busybox:busybox-static:the containers of the tests
podman:podman:testing podman
runc:runc:testing containers
dockerd:docker.io:testing docker
mvn:maven:fetching Elasticsearch
openssl:openssl:the tests of TLS
ansible-inventory:ansible-core:testing inventories
rpm:rpm:testing the order of its versions
'

# Fills `packages` (Debian names) and `reasons` (one line per thing that is missing). $1: more lines like TOOLS.
find_missing_tools() {
  local tool package purpose
  packages=() reasons=()
  while IFS=: read -r tool package purpose; do
    if [ -n "$tool" ] && ! PATH=$SYSTEM_PATH command -v "$tool" >/dev/null 2>&1; then
      packages+=("$package")
      reasons+=("$tool ($purpose)")
    fi
  done <<<"$TOOLS$1"
  if [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then
    packages+=(debian-archive-keyring)
    reasons+=("Debian's archive keys (the packages of the demo fleet)")
  fi
  if ! have_java; then
    packages+=("$(java_package)")
    reasons+=('Java 17 or later (running Elasticsearch on this machine)')
  fi
  if ! have_kernel; then
    packages+=("$(kernel_package)")
    reasons+=('a Linux kernel with modules in /boot (the appliance that reads disks boots it)')
  fi
}

# Where deploy/elasticsearch-local looks for one.
have_java() {
  local java release version
  java=$(readlink -f "$(command -v java)" || true)
  for release in "${JAVA_HOME:-$java}/release" "${java%/bin/java}/release" /usr/lib/jvm/*/release /opt/*/release; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release" 2>/dev/null) || continue
    if [ "${version:-0}" -ge 17 ]; then return 0; fi
  done
  return 1
}

# What Debian takes for Java is new enough since Debian 12; Ubuntu's is not everywhere.
java_package() {
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    printf 'openjdk-21-jre-headless'
  else
    printf 'default-jre-headless'
  fi
}

# Debian's and Ubuntu's smallest kernel with virtio and the file systems.
kernel_package() {
  local architecture=amd64
  case $(uname -m) in aarch64 | arm64) architecture=arm64 ;; esac
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    printf 'linux-image-virtual'
  else
    printf 'linux-image-cloud-%s' "$architecture"
  fi
}

# Prints the words that run a command as root, or fails.
root_prefix() {
  if [ "$(id -u)" = 0 ]; then
    printf 'env'
  elif have sudo && sudo -n true 2>/dev/null; then
    printf 'sudo -n'
  else
    return 1
  fi
}

install_debian_packages() {
  local prefix=$1 log
  shift
  log=$(mktemp)
  say "installing Debian packages: $*"
  # shellcheck disable=SC2086 # the prefix is words
  if ! { $prefix apt-get update -qq &&
    $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@"; } >"$log" 2>&1 </dev/null; then
    say 'apt-get failed; its last words:'
    tail -n 8 "$log" >&2
    say "without $*: what needs them is skipped"
  fi
  rm -f "$log"
}

install_tools() {
  local packages reasons prefix for_users=
  if [ "$(id -u)" != 0 ]; then for_users='newuidmap:uidmap:building the demo fleet without being root'; fi
  find_missing_tools "$for_users"
  if [ ${#packages[@]} -gt 0 ]; then
    mapfile -t packages <<<"$(printf '%s\n' "${packages[@]}" | sort -u)"
    if ! have apt-get; then
      say 'missing on this machine; install with its package manager, what needs them is skipped until then:'
      printf '  %s\n' "${reasons[@]}" >&2
    elif prefix=$(root_prefix); then
      install_debian_packages "$prefix" "${packages[@]}"
    else
      say 'missing on this machine, and installing takes root; what needs them is skipped until then:'
      printf '  %s\n' "${reasons[@]}" >&2
      say "to install them: apt-get install --no-install-recommends ${packages[*]}"
    fi
  fi
  warn_of_unreadable_kernel
}

# Tools and npm packages come at the same time; only npm packages are indispensable.
install_tools &
tools=$!
status=0
{ npm_packages_current || install_npm_packages; } && have_node || status=1
wait "$tools" || true
if [ "$status" = 0 ] && ! deploy/elasticsearch-local/run fetch; then
  say 'without Elasticsearch the tests of its engine are skipped'
fi
exit "$status"
