// Tells from the name of a setting whether its value is a secret.

/** Words in which the value of a name ends up being secret, as the last of its parts. */
const SECRET_WORDS = new Set(
  (
    'password passwords passwd passwort pass pwd pw passphrase passphrases passcode passkey secret secrets token tokens psk apikey ' +
    'apikeys credential credentials rootpw bindpw userpw adminpw dbpw requirepass masterauth storepass keypass userpass authtoken ' +
    'accesstoken secretkey privatekey accesskey authkey sharedkey presharedkey masterkey encryptionkey signingkey accountkey ' +
    'salt kennwort contrasena motdepasse'
  ).split(' '),
);
/** Pairs of parts, such as `api` and `key`. */
const KEY_OWNERS = new Set(
  'api access secret private auth shared preshared account storage encryption signing signature master app hmac jwt session service admin license deploy crypt cipher wep wpa consumer client application security'.split(
    ' ',
  ),
);
/** Parts after the secret word that leave it secret. */
const STILL_SECRET =
  /^(?:\d+|base|value|val|hash|hashed|plain|plaintext|cleartext|clear|raw|text|string|str|data|old|new|current|prod|production|dev|devel|development|test|testing|stage|staging|qa|uat|live|default|main|primary|secondary|master|slave|replica|backup|root|admin|again|confirm|confirmation|crypted|encrypted|b64|base64|key|keys)$/;
/** Parts before it that make it a setting about secrets. */
const ABOUT =
  /^(?:min|max|minimum|maximum|num|number|no|n|is|has|use|uses|require|requires|required|allow|allows|enable|enabled|disable|disabled|show|hide|need|needs|with|without|ask|get|reset|load|import|existing|pull|initiate|challenge|change|changed|check|verify|validate|validates|forgot|forgotten|lost|expire|expires|generate|csrf|xsrf|next|page|continuation|sync|cancellation|cancel|public|pub|lang|language|design|device|input|separator|end|start|eof|lex|parse|syntax|comment|keyword)$/;

/** Words that are told from the end of a part, as in `PGPASSWORD`. */
const SECRET_END =
  /(?:password|passwd|passphrase|passwort|secret|apikey|authtoken|accesstoken|rootpw|bindpw|(?<!^com|^by|^sur|^tres|^encom|^over|^under|^multi)pass)s?$/;

const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

/** Splits a name such as `DB_PASSWORD`, `clientSecret`, `auth-token` or `spring.mail.password` into lower-case parts. */
function partsOf(name: string): string[] {
  return Array.from(name.slice(-128).matchAll(PARTS), ([part]) => part.toLowerCase());
}

const MOST_KNOWN = 4096;
/** What was found out already: names come again and again. */
const known = new Map<string, boolean>();

/** True if the value of a setting of this name is a secret. */
export function isSecretName(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  if (known.size >= MOST_KNOWN) known.clear();
  const isSecret = saysSecret(partsOf(name));
  known.set(name, isSecret);
  return isSecret;
}

function saysSecret(parts: string[]): boolean {
  while (parts.length > 1 && STILL_SECRET.test(parts.at(-1) ?? '') && !endsInSecret(parts)) parts.pop();
  return endsInSecret(parts) && !parts.some((part) => ABOUT.test(part));
}

function endsInSecret(parts: readonly string[]): boolean {
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2) ?? '';
  if (SECRET_WORDS.has(last) || SECRET_WORDS.has(before + last) || SECRET_END.test(last)) return true;
  return (last === 'key' || last === 'keys') && KEY_OWNERS.has(before);
}

/** Triggers (see trigger-scanner.ts) of which one stands in every secret name. */
export const SECRET_TRIGGERS: readonly string[] = [
  ...'pass~ passw passp passc ?pwd~ ?_pw~ ?psk~ secret token rootpw bindpw userpw adminpw'.split(' '),
  'api key',
  'access key',
  'private key',
  ...['?pw=?', '?pw: ', '?pw = ', '"pw":', '"pw" :', "?'pw'"],
  ...'apikey api_key api-key api.key private_key private-key privatekey private.key access_key'.split(' '),
  ...'access-key accesskey access.key account_key account-key accountkey auth_key auth-key authkey'.split(
    ' ',
  ),
  ...'shared_key shared-key sharedkey encryption_key encryption-key encryptionkey encryption.key'.split(' '),
  ...'signing_key signing-key signingkey master_key master-key masterkey app_key session_key crypt_key'.split(
    ' ',
  ),
  ...'nonce_key logged_in_key _salt wep_key wep-key wepkey masterauth kennwort credential'.split(' '),
];
