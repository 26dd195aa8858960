// Names of files that hold nothing but credentials, and of the copies that are left beside them.

const SHADOW = new Set(
  'shadow gshadow nshadow ngshadow shadow+ gshadow+ opasswd nopasswd master.passwd spwd.db'.split(' '),
);
const CREDENTIALS = new Set(
  (
    'netrc _netrc authinfo pgpass pgpass.conf git-credentials htpasswd htpasswd.users htdigest passwd.digest vault-token ' +
    'sasl_passwd sasldb2 chap-secrets pap-secrets srp-secrets ipsec.secrets rsyncd.secrets smbpasswd smbcredentials cifscredentials ' +
    'smb-credentials cifs-credentials mylogin.cnf erlang.cookie xauthority iceauthority rndc.key passwords.dat ' +
    'credential.secret accesstokens.json access_tokens.db credentials.db application_default_credentials.json ' +
    'tdewalletd kwallet.kwl passdb.tdb secrets.tdb secrets.ldb idmap2.tdb key3.db key4.db logins.json signons.sqlite ' +
    'wrapped-passphrase gocryptfs.conf jmxremote.password tomcat-users.xml.secret .k5login.secret mosquitto_passwd ' +
    'dovecot.passwd passwd.client exim4_passwd freetds.secret nslcd.secret ldap.secret pam_ldap.secret libnss-ldap.secret ' +
    'openvpn.auth auth-user-pass secret.tdb psafe3'
  ).split(' '),
);
const KEYS = new Set(
  'id_rsa id_dsa id_ecdsa id_ed25519 id_ecdsa_sk id_ed25519_sk id_xmss identity secring.gpg'.split(' '),
);
const KEY_EXTENSIONS = /\.(?:ppk|kdbx?|agekey|psafe3|pwsafe|keytab)$/;
const HOST_KEY = /^ssh_host_\w+_key$/;
const KRB5_CACHE = /^krb5cc_|^\.k5\./;
const FOLDERS =
  /\/(?:\.aws\/(?:credentials$|(?:sso|cli)\/cache\/)|private-keys-v1\.d\/|openpgp-revocs\.d\/|gcloud\/legacy_credentials\/|\.azure\/(?:msal_token_cache|service_principal_entries)\.|\.password-store\/)/i;
/** What administrators, editors and tools put after the name of a copy. */
const COPY =
  /(?:[~#+-]|\.(?:bak|old|orig|save|saved|backup|copy|new|tmp|temp|swp|swo|edit|txt|lock|gz|rpmsave|rpmnew|rpmorig|pacnew|pacsave|dpkg-\w{1,12}|ucf-\w{1,12})|[._-]\d{1,20}|[ _-]?\(\d{1,3}\)|[._-](?:bak|old|backup|copy))$/;
const MOST_SUFFIXES = 6;
/** Manuals and translations describe these files under their names. */
const DESCRIPTIONS = /^\/usr\/share\/(?:man|doc|locale|help|info)\//;

/** The name, and what is left of it when the marks of a copy are taken away. */
function* originals(name: string): Generator<string> {
  let rest = name;
  for (let k = 0; k <= MOST_SUFFIXES; k++) {
    yield rest;
    const shorter = rest.replace(COPY, '');
    if (shorter === rest || shorter === '') return;
    rest = shorter;
  }
}

/** The rule that a path falls under by its name alone, or null. */
export function credentialName(path: string): string | null {
  if (DESCRIPTIONS.test(path)) return null;
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/^[.#]+/, '');
  for (const original of originals(name)) {
    if (SHADOW.has(original)) return 'shadow-file';
    if (KEYS.has(original) || HOST_KEY.test(original)) return 'private-key-file';
    if (CREDENTIALS.has(original) || KRB5_CACHE.test(original)) return 'credential-file';
    if (KEY_EXTENSIONS.test(original)) return original.endsWith('keytab') ? 'keytab' : 'private-key-file';
  }
  return FOLDERS.test(path) ? 'credential-file' : null;
}
