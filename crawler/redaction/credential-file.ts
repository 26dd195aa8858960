// Recognises files of which nothing may be kept: by name, and by what they hold, wherever they lie.
import { credentialName } from './credential-names.ts';
import { keyContainer } from './key-containers.ts';

const HEAD = 4096;
const PRIVATE_KEY_TEXT =
  /^(?:PuTTY-User-Key-File-|\(\d{1,3}:(?:\w+-)?private-key|SSH PRIVATE KEY FILE FORMAT|Private-key-format: v\d|untrusted comment: [^\n]{0,200}secret key|(?:(?:Created|Token|Label|Use-for-\w+|Confirm|OpenSSH-cert|Comment|Description|Remote-list): [^\n]*\n(?: [^\n]*\n)*){0,8}Key: \((?:\w+-)?private-key|(?:#[^\n]*\n){0,20}AGE-(?:SECRET-KEY|PLUGIN-\w+)-)/;
const PEM = /^-{4,5} ?BEGIN [\w .-]{0,40}(?:PRIVATE KEY|Static key)/;
const PUBLIC_PEM = /-----BEGIN (?:[\w ]{0,40} )?(?:CERTIFICATE|PUBLIC KEY|X509 CRL|TRUSTED CERTIFICATE)/;
const PEM_BLOCK = /-{4,5} ?BEGIN [\w .-]{1,80}-{4,5}[^-]*(?:-(?!--)[^-]*)*-{4,5} ?END [\w .-]{1,80}-{4,5}/g;
const SHADOW_LINE = /^[^:\s]{1,64}:[^:\s]{0,512}:\d{0,8}:\d{0,8}:\d{0,8}:\d{0,8}:\d{0,8}:\d{0,8}:[^:]{0,16}$/;
const GSHADOW_LINE = /^[^:\s]{1,64}:(?:[!*]{1,3}|!?\$[^:\s]{1,512})?:(?!\d+:)[^:\s]{0,4096}:[^:\s]{0,4096}$/;
const HASH_LINE =
  /^[^:\s]{1,128}:(?:\$(?:apr1|1|2[abxy]|5|6|y|7|argon2\w+)\$\S{8,512}|\{(?:SSHA|SHA|SMD5|CRYPT)\d*\}\S{13,512}|\{PLAIN\}\S+)(?::\S*)?$/i;
const SMB_LINE = /^[^:\s]{1,64}:\d{1,10}:[0-9A-FX]{32}:[0-9A-FX]{32}:\[/;
const ACCOUNT_FORMS = [SHADOW_LINE, GSHADOW_LINE, HASH_LINE, SMB_LINE];
/** 32 bytes in Base64, as WireGuard and many others write a key. */
const BARE_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\s*$/;
const KEY_NAME = /wireguard|priv|secret|psk|preshared|(?:^|[._/-])key(?:$|[._-])/i;

/** The lines that tell what a file of accounts is: the first twenty that say something. */
function linesOf(head: string): string[] {
  return head
    .split('\n', 40)
    .slice(0, head.length < HEAD ? 40 : -1)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(0, 20);
}

/** Most files are told from their first line, unless it is a comment. */
function mayBeAccounts(head: string): boolean {
  const first = (head.slice(0, 2048).split('\n', 1)[0] ?? '').trimEnd();
  return first.startsWith('#') || ACCOUNT_FORMS.some((form) => form.test(first));
}

/** Accounts with password hashes: every line has the form. */
function accountRule(head: string): string | null {
  if (!mayBeAccounts(head)) return null;
  const lines = linesOf(head);
  const all = (form: RegExp): boolean => lines.length > 0 && lines.every((line) => form.test(line));
  const hasSecret = lines.some((line) => /^[^:]+:[^:]+:/.test(line));
  if (hasSecret && (all(SHADOW_LINE) || (all(GSHADOW_LINE) && lines.length > 1))) return 'shadow-file';
  return all(HASH_LINE) || all(SMB_LINE) ? 'password-file' : null;
}

/** Text that is a key and nothing else; a key among other things is masked by redact(). */
function keyRule(path: string, head: string, bytes: Buffer): string | null {
  if (head.startsWith('$ANSIBLE_VAULT;')) return 'ansible-vault';
  if (PRIVATE_KEY_TEXT.test(head)) return 'private-key-file';
  if (PEM.test(head)) {
    const text = bytes.toString('latin1').trimStart();
    return PUBLIC_PEM.test(text) || text.replace(PEM_BLOCK, '').trim() !== '' ? null : 'private-key-file';
  }
  if (bytes.length > 48 || !BARE_KEY.test(head)) return null;
  return KEY_NAME.test(path) && !/pub/i.test(path.slice(path.lastIndexOf('/'))) ? 'private-key-file' : null;
}

/**
 * The rule by which nothing of a file's content may be kept (not even a hash of it), or null if its text may be kept
 * once redact() has masked it. `bytes` are the file's own; what was compressed or UTF-16 is asked for once more, decoded.
 */
export function isCredentialFile(path: string, bytes: Buffer): string | null {
  if (bytes.length === 0) return null;
  const rule = credentialName(path) ?? keyContainer(bytes);
  if (rule !== null) return rule;
  const head = bytes.toString('latin1', 0, HEAD).replace(/^(?:\u00ef\u00bb\u00bf)?\s{0,64}/, '');
  return keyRule(path, head, bytes) ?? accountRule(head);
}
