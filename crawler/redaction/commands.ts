// Masks secrets that are given to commands: in scripts, histories, crontabs, unit files, and wherever a command is quoted.
import { form } from './form.ts';
import { lineAfter, lineBefore, nameAt } from './names.ts';
import { NOTHING } from './rule.ts';
import { isSecretName, SECRET_TRIGGERS } from './secret-names.ts';
import { isPlain, isReference, looksRandom } from './values.ts';
import type { Page, Rule, Span } from './rule.ts';

const NAME = 'command-line';
const ARGUMENT = /[^\S\n]+(?:"((?:[^"\\\n]|\\.){1,1024})"|'([^'\n]{1,1024})'|([^\s"'`<>|;&()[\]]{1,1024}))/y;

/** True where a word that follows an option may be taken for its value without looking like a secret. */
function isCommand(page: Page): boolean {
  return !page.packaged && (page.dialect === 'shell' || page.dialect === 'config');
}

/** True for what a manual writes in place of a value: `PASSWORD`, `<password>`, `your-token`. */
function isExample(value: string): boolean {
  return (
    value.startsWith('-') ||
    value.startsWith('$') ||
    /^[A-Z][A-Z_-]*$/.test(value) ||
    isReference(value) ||
    isPlain(value)
  );
}

function argumentAt(page: Page, at: number): Span | null {
  ARGUMENT.lastIndex = at;
  const match = ARGUMENT.exec(page.text);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  if (match === null || value === undefined || isExample(value)) return null;
  if (!isCommand(page) && !looksRandom(value)) return null;
  const end = ARGUMENT.lastIndex - (match[3] === undefined ? 1 : 0);
  return { start: end - value.length, end };
}

/** `--password VALUE`, `-storepass VALUE`; with `=` it is an assignment. */
export const option: Rule = {
  name: NAME,
  triggers: SECRET_TRIGGERS,
  find(page, at) {
    const name = nameAt(page, at);
    if (name === null || !/^--?\w/.test(name.text) || !isSecretName(name.text)) return NOTHING;
    const value = argumentAt(page, name.end);
    return value === null ? NOTHING : [value];
  },
};

/** One option of one program: where its value stands on a line that names the program. */
interface Program {
  readonly triggers: readonly string[];
  /** From the program's name on; group 1 is the value, quoted or not. */
  readonly pattern: RegExp;
}

const VALUE = `("(?:[^"\\\\]|\\\\.)+"|'[^']+'|[^\\s"'|;&<>]+)`;
const OPTIONS = `(?:\\s+[^\\s|;&]+){0,24}?\\s+`;

