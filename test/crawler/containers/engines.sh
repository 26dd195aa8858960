#!/usr/bin/env bash
# Starts real container engines with their data below $1, without a service, in namespaces that end with this script:
# podman with three services that talk with each other, docker with two containers. Prints `ready`; then does what its
# input tells it to, a command a line, and says `done` after each; ends with its input.
set -euo pipefail
cd "$1"
# Where the docker command of the system is not the first, it is meant all the same.
export PATH=/usr/bin:$PATH:/usr/sbin:/sbin
export CONTAINERS_CONF=$PWD/containers.conf CONTAINERS_STORAGE_CONF=$PWD/storage.conf DOCKER_HOST=unix://$PWD/docker.sock
export XDG_RUNTIME_DIR=$PWD/runtime
mkdir -p tiny/bin tiny/etc tiny/usr/lib tiny/srv volume cni runtime host
echo 'of the host' >host/canary
ip link set lo up
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib

# A base image: one program, and settings that containers change.
cp "$(command -v busybox)" tiny/bin/
for applet in sh sleep nc cat httpd rm mkdir mv ln mkfifo; do ln -sf busybox tiny/bin/$applet; done
printf 'ID=tiny\nNAME="Tiny Linux"\n' >tiny/usr/lib/os-release
printf 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/srv:/bin/sh\n' >tiny/etc/passwd
printf 'upstream = 10.99.7.9\n' >tiny/etc/upstream.conf
echo obsolete >tiny/etc/obsolete
echo 'never of a container' >volume/data
tar -C tiny -c . >base.tar

cat >containers.conf <<EOF
[containers]
default_ulimits=["nofile=1024:1024","nproc=1024:1024"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
tmp_dir="$PWD/runtime/libpod"
[network]
network_config_dir="$PWD/cni"
EOF
cat >storage.conf <<EOF
[storage]
driver="overlay"
graphroot="$PWD/podman"
runroot="$PWD/runtime/storage"
EOF

podman import -q base.tar tiny:1 >/dev/null 2>&1
podman network create --internal --subnet 10.99.0.0/24 services >/dev/null
run() { podman run -d --network services "$@" >/dev/null; }
run --name db --ip 10.99.0.5 --label tier=data tiny:1 /bin/httpd -f -p 5432
for name in app1 app2; do
  run --name $name --label tier=app -v "$PWD/volume:/srv/volume" tiny:1 /bin/sh -c \
    "echo 'db = 10.99.0.5:5432' >/etc/app.conf; rm /etc/obsolete; sleep 1000 | nc 10.99.0.5 5432"
done
# Swaps a directory for a link to the host's canary, as quickly as it can.
run --name hostile -v "$PWD/volume:/srv/volume" tiny:1 /bin/sh -c \
  "mkdir -p /srv/x/a; echo own >/srv/x/a/canary; mkfifo /srv/fifo; ln -s $PWD/host /srv/link
   while :; do mv /srv/x/a /srv/x/b; ln -s $PWD/host /srv/x/a; rm /srv/x/a; mv /srv/x/b /srv/x/a; done"
podman run --name stopped --network none tiny:1 /bin/sh -c \
  'echo changed >/etc/upstream.conf; rm /etc/obsolete; rm -rf /usr/lib; mkdir -p /usr/lib; echo ID=changed >/usr/lib/os-release' >/dev/null

if command -v dockerd >/dev/null; then
  dockerd --bridge=none --iptables=false --ip6tables=false --data-root "$PWD/docker" --exec-root "$PWD/runtime/docker" \
    --host "$DOCKER_HOST" --pidfile "$PWD/docker.pid" >docker.log 2>&1 &
  for _ in $(seq 100); do
    [ -S docker.sock ] && break
    sleep 0.1
  done
  /usr/bin/docker import base.tar tiny:1 >/dev/null
  /usr/bin/docker run -d --name web --network none --label tier=web tiny:1 /bin/sh -c \
    'echo "upstream = 10.99.0.5" >/etc/web.conf; rm /etc/obsolete; httpd -f -p 8080' >/dev/null
  /usr/bin/docker run --name done --network none tiny:1 /bin/sh -c 'echo over >/etc/over' >/dev/null
fi
echo ready
while IFS= read -r command; do
  eval "$command" </dev/null >/dev/null 2>command.log || true
  echo done
done
