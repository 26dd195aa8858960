// What stands beside four dotted numbers, or beside colons and hex digits, decides whether they are an address.
//
// Rules, in one place. Recall wins where a reader could not tell; these are told apart:
// - a letter glued to it (`v1.2.3.4`, `1.2.3.4rc1`), except an escape (`\n10.1.2.3`, `%2F10.1.2.3`) or an option (`-h10.1.2.3`)
// - `.1.3.6.1`, `iso.3.6.1.2` (OIDs), `libx.so.1.2.3.4`
// - a name and a hyphen before it (`libfoo-1.2.3.4`), unless the name says host (`ip-`, `peer-`, `backup-`)
// - what follows a version: `-1`, `-1ubuntu2`, `-rc1`, `+dfsg`, `~beta`, `_amd64`, `.orig`; `-N` beyond the last octet is a range
// - `2:1.2.3.4` (epoch) unless a port follows, `Version: 1.2.3.4`, `(>= 1.2.3.4)`, `foo>=1.2.3.4`, `Chrome/120.0.0.0`

/** Characters on either side that the rules may look at. */
const WINDOW = 48;

const GLUED = /[A-Za-z]$/;
const GLUED_YET_FREE = /(?:\\[bfnrstBSW]|%[0-9A-Fa-f]{2}|\u001b\[[\d;]*m|(?:^|[\s"'=])-[a-uw-zA-UW-Z])$/;
const OID_OR_SONAME = /(?:(?:^|[^.\w)\]*])|\b(?:so|iso|v|ver|rel|rev))\.$/i;
const NAME_BEFORE_HYPHEN = /([\w.+-]*[A-Za-z][\w.+-]*)-$/;
const HOST_NAME =
  /(?:^|[^A-Za-z])(?:ip|ipv4|inet|addr|address|host|node|peer|server|client|gw|gateway|net|network|vip|vm|src|dst|from|to|backup|range)$/i;
const VERSION_BEFORE = new RegExp(
  [
    String.raw`(?:^|[^\w:.\-\]])\d:$`,
    String.raw`version["']?\s{0,2}[:=>]?\s{0,2}["'(]?$`,
    String.raw`\((?:[<>]?=|<<|>>)\s?$`,
    String.raw`\w(?:>=|<=|~=)$`,
    String.raw`\b(?:Chrome|Chromium|HeadlessChrome|Edg[A-Za-z]*|OPR)/$`,
  ].join('|'),
  'i',
);
const EPOCH = /(?:^|[^\w:.\-\]])\d:$/;
const PORT_AFTER = /^:\d/;
const VERSION_AFTER = new RegExp(
  [
    String.raw`^[A-Za-z]`,
    String.raw`^_(?:amd64|i[3-6]86|all|any|arm\w*|aarch64|x86_64|x64|ppc\w*|s390x|riscv64|mips\w*|noarch|alpha|beta|pre|rc|p\d)`,
    String.raw`^\.(?:dfsg|ds\d|orig|debian|u?deb|dsc|rpm|el\d|fc\d|whl|gem|post\d|dev\d|rc\d|final|release|ga)(?![a-z])`,
    String.raw`^\.in-addr\.arpa`,
    String.raw`^-(?:alpha|beta|rc|pre|dev|snapshot|release|final|ga|[rp]\d|deb|ubuntu|amd64|x86_64|noarch)`,
    String.raw`^-\d{1,3}(?!\d)(?!\.\d{1,3}\.)`,
    String.raw`^\+(?:dfsg|ds|git|svn|hg|deb|nmu|really|repack|r?\d|b\d)`,
    String.raw`^~[\w]`,
    String.raw`^\) [\w. -]{1,40}; ?urgency`,
  ].join('|'),
  'i',
);

function freeOnTheLeft(left: string, right: string): boolean {
  if (GLUED.test(left)) return GLUED_YET_FREE.test(left);
  if (left.endsWith('.')) return !OID_OR_SONAME.test(left);
  if (left.endsWith('-')) {
    const name = NAME_BEFORE_HYPHEN.exec(left)?.[1];
    return name === undefined || HOST_NAME.test(name);
  }
  return !VERSION_BEFORE.test(left) || (EPOCH.test(left) && PORT_AFTER.test(right));
}

/** True if the dotted numbers at [start, end) stand free as an IPv4 address. `ranged`: a last-octet range follows. */
export function standsFreeAsIpv4(text: string, start: number, end: number, ranged: boolean): boolean {
  const left = text.slice(Math.max(0, start - WINDOW), start);
  const right = text.slice(end, end + WINDOW);
  return freeOnTheLeft(left, right) && (ranged || !VERSION_AFTER.test(right));
}

const BARE_LEFT = /(?:^|[\s"'`=[(,;{|<>/@])$/;
const BARE_RIGHT = /^(?:$|[\s"'`\]),;}|<>#%]|\/\d)/;
const SPACED_RIGHT = /^(?:[ \t]*(?:$|[\r\n#;\d])|\/\d|[^\s])/;
const SUBSCRIPT = /[\w)\]]\[$/;

/** True if the colons and hex digits `token` at [start, end) stand free as an IPv6 address. */
export function standsFreeAsIpv6(text: string, token: string, start: number, end: number): boolean {
  const left = text.slice(Math.max(0, start - WINDOW), start);
  const right = text.slice(end, end + WINDOW);
  if (/[A-Za-z_]$/.test(left) && !GLUED_YET_FREE.test(left)) return false;
  if (/^[A-Za-z_]/.test(right)) return false;
  if (SUBSCRIPT.test(left) && right.startsWith(']') && !/^\]:\d/.test(right)) return false;
  // `1000:1000::/home/x` is a line of passwd, `0::/init.scope` of a cgroup file.
  if (token.endsWith('::') && /^\/(?!\d)/.test(right)) return false;
  if (token === '::') {
    return BARE_LEFT.test(left) && BARE_RIGHT.test(right) && (!/\s$/.test(left) || SPACED_RIGHT.test(right));
  }
  // `a::b` is a scope: without any decimal digit it takes a single colon, brackets, prefix or zone to be an address.
  if (/\d/.test(token) || /[^:]:[^:]/.test(token)) return true;
  return (left.endsWith('[') && right.startsWith(']')) || /^[/%]\w/.test(right);
}