const PROGRAMS: readonly Program[] = [
  {
    triggers: ['mysql', 'mariadb', 'mycli'],
    pattern: new RegExp(`^(?:mysql|mariadb|mycli)[\\w-]*${OPTIONS}-p${VALUE}`),
  },
  {
    triggers: ['vault login'],
    pattern: new RegExp(`^vault login(?:\\s+-\\S+)*\\s+(?:token=)?(?!-)${VALUE}`),
  },
  { triggers: ['sshpass'], pattern: new RegExp(`^sshpass${OPTIONS}-p\\s*${VALUE}`) },
  {
    triggers: ['curl '],
    pattern: new RegExp(
      `^(?:curl)\\b.*?\\s(?:-u|--user|--proxy-user|-U|-a|--auth)[ =]?(?:"[^":\\s]*:(?=[^"]+")|'[^':\\s]*:(?=[^']+')|[^"':\\s-][^:\\s]*:|:)((?:(?<=["'][^"'\\s]*:)[^"']+)|[^\\s"'|;&]+)`,
    ),
  },
  {
    triggers: [
      'redis-cli',
      'mongo',
      'docker login',
      'podman login',
      'htpasswd',
      'ipmitool',
      'mosquitto_',
      'skopeo',
      'helm regi',
    ],
    pattern: new RegExp(
      `^(?:redis-cli${OPTIONS}-a|(?:mongo\\w*|docker login|podman login|skopeo login|helm registry login)${OPTIONS}-p|(?:ipmitool|mosquitto_\\w+)${OPTIONS}-P|htpasswd\\s+-\\w*b.{0,200}?(?=\\s\\S+\\s*$))\\s*${VALUE}`,
    ),
  },
  {
    triggers: [
      'ldapsearch',
      'ldapadd',
      'ldapmodify',
      'ldapdelete',
      'ldapwhoami',
      'ldappasswd',
      '?zip ',
      '?7z a',
      '?7za ',
      '?rar ',
    ],
    pattern: new RegExp(
      `^(?:ldap\\w+${OPTIONS}-w\\s*|zip${OPTIONS}(?:-P\\s*|--password\\s+)|(?:7za?|rar)${OPTIONS}-h?p)${VALUE}`,
    ),
  },
  {
    triggers: ['useradd', 'usermod'],
    pattern: new RegExp(`^user(?:add|mod)${OPTIONS}(?:-p|--password)[ =]?${VALUE}`),
  },
  {
    triggers: ['smbclient', 'rpcclient', 'net ads', 'wmic ', 'winexe'],
    pattern: new RegExp(
      `^(?:smbclient|rpcclient|net ads|wmic|winexe)\\b.*?\\s(?:-U|--user=?)\\s*["']?[^%\\s"']+%([^\\s"'|;&]+)`,
    ),
  },
  {
    triggers: ['lftp ', 'snmpwalk', 'snmpget'],
    pattern: new RegExp(`^(?:lftp\\b.*?\\s-u\\s*[^,\\s]+,|snmp(?:walk|get)\\w*${OPTIONS}-c\\s*)${VALUE}`),
  },
  {
    triggers: ['xfreerdp', 'rdesktop'],
    pattern: new RegExp(`^(?:xfreerdp\\d?\\b.*?\\s/p:|rdesktop${OPTIONS}-p\\s*)${VALUE}`),
  },
  { triggers: ['sqlplus'], pattern: /^sqlplus\b.*?\s["']?[\w$#]+\/([^@\s"'/]{2,})/ },
  { triggers: ['sqlcmd', '?bcp '], pattern: new RegExp(`^(?:sqlcmd|bcp)${OPTIONS}-P\\s*${VALUE}`) },
];

function program({ triggers, pattern }: Program): Rule {
  return {
    name: NAME,
    triggers,
    find(page, at) {
      if (/[\w-]/.test(page.text.charAt(at - 1))) return NOTHING;
      const match = new RegExp(pattern, 'd').exec(lineAfter(page.text, at, 1024));
      const place = match?.indices?.[1];
      if (place === undefined) return NOTHING;
      const quoted = /^["']/.test(match?.[1] ?? '') ? 1 : 0;
      const span = { start: at + place[0] + quoted, end: at + place[1] - quoted };
      const value = page.text.slice(span.start, span.end);
      return isExample(value) || (!isCommand(page) && !looksRandom(value)) ? NOTHING : [span];
    },
  };
}

const OPENSSL = /pass:((?!insta\b)[^\s"'`|;&,)]{3,256})/;
const PIPED =
  /(?:echo|printf)\s+(?:-\w+\s+)*(?:\$?["'])?([\w.$-]+:)?([^"'\s|]+(?:(?<=["'][^"'|]*) [^"'|]*)?)["']?\s*\|\s*(?:sudo\s+(?:-\w+\s+)*)?\S*$/;

/** `echo user:VALUE | chpasswd`, `echo VALUE | passwd --stdin`, `echo VALUE | sudo -S`. */
const piped: Rule = {
  name: NAME,
  triggers: ['chpasswd', 'passwd --stdin', 'sudo -s', 'cryptsetup', 'docker login', 'password-stdin'],
  find(page, at) {
    const line = lineBefore(page.text, at);
    const match = new RegExp(PIPED.source.replace('\\S*$', '[^|]*$'), 'd').exec(line);
    const place = match?.indices?.[2];
    if (place === undefined || isExample((match?.[2] ?? '').replace(/\\n$/, ''))) return NOTHING;
    const start = at - line.length;
    return [{ start: start + place[0], end: start + place[1] }];
  },
};

/** `chpasswd <<< "user:VALUE"`. */
const hereString: Rule = form(
  NAME,
  ['chpasswd'],
  /chpasswd[^\n|;]{0,40}<<<\s*["']?[\w.-]+:(?!\$)([^"'\s]{1,256})/,
);

/** Every rule about commands. */
export const commandLines: readonly Rule[] = [
  option,
  ...PROGRAMS.map(program),
  form(
    NAME,
    ['pass pass:', 'passin pass:', 'passout pass:', 'passin=pass:', 'passout=pass:', '-k pass:'],
    new RegExp(`[\\w =-]{0,12}?${OPENSSL.source}`),
  ),
  piped,
  hereString,
];
