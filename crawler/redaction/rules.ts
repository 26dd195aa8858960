// Every masking rule, in order. A rule's name is what a frame counts masked values under.
import { assignment } from './assignments.ts';
import { authorizations } from './authorization.ts';
import { commandLines } from './commands.ts';
import { directives } from './directives.ts';
import { jsonWebToken, passwordHashes, shadowLine } from './hashes.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { ageKey, encodedPrivateKey, privateKeyBlock, puttyKey, puttyMac } from './private-keys.ts';
import { oraclePassword, urlPassword } from './urls.ts';
import { vendorTokens } from './vendor-tokens.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  privateKeyBlock,
  encodedPrivateKey,
  ageKey,
  puttyKey,
  puttyMac,
  ...vendorTokens,
  jsonWebToken,
  ...passwordHashes,
  shadowLine,
  urlPassword,
  oraclePassword,
  ...authorizations,
  kubernetesSecret,
  assignment,
  ...directives,
  ...commandLines,
];
