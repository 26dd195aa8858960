// Guesses how a text writes an assignment: from its path, and its first line where the path says nothing.
import type { Dialect, Page } from './rule.ts';

const CODE = new Set(
  (
    'py pyi pyx js mjs cjs ts mts jsx tsx vue c h cc cpp cxx hh hpp java go rs rb erb pl pm t php inc phtml lua tcl cs vb ' +
    'swift kt kts scala groovy gradle clj el lisp scm vim css scss less sql m m4 awk vala hs ml erl ex exs r jl dart d aug lark g4 y l ' +
    'patch diff ipynb asm s cmake am ac in'
  ).split(' '),
);
const SHELL = new Set('sh bash zsh ksh dash fish csh envrc bash_history zsh_history mk'.split(' '));
const CONFIG = new Set(
  (
    'conf cfg cnf ini env properties props yaml yml toml json json5 jsonc xml config settings hcl tf tfvars tfstate ' +
    'service netdev network nmconnection repo list sources desktop plist reg ldif local preseed ks cf auth'
  ).split(' '),
);
const PROSE = new Set(
  (
    'md txt rst html htm xhtml adoc asciidoc tex texi texinfo info pod org po pot log csv tsv me ms mdoc 1 2 3 4 5 6 7 8 9 ' +
    '3pm 1ssl 3ssl 5ssl 7ssl 1p 3p svg'
  ).split(' '),
);
const SHELL_NAMES =
  /^(?:\.?(?:bash|zsh|sh|ksh|ash|mysql|psql|python|node_repl|rediscli)_history|\.?(?:bash|zsh|k?sh)rc|\.?(?:bash_|z)?(?:profile|login|logout|aliases)|dockerfile|containerfile|makefile|gnumakefile)/;
const PROSE_NAMES =
  /^(?:readme|changelog|changes|news|copyright|copying|license|authors|todo|faq|install|notice|thanks|history|hacking)\b/;
const PACKAGED =
  /^\/(?:usr\/(?!local\/|src\/)|lib\/|lib64\/|bin\/|sbin\/|boot\/|var\/lib\/(?:dpkg|apt|rpm|ucf)\/)/;
const DOCUMENTATION = /\/(?:doc|docs|man|info|locale|help|gtk-doc|licenses|zoneinfo|perl5?)\//;
const SHEBANG = /^#![^\n]{0,200}/;

/** The page of a text, with its dialect and place. */
export function pageOf(path: string, text: string): Page {
  const packaged = PACKAGED.test(path);
  return { path, text, packaged, dialect: dialectOf(path, text, packaged) };
}

function dialectOf(path: string, text: string, packaged: boolean): Dialect {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/\.(?:gz|bak|old|orig|save|dpkg-\w+|~)$/, '');
  return (
    dialectOfName(name) ??
    dialectOfContent(text) ??
    (packaged && DOCUMENTATION.test(path) ? 'prose' : 'config')
  );
}

function dialectOfName(name: string): Dialect | null {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (CODE.has(extension)) return 'code';
  if (SHELL_NAMES.test(name) || SHELL.has(extension)) return 'shell';
  if (CONFIG.has(extension) || name.startsWith('.env')) return 'config';
  return PROSE.has(extension) || PROSE_NAMES.test(name) ? 'prose' : null;
}

function dialectOfContent(text: string): Dialect | null {
  const shebang = SHEBANG.exec(text)?.[0];
  if (shebang === undefined) return null;
  return /\b(?:ba|da|k|z|c|fi)?sh\b/.test(shebang) ? 'shell' : 'code';
}
