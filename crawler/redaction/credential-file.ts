// Recognises files of which nothing may be kept: by name, and by what their bytes are.

interface NamedFile {
  readonly rule: string;
  readonly path: RegExp;
}

/** Copies that administrators, editors and tools leave beside a file. */
const COPY =
  '(?:[-~]|\\.(?:bak|old|orig|save|saved|backup|copy|new|tmp|swp|edit|rpm\\w+|dpkg-\\w+|pacnew|pacsave|ucf-\\w+|\\d+|gz)|[._-]\\d[\\d._-]*)*';

function named(rule: string, path: string): NamedFile {
  return { rule, path: new RegExp(`(?:^|/)\\.?(?:${path})${COPY}$`, 'i') };
}

const NAMED: readonly NamedFile[] = [
  named('shadow-file', 'n?g?shadow\\+?|opasswd|nopasswd|master\\.passwd|spwd\\.db'),
  named(
    'credential-file',
    '\\.?netrc|\\.?pgpass(?:\\.conf)?|\\.?git-credentials|\\.?htpasswd[\\w.-]*|\\.?vault-token|sasl_passwd|chap-secrets|pap-secrets|ipsec\\.secrets|passwords\\.dat|\\.?smbcredentials|\\.?cifs-?credentials|\\.?s3cfg-secret|smbpasswd|\\.?mylogin\\.cnf|\\.?rpmmacros-secret|\\.?erlang\\.cookie|\\.?Xauthority|\\.?ICEauthority|rndc\\.key|stash',
  ),
  named(
    'credential-file',
    '\\.aws/(?:credentials|sso/cache/[^/]+|cli/cache/[^/]+)|gcloud/(?:credentials\\.db|access_tokens\\.db|legacy_credentials/.+|application_default_credentials\\.json)|\\.azure/(?:accessTokens\\.json|msal_token_cache\\.\\w+|service_principal_entries\\.\\w+)|\\.config/gh/hosts\\.yml|\\.config/hub|krb5cc_[^/]*',
  ),
  named('keytab', '[^/]*\\.keytab'),
  named(
    'private-key',
    '[^/]+\\.(?:ppk|p12|pfx|jks|jceks|keystore|bks|kdbx?|agekey)|private-keys-v1\\.d/[^/]+|ssh_host_\\w+_key|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|identity|secring\\.gpg|openpgp-revocs\\.d/[^/]+',
  ),
];

/** The rule that withholds the whole of a file, or null if its text may be kept (masked by redact()). */
export function isCredentialFile(path: string, bytes: Buffer): string | null {
  if (bytes.length === 0) return null;
  for (const { rule, path: pattern } of NAMED) if (pattern.test(path)) return rule;
  return null;
}
