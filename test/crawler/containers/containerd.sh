#!/usr/bin/env bash
# Starts containerd with its data below $1, without a service, in namespaces that end with this script: a container that
# runs and one that does not, of the image in image.tar. Prints `ready`; ends with its input.
set -euo pipefail
cd "$1"
export PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run
cat >config.toml <<EOF
version = 2
root = "$PWD/root"
state = "$PWD/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "$PWD/socket"
EOF
containerd -c config.toml >containerd.log 2>&1 &
for _ in $(seq 100); do
  [ -S socket ] && break
  sleep 0.1
done
client() { ctr -a "$PWD/socket" "$@" >/dev/null; }
client images import image.tar
client container create --label tier=data localhost/tiny:1 stopped /bin/sleep 1000
mkdir shared
client run -d --label nerdctl/name=app --mount "type=bind,src=$PWD/shared,dst=/srv,options=rbind:rw" localhost/tiny:1 running /bin/sh -c \
  'echo "db = 10.99.0.6" >/etc/app.conf; rm /etc/obsolete; touch /tmp/done; sleep 1000'
for _ in $(seq 100); do
  compgen -G 'root/*/snapshots/*/fs/tmp/done' >/dev/null && break
  sleep 0.1
done
echo ready
cat >/dev/null
