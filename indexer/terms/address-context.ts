// What stands beside four dotted numbers, or beside colons and hex digits, decides whether they are an address.
//
// Recall wins where a reader could not tell. These he can tell, and they are no IPv4 addresses:
// - a letter glued to it (`v1.2.3.4`, `1.2.3.4rc1`), except after an escape (`\n10.1.2.3`, `%2F10.1.2.3`) or as the
//   value of an option (`-h10.1.2.3`)
// - `.1.3.6.1`, `iso.3.6.1.2`, `OID: 2.5.29.15` (object identifiers), `libx.so.1.2.3.4`
// - a name and a hyphen before it (`libfoo-1.2.3.4`), unless the name is one for a machine (`ip-`, `peer-`, `backup-`)
//   or a port or the ending of a settings file comes behind (`db-10.1.2.3.conf`)
// - before what only versions end in: `-1`, `-1ubuntu2`, `-rc1`, `+dfsg`, `~beta`, `_amd64`, `.orig`. But `-N` beyond
//   the last octet is a range (`10.1.2.1-9`), three and more digits are no revision (`10.1.2.3-8080`)
// - after what only versions follow: `2:` (an epoch, unless a port comes behind), `Version: `, `(>= `, `foo>=`, `Chrome/`
// And these are no IPv6 addresses:
// - a letter glued to it (`std::dec`, `Foo::Bar`)
// - hex letters around `::` alone (`a::b`, `add::`), which are scopes, unless brackets, a prefix or a zone say otherwise
// - `::` that is not set apart: within a line of words (`foo :: Int`) or alone in its line
// - `1000:1000::/home/x` and `:27:27::0:0:sshd` (passwd), `0::/init.scope` (cgroup), `list[::2]` (a slice)

/** Characters on either side that the rules may look at: what they cost does not depend on the text. */
const WINDOW = 48;

function anyOf(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map((pattern) => pattern.source).join('|'), 'i');
}

