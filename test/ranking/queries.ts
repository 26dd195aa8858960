// Queries of operators with what a person would want to see first: 3 is the answer, 2 belongs to it, 1 mentions it.

/** A query and the worth of systems to who asks it; those that are not named are worth nothing to him. */
export interface GradedQuery {
  readonly query: string;
  readonly grades: Readonly<Record<string, 1 | 2 | 3>>;
  readonly why: string;
}

export const QUERIES: readonly GradedQuery[] = [
  {
    query: 'nginx',
    grades: { web2: 3, web1: 3, lb1: 1, mon1: 1, dev1: 1, log1: 1 },
    why: 'who runs it, then who is configured for it; logs and notes mention it, the mirror only has it in a cache',
  },
  {
    query: 'postgresql',
    grades: { db1: 3, jump1: 2, app3: 2, app1: 2, app2: 1, mon1: 1, 'old-db': 1, dev1: 1 },
    why: 'the server, then its clients; /etc/services names it everywhere and says nothing',
  },
  {
    query: 'redis',
    grades: { cache1: 3, app3: 2, mon1: 1, dev1: 1, log1: 1 },
    why: 'the server, then who is configured to use it',
  },
  {
    query: 'haproxy',
    grades: { lb1: 3, mon1: 2, log1: 1, wiki1: 1 },
    why: 'installed and running; the monitoring scrapes it',
  },
  { query: 'keepalived', grades: { lb1: 3, log1: 1, wiki1: 1 }, why: 'installed and configured' },
  {
    query: 'apache2',
    grades: { mirror1: 3, wiki1: 3 },
    why: 'both run it; documentation of every system mentions it',
  },
  { query: 'postfix', grades: { mail1: 3, wiki1: 1 }, why: 'the mail server' },
  { query: 'bind9', grades: { dns1: 3, wiki1: 1 }, why: 'the name server' },
  { query: 'openssl', grades: { web2: 3, vpn1: 3 }, why: 'installed; a cache of package lists is no use' },
  { query: 'certbot', grades: { web2: 3, log1: 1, wiki1: 1 }, why: 'installed, then its log' },
  { query: 'prometheus', grades: { mon1: 3, wiki1: 1 }, why: 'runs there' },
  { query: 'rsync', grades: { jump1: 3, 'old-db': 3, dev1: 1 }, why: 'installed on both' },
  { query: 'openvpn', grades: { vpn1: 3, wiki1: 1 }, why: 'runs there' },
  { query: 'sshd', grades: { bastion1: 3, db1: 3, log1: 1 }, why: 'runs there' },
  {
    query: '10.20.30.40',
    grades: { db1: 3, app1: 2, app3: 2, app2: 2, jump1: 2, dns1: 2, mon1: 2, web1: 1, wiki1: 1 },
    why: 'who owns it, who connects to it or is configured with it, then pages about it; networks that cover it come after',
  },
  {
    query: '10.20.31.20',
    grades: { cache1: 3, app3: 3, app1: 2, mon1: 2, dns1: 2 },
    why: 'the cache itself, who is connected, who is configured',
  },
  {
    query: '10.20.32.10',
    grades: { web1: 3, lb1: 2, mon1: 2, dns1: 2, wiki1: 1 },
    why: 'the web server itself, then who sends to it',
  },
  {
    query: '10.20.32.100',
    grades: { lb1: 3, wiki1: 1 },
    why: 'the floating address; who has an address of that network comes after',
  },
  {
    query: '10.20.30.0/24',
    grades: { fw1: 3, db1: 3, 'old-db': 3, vpn1: 2, wiki1: 1, app1: 1, app2: 1, app3: 1, jump1: 1 },
    why: 'who lives in that network or lets traffic into it, who routes it, then who names an address of it',
  },
  {
    query: '10.20.40.0/24',
    grades: { dhcp1: 3, cache1: 2, dev1: 2 },
    why: 'who serves and owns it, who mentions it, who lives in it',
  },
  { query: 'fd00:20:30::40', grades: { db1: 3, app1: 2, fw1: 1 }, why: 'owner, then user, then the network' },
  {
    query: 'max_connections',
    grades: { 'old-db': 2, wiki1: 2, log1: 1 },
    why: 'nobody sets it now: what is left of settings, and a page about it, before a log',
  },
  {
    query: 'client_max_body_size',
    grades: { web2: 3, wiki1: 1 },
    why: 'configuration before a page about it',
  },
  { query: 'PermitRootLogin', grades: { bastion1: 3, dev1: 1 }, why: 'configuration before a note' },
  {
    query: 'nginx timeout',
    grades: { web2: 3, lb1: 2, dev1: 1, wiki1: 1 },
    why: 'who runs it, then who speaks of both in one file',
  },
  {
    query: 'billing database',
    grades: { app1: 3, db1: 2, jump1: 2, web1: 1, log1: 1 },
    why: 'the application whose settings name both; then the server and its backup',
  },
  {
    query: 'redis 10.20.31.20',
    grades: { cache1: 3, app3: 3, mon1: 2, app1: 1, dns1: 1 },
    why: 'the server and who is configured to use it there',
  },
  {
    query: 'backup',
    grades: { jump1: 3, 'old-db': 3, mon1: 2, fw1: 1, db1: 2 },
    why: 'where backups are made; every system has a user of that name',
  },
  {
    query: 'db1',
    grades: { db1: 3, dns1: 2, jump1: 2, log1: 1, wiki1: 1, dev1: 1 },
    why: 'the system of that name',
  },
  {
    query: 'web2',
    grades: { web2: 3, lb1: 2, dns1: 2, log1: 1, dev1: 1 },
    why: 'the system of that name, then who sends to it',
  },
  {
    query: '"mail.corp.example"',
    grades: { mail1: 3, app1: 2, app3: 2 },
    why: 'the mail server, then who sends through it',
  },
  {
    query: 'package:openssl OR openvpn',
    grades: { vpn1: 3, web2: 2, wiki1: 1 },
    why: 'what satisfies both before what satisfies one; a page last',
  },
  {
    query: 'shop.example',
    grades: { web2: 3 },
    why: 'the one that serves it',
  },
];
