// Every masking rule, in order. A rule's name is what a frame counts masked values under.
import { assignment } from './assignments.ts';
import { authorizations } from './authorization.ts';
import { commandLines } from './commands.ts';
import { directives } from './directives.ts';
import { jsonWebToken, passwordHashes, shadowLine } from './hashes.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { privateKeys } from './private-keys.ts';
import { oraclePassword, urlPassword } from './urls.ts';
import { vendorTokens } from './vendor-tokens.ts';
import type { Rule } from './rule.ts';

/**
 * Where two rules find the same value it counts for the one whose value starts first, then for the longer one, then
 * for the first in this list. A whole file counts once, under one of the rules of credential-file.ts: `shadow-file`,
 * `password-file`, `private-key-file`, `keytab`, `credential-file`, `ansible-vault`.
 */
export const RULES: readonly Rule[] = [
  // private-key: between PEM, SSH2 and OpenPGP markers, encoded again, PuTTY, age, JSON Web Key, inline Ansible vault
  ...privateKeys,
  // vendor-token: secretlint's recommended rules, and forms that they leave out
  ...vendorTokens,
  // jwt: signed and encrypted JSON Web Tokens
  jsonWebToken,
  // password-hash: crypt, bcrypt, Argon2, PBKDF2, SCRAM, LDAP, GRUB; lines of a shadow file
  ...passwordHashes,
  shadowLine,
  // url-password: scheme://user:PASSWORD@host
  urlPassword,
  oraclePassword,
  // authorization: headers, bearer tokens, registry logins in Base64
  ...authorizations,
  // kubernetes-secret: the values of `kind: Secret`
  kubernetesSecret,
  // assignment: settings with a secret name, in configuration, code, XML, JSON, YAML, connection strings
  assignment,
  // directive: a word, then the value: Redis, LDAP, SNMP, SQL, IPsec, netrc, preseed, cloud-init
  ...directives,
  // command-line: options of known programs, `--password VALUE`, what is piped into chpasswd
  ...commandLines,
];
