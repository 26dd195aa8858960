// The demo fleet without building it: its own files, its packages by name, and of some systems what runs.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DEMO_SYSTEMS } from '../../deploy/demo/systems.ts';
import type { Sketch } from './sketches.ts';

const DEMO = join(import.meta.dirname, '../../deploy/demo');
/** Where the demo's setup plants a secret, which a crawl masks. */
const PLANTED = /@@[\w-]+@@/g;

/** What Debian's packages bring along. */
const BROUGHT: Readonly<Record<string, readonly string[]>> = {
  postgresql: [
    'postgresql-15: The World’s Most Advanced Open Source Relational Database',
    'postgresql-common: PostgreSQL database-cluster manager',
    'postgresql-client-15: front-end programs for PostgreSQL 15',
  ],
  'postgresql-client': ['postgresql-client-15: front-end programs for PostgreSQL 15'],
  'php8.2-pgsql': ['libpq5: PostgreSQL C client library'],
  'python3-psycopg2': ['libpq5: PostgreSQL C client library'],
  'nginx-light': ['nginx-common: small, powerful, scalable web/proxy server - common files'],
  'redis-server': ['redis-tools: Persistent key-value database with network interface (client)'],
};

const RUNNING: Readonly<Record<string, Partial<Sketch>>> = {
  db1: {
    runs: ['/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main', '/usr/sbin/sshd -D'],
    listens: ['postgres 10.20.30.40:5432', 'sshd 0.0.0.0:22'],
    connects: ['postgres 10.20.30.40:5432 10.20.31.11:50412'],
    owns: ['10.20.30.40/24', 'fd00:20:30::40/64'],
  },
  web1: {
    runs: ['/usr/sbin/nginx -g daemon on;'],
    listens: ['nginx 0.0.0.0:80'],
    connects: ['nginx 10.20.32.10:41000 10.20.31.11:8080'],
    owns: ['10.20.32.10/24'],
  },
  app1: {
    runs: ['/usr/bin/python3 -m billing --config /etc/billing/application.yaml'],
    connects: ['python3 10.20.31.11:50412 10.20.30.40:5432'],
    owns: ['10.20.31.11/24'],
  },
};

/** The systems of the demo. */
export function demoSystems(): Sketch[] {
  return DEMO_SYSTEMS.map(({ name, packages }) => ({
    name,
    packages: packages.flatMap((one) => [one, ...(BROUGHT[one] ?? [])]),
    files: { ...filesOf(join(DEMO, 'every-system')), ...filesOf(join(DEMO, 'systems', name)) },
    ...RUNNING[name],
  }));
}

function filesOf(tree: string): Record<string, string> {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' }).map((name) => join(tree, name));
  return Object.fromEntries(
    paths
      .filter((path) => lstatSync(path).isFile())
      .map((path) => [`/${relative(tree, path)}`, readFileSync(path, 'utf8').replace(PLANTED, '********')]),
  );
}