const ESCAPE_BEFORE = anyOf(
  /\\[bfnrstw]$/,
  /%[0-9a-f]{2}$/,
  // The end of a terminal colour.
  /\x1b\[[\d;]*m$/, // eslint-disable-line no-control-regex
);
const OPTION_BEFORE = /(?:^|[\s"'=])-[a-uw-z]$/i;
const OID_OR_LIBRARY_BEFORE = /(?:(?:^|[^.\w)\]*])|\b(?:so|iso|v|ver|rel|rev))\.$/i;
const NAME_BEFORE = /([\w.+-]*[a-z][\w.+-]*)-$/i;
const MACHINE =
  /(?:^|[^a-z])(?:ip|ipv4|inet|addr|address|host|node|peer|server|client|gw|gateway|net|network|vip|vm|src|dst|from|to|backup|range)\d*$/i;
const SETTINGS_AFTER =
  /^(?::\d|\.(?:conf|cfg|cnf|ini|json|ya?ml|toml|key|pem|crt|csr|pub|log|service|rules|network|netdev|nmconnection|list|txt)\b)/i;
const EPOCH_BEFORE = /(?:^|[^\w:.\-\]])\d:$/;
const VERSION_BEFORE = anyOf(
  /(?:version|\boid)["']?\s{0,2}[:=>]?\s{0,2}["'(]?$/,
  /\((?:[<>]?=|<<|>>)\s?$/,
  /\w(?:>=|<=|~=)$/,
  /\b(?:chrome|chromium|headlesschrome|edg[a-z]*|opr)\/$/,
);
const VERSION_AFTER = anyOf(
  /^[a-z]/,
  /^_(?:amd64|i[3-6]86|all|any|arm|aarch64|x86_64|x64|ppc|s390x|riscv64|mips|noarch|alpha|beta|pre|rc|p\d)/,
  /^\.(?:dfsg|ds\d|orig|debian|u?deb|dsc|rpm|el\d|fc\d|whl|gem|post\d|dev\d|rc\d|final|release|ga)(?![a-z])/,
  /^-(?:alpha|beta|rc|pre|dev|snapshot|release|final|ga|[rp]\d|deb|ubuntu|amd64|x86_64|noarch)/,
  /^-\d{1,2}(?!\d|\.\d{1,3}\.\d)/,
  /^-\d+(?:[a-z+~]|\.\d+(?!\.?\d))/,
  /^\+(?:dfsg|ds|git|svn|hg|deb|nmu|really|repack|r?\d|b\d)/,
  /^~\w/,
  /^\.in-addr\.arpa/,
  /^\) [\w. -]{1,40}; ?urgency/,
);

/** The text around [start, end). */
interface Around {
  readonly left: string;
  readonly right: string;
}

function around(text: string, start: number, end: number): Around {
  return { left: text.slice(Math.max(0, start - WINDOW), start), right: text.slice(end, end + WINDOW) };
}

function freeBeforeIpv4({ left, right }: Around): boolean {
  if (/[a-z]$/i.test(left)) return ESCAPE_BEFORE.test(left) || OPTION_BEFORE.test(left);
  if (left.endsWith('.')) return !OID_OR_LIBRARY_BEFORE.test(left);
  const name = NAME_BEFORE.exec(left)?.[1];
  if (name !== undefined) return MACHINE.test(name) || SETTINGS_AFTER.test(right);
  if (EPOCH_BEFORE.test(left)) return /^:\d/.test(right);
  return !VERSION_BEFORE.test(left);
}

/** True if the dotted numbers at [start, end) are an IPv4 address by their context. `ranged`: a range follows. */
export function isIpv4There(text: string, start: number, end: number, ranged: boolean): boolean {
  const beside = around(text, start, end);
  return freeBeforeIpv4(beside) && (ranged || !VERSION_AFTER.test(beside.right));
}

const APART_BEFORE = /(?:^|[\s=[(,;{|<>/@])$/;
const APART_AFTER = /^(?:$|[\]),;}|<>#%]|\/\d|:(?:\d|\*))/;
const LINE_ENDS_AFTER = /^[ \t]*(?:[#;,)}\]].*)?(?:[\r\n]|$)/;
/** `list[::2]`, `list[-2::]`. */
const SLICE_BEFORE = /[\w)\]]\[-?$/;

/** `::` in quotes, between punctuation, or last of a line that is not empty before it. */
function isUnspecifiedThere({ left, right }: Around): boolean {
  const quote = /["'`]$/.exec(left)?.[0];
  if (quote !== undefined) return right.startsWith(quote);
  if (/\S[ \t]+$/.test(left) && LINE_ENDS_AFTER.test(right)) return true;
  return APART_BEFORE.test(left) && APART_AFTER.test(right);
}

function isGlued(token: string, { left, right }: Around): boolean {
  if (/^\w/.test(right) || /^\.\d+\.\d/.test(right)) return true;
  const before = token.startsWith(':') ? /\w$/ : /[a-z]$/i;
  return before.test(left) && !ESCAPE_BEFORE.test(left);
}

/** A port tells `listen[::1]:80` from `list[::1]`. */
function isSlice({ left, right }: Around): boolean {
  return SLICE_BEFORE.test(left) && !/^\]:\d/.test(right);
}

/** Hex letters and `::` alone are a scope as well. */
function isScope(token: string): boolean {
  return !/\d/.test(token) && !/[^:]:[^:]/.test(token);
}

/** True if `token`, an IPv6 address by its form that stands at `start`, is one by its context. */
export function isIpv6There(text: string, token: string, start: number): boolean {
  const beside = around(text, start, start + token.length);
  const { left, right } = beside;
  if (isGlued(token, beside) || isSlice(beside)) return false;
  if (token === '::') return isUnspecifiedThere(beside);
  if (token.endsWith('::') && /^\/(?!\d)/.test(right)) return false;
  if (left.endsWith(':') && /^:[\w/]/.test(right)) return false;
  return !isScope(token) || (left.endsWith('[') && right.startsWith(']')) || /^[/%]\w/.test(right);
}
