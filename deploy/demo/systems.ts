// The systems of the demo fleet: what is installed on each, and how it is kept. Their files are in `systems/NAME/`.

/** One system of the demo. Paths are relative to its root. */
export interface DemoSystem {
  readonly name: string;
  readonly role: string;
  /** Debian packages besides the base. */
  readonly packages: readonly string[];
  /**
   * `rootfs`: a directory. `overlay-disk`: a qcow2 overlay that holds the files, over a compressed qcow2 with GPT and
   * ext4 that holds the packages. `lvm-disk`: a qcow2 with GPT and an LVM volume group, XFS root and ext4 data.
   */
  readonly form: 'rootfs' | 'overlay-disk' | 'lvm-disk';
  /** Files that become UTF-16 with a byte order mark. */
  readonly utf16?: readonly string[];
  /** Files that are compressed and get `.gz` added to their name. */
  readonly gzip?: readonly string[];
  /** Files that only their owner may read. */
  readonly restricted?: readonly string[];
}

/** The Debian release that the systems run. */
export const RELEASE = 'bookworm';

/** Debian packages of every system. */
export const BASE_PACKAGES = ['ca-certificates', 'cron', 'ifupdown', 'iproute2', 'netbase', 'procps'];

/** An application tier and what it depends on; `cache1` alone does not reference the database. */
export const DEMO_SYSTEMS: readonly DemoSystem[] = [
  { name: 'db1', role: 'database', packages: ['postgresql', 'openssh-server'], form: 'lvm-disk' },
  {
    name: 'app2',
    role: 'application',
    packages: ['php8.2-cli', 'php8.2-pgsql', 'netcat-openbsd'],
    form: 'overlay-disk',
    restricted: ['srv/shop/config.ini'],
  },
  {
    name: 'app1',
    role: 'application',
    packages: ['python3-psycopg2'],
    form: 'rootfs',
    utf16: ['srv/billing/exports/odbc-partners.ini'],
    restricted: ['etc/billing/environment'],
  },
  { name: 'web1', role: 'proxy', packages: ['nginx-light'], form: 'rootfs' },
  { name: 'fw1', role: 'firewall', packages: ['nftables'], form: 'rootfs' },
  {
    name: 'jump1',
    role: 'backup',
    packages: ['openssh-client', 'postgresql-client', 'rsync'],
    form: 'rootfs',
    gzip: ['var/log/backup.log.1'],
    restricted: ['home/backup/.pgpass', 'home/backup/.ssh/id_ed25519'],
  },
  { name: 'cache1', role: 'cache', packages: ['redis-server'], form: 'rootfs' },
];
