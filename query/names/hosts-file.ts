// Lines of hosts files: an address, then the names of the machine that has it.
import { parseAddress } from '../../indexer/terms/addresses.ts';
import { parseHostName } from './host-name.ts';

/** `/etc/hosts`, and what else of a system has its form: `hosts.d`, files for dnsmasq and avahi, those of containers. */
const HOSTS_FILE = /\/(?:[\w.-]*[.-])?hosts(?:\.d\/[^/]+|\.(?!allow$|deny$|equiv$)[\w.-]+)?$/i;
const NO_HOSTS_FILE = /^\/usr\/(?:share|lib)\//;
/** A longer line is none that somebody wrote for names. */
const LONGEST_LINE = 4096;

/** Whether a path is one of a hosts file. That it has the form of one, only its lines tell. */
export function isHostsFile(path: string): boolean {
  return HOSTS_FILE.test(path) && !NO_HOSTS_FILE.test(path);
}

/** What a line says. Names are folded. */
export interface HostsLine {
  readonly address: string;
  /** The address by number, 32 hex digits. */
  readonly low: string;
  readonly names: readonly string[];
}

/** What a line of a hosts file says; null where it has another form. */
export function parseHostsLine(line: string): HostsLine | null {
  if (line.length > LONGEST_LINE) return null;
  const [address = '', ...written] = line.replace(/#.*/s, '').trim().split(/\s+/);
  if (written.length === 0 || !/^[\d.]+$|^[\da-f:.]+(?:%\w+)?$/i.test(address)) return null;
  const range = parseAddress(address);
  if (range === null || range.low !== range.high) return null;
  const names = written.map(parseHostName);
  if (!names.every((name) => name !== null)) return null;
  return { address, low: range.low, names };
}

const MAPPED = '0'.repeat(20) + 'ffff';
/** By their first hex digits: unspecified, loopback, link-local and multicast addresses mean another machine on each. */
const NOBODYS = [
  '0'.repeat(31),
  `${MAPPED}00`,
  `${MAPPED}7f`,
  `${MAPPED}a9fe`,
  ...['fe8', 'fe9', 'fea', 'feb', 'ff'],
  ...['e', 'f'].map((digit) => MAPPED + digit),
];

/** Whether an address is of one machine wherever it is written. */
export function isOfOneMachine(low: string): boolean {
  return !NOBODYS.some((digits) => low.startsWith(digits));
}

/** `127.0.1.1`, at which Debian's hosts file writes the names of the system itself. */
export const OWN_LINE = `${MAPPED}7f000101`;
