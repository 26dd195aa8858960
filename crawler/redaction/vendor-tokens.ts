// Masks tokens of known vendors: by secretlint's rules, and by a few forms that its recommended preset leaves out.
import { rules as preset } from '@secretlint/secretlint-rule-preset-recommend';
import { form } from './form.ts';
import { NOTHING } from './rule.ts';
import type { SecretLintSourceCode } from '@secretlint/types';
import type { Page, Rule, Span } from './rule.ts';

const PREFIX = '@secretlint/secretlint-rule-';
const TOKEN = 'vendor-token';

/** The rules of secretlint that are used, and the words without which each cannot match. */
export const VENDOR_TRIGGERS: Readonly<Record<string, readonly string[]>> = {
  '1password': ['ops_ey'],
  anthropic: ['sk-ant-'],
  cloudflare: ['cfk_#', 'cfut_', 'cfat_'],
  databricks: ['dapi#'],
  docker: ['dckr_pat_'],
  figma: ['figd_'],
  github: ['ghp_#', 'gho_#', 'ghu_#', 'ghs_#', 'ghr_#', 'github_pat_'],
  gitlab: ['glpat-'],
  grafana: ['glc_#', 'glsa_'],
  groq: ['gsk_#'],
  'hashicorp-vault': ['hvs.#', 'hvb.#', 'hvr.#'],
  huggingface: ['?hf_#'],
  linear: ['lin_api_'],
  notion: ['ntn_#'],
  npm: ['npm_#'],
  openai: ['?sk-#'],
  sendgrid: ['?sg.#'],
  shopify: ['shppa_', 'shpca_', 'shpat_', 'shpss_'],
  slack: ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-'],
  stripe: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
  tailscale: ['tskey-'],
  vercel: ['vcp_#', 'vci_#', 'vca_#', 'vcr_#', 'vck_#'],
};

type Scan = (content: string) => readonly Span[];

/** Runs one rule of secretlint on a text, at once: none of those used here is asynchronous. */
function scanOf(id: string): Scan {
  const creator = preset.find((rule) => rule.meta.id === PREFIX + id);
  if (creator === undefined) throw new Error(`secretlint has no rule ${id}`);
  let found: Span[] = [];
  const handle = creator.create(
    {
      sharedOptions: {},
      // What secretlint would say holds the token itself: it is never put together.
      createTranslator: () => (messageId) => ({ message: '', messageId: String(messageId), data: undefined }),
      report: ({ range: [start, end] }) => void found.push({ start, end }),
      ignore: () => undefined,
    },
    {},
  );
  return (content) => {
    found = [];
    // None of these rules reads more of a source than its content.
    void handle.file?.({ content } as SecretLintSourceCode);
    return found;
  };
}

const LETTER = /\p{L}/u;
const WORD = /[\w.-]/;
const RUN = /[\w.+/=-]+/y;
const SHORTEST = 20;

/** The run of characters a token is made of; a short look where it starts inside of one that was looked at before. */
function runAt(page: Page, at: number): string | null {
  const before = page.text.charAt(at - 1);
  if (LETTER.test(before)) return null;
  RUN.lastIndex = 0;
  const content = RUN.exec(page.text.slice(at, at + (WORD.test(before) ? 128 : 16_384)))?.[0] ?? '';
  return content.length < SHORTEST ? null : content;
}

function vendorRule(id: string, triggers: readonly string[]): Rule {
  const scan = scanOf(id);
  return {
    name: TOKEN,
    triggers,
    find(page, at) {
      const run = runAt(page, at);
      if (run === null) return NOTHING;
      return scan(run).map(({ start, end }) => ({ start: at + start, end: at + end }));
    },
  };
}

const AFTER = '(?![A-Za-z0-9_-])';

/** Every rule on tokens, secretlint's first. */
export const vendorTokens: readonly Rule[] = [
  ...Object.entries(VENDOR_TRIGGERS).map(([id, triggers]) => vendorRule(id, triggers)),
  form(
    TOKEN,
    ['akia#', 'asia#', 'abia#', 'acca#'],
    /(?<!\w)(?!\w{13}EXAMPLE)A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?!\w)/,
  ),
  form(TOKEN, ['aiza#'], new RegExp(`AIza[\\w-]{35}${AFTER}`)),
  form(TOKEN, ['gocspx-'], new RegExp(`GOCSPX-[\\w-]{28}${AFTER}`)),
  form(TOKEN, ['ya29.'], /ya29\.[\w-]{20,2048}/),
  form(
    TOKEN,
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-'],
    /sk-(?:proj|svcacct|admin|or-v1)-[\w-]{40,256}/,
  ),
  form(TOKEN, ['pypi-agei'], /pypi-AgEI[\w-]{50,1024}/),
  form(TOKEN, ['rubygems_'], new RegExp(`rubygems_[0-9a-f]{48}${AFTER}`)),
  form(TOKEN, ['dop_v1_', 'doo_v1_', 'dor_v1_'], /do[opr]_v1_[0-9a-f]{64}/),
  form(TOKEN, ['whsec_'], new RegExp(`whsec_[A-Za-z0-9+/=]{24,128}${AFTER}`)),
  form(
    TOKEN,
    ['glptt-', 'gldt-', 'glrt-', 'glcbt-', 'glft-', 'gloas-', 'glagent-'],
    /gl(?:ptt|dt|rt|cbt|ft|oas|agent)-[\w.-]{20,128}/,
  ),
  form(TOKEN, ['.atlasv1.'], /\.atlasv1\.([\w=-]{60,100})/),
  form(TOKEN, ['nrak-'], new RegExp(`NRAK-[A-Z0-9]{27}${AFTER}`, 'i')),
  form(TOKEN, ['pmak-'], new RegExp(`PMAK-[0-9a-f]{24}-[0-9a-f]{34}${AFTER}`)),
  form(TOKEN, ['sntrys_', 'sntryu_'], /sntry[su]_[\w+/=]{40,512}/),
  form(TOKEN, ['pscale_'], /pscale_(?:pw|tkn|oauth)_[\w.=-]{32,64}/),
  form(TOKEN, ['dp.pt.', 'dp.st.'], /dp\.(?:pt|st)\.[\w.]{40,80}/),
  form(TOKEN, ['sq0atp-', 'sq0csp-'], /sq0(?:atp|csp)-[\w-]{22,60}/),
  form(TOKEN, ['discord'], /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/([\w-]{60,80})/),
  form(TOKEN, ['hooks.slack'], /hooks\.slack\.com\/services\/(T\w{1,40}\/B\w{1,40}\/\w{1,40})/i),
  form(TOKEN, ['#:aa#'], new RegExp(`(?<=(?<!\\d)\\d{8,10}):(AA[\\w-]{33})${AFTER}`)),
  form(TOKEN, ['sig=#'], /sig=([A-Za-z0-9%+/]{40,64}(?:%3D|=){0,2})/i),
];
