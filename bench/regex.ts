// How long regular expressions and parts of words take, against grep on the same texts in the same run.
// Run: node bench/regex.ts [--mb MEGABYTES] [--data FOLDER] [--engine elasticsearch --node URL]
// With --data the texts and the index stay in the folder, and a later run asks them again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SEARCH_MS } from '../indexer/engines/deadline.ts';
import { openElasticsearch } from '../indexer/engines/elasticsearch/engine.ts';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import type { Index } from '../indexer/engines/index-keeping.ts';
import { ElasticsearchConfiguration } from '../schemas/configuration.ts';
import type { PlanNode } from '../schemas/plan.ts';
import { file, frameLines } from '../test/conformance/search-engine/frames.ts';
import { plan } from '../test/conformance/search-engine/setting.ts';
import { NO_SIGNAL, removePrefix, stream } from './fleet/engine.ts';
import { measured, median, megabytes, report } from './fleet/figures.ts';
import { fractionOf, numberOf } from './fleet/random.ts';

const RUNS = 5;
const GREPS = 2;
const FILES_PER_SYSTEM = 1000;
const FILE_BYTES = 8000;
/** Words there are to choose from: the frequent ones are in every text, most are in one or none. */
const WORDS = 300_000;

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '25' },
    data: { type: 'string' },
    engine: { type: 'string', default: 'embedded' },
    node: { type: 'string', default: 'http://127.0.0.1:9200' },
  },
});
const bytesWanted = Number(values.mb) * 1e6;

const CONSONANTS = [
  'b',
  'd',
  'f',
  'g',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'z',
  'gr',
  'st',
  'tr',
  'ch',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'io'];

/** The word of a rank: the more frequent, the shorter. */
function word(rank: number): string {
  let text = '';
  for (let rest = rank + 7; rest > 0; rest = Math.floor(rest / (CONSONANTS.length * VOWELS.length))) {
    text += CONSONANTS[rest % CONSONANTS.length] ?? '';
    text += VOWELS[Math.floor(rest / CONSONANTS.length) % VOWELS.length] ?? '';
  }
  return text;
}

/** A word of few texts. */
const RARE = word(50_003);
const GOAL = '300 ms';

/** What is asked, and the goal where there is one. */
const QUESTIONS: readonly (readonly [name: string, pattern: string, goal?: string])[] = [
  ['a rare literal', `${RARE}[a-z]*-[0-9]+`, GOAL],
  ['part of a word', RARE.slice(1, -1), GOAL],
  ['alternatives', `(${RARE}|deadbeef|c0ffee)`, GOAL],
  ['literals of common words', String.raw`allow 10\.17\.[0-9]+\.9;`],
  ['a class, then a literal', `[0-9a-f]+c0ffee`, GOAL],
  ['nowhere', 'nowhere[0-9]at-all', GOAL],
  ['in every text', 'weight=[0-9]'],
  ['nothing to look up', '[aeiou]{4}[0-9]'],
];

/** Names of what is decided, so that no two decisions are made with one number. */
const CHOICE = 1;
const FORM = 2;

/** Lines as settings have them, of words whose frequency falls with their rank. */
function textOf(number: number): string {
  let text = '';
  for (let line = 0; text.length < FILE_BYTES; line++) {
    const some = (place: number) =>
      word(Math.floor(Math.exp(fractionOf(CHOICE, number, line, place) * Math.log(WORDS))));
    const id = numberOf(FORM, number, line);
    switch (id % 6) {
      case 0:
        text += `${some(0)}_${some(1)} = ${id % 10_000}\n`;
        break;
      case 1:
        text += `# ${Array.from({ length: 9 }, (_, place) => some(place)).join(' ')}\n`;
        break;
      case 2:
        text += `server ${some(0)}-${id % 40}.${some(1)}.example.com:${8000 + (id % 90)} weight=${id % 7};\n`;
        break;
      case 3:
        text += `${some(0)}.${some(1)}.path=/srv/${some(2)}/${some(3)}.conf\n`;
        break;
      case 4:
        text += `  "${some(0)}": "${id.toString(16)}${numberOf(id).toString(16)}",\n`;
        break;
      default:
        text += `allow 10.${id & 255}.${(id >> 8) & 255}.${(id >> 16) & 255}; # ${some(0)} ${some(1)}\n`;
    }
  }
  return text;
}

/** Writes texts to files, too, for grep. */
async function build(engine: Index, texts: string): Promise<void> {
  mkdirSync(texts, { recursive: true });
  for (let system = 0; system * FILES_PER_SYSTEM * FILE_BYTES < bytesWanted; system++) {
    const entries = Array.from({ length: FILES_PER_SYSTEM }, (_, index) => {
      const text = textOf(system * FILES_PER_SYSTEM + index);
      writeFileSync(join(texts, `${system}-${index}.conf`), text);
      return file(`/etc/${index}.conf`, text);
    });
    const at = new Date().toISOString();
    await engine.apply(stream(frameLines({ system: `bench${system}`, at, entries })), NO_SIGNAL);
  }
}

/** Milliseconds, and how many files were found. */
interface Took {
  readonly ms: number;
  readonly found: number;
}

async function asked(engine: Index, pattern: string): Promise<Took> {
  const times: number[] = [];
  let found = 0;
  for (let run = 0; run < RUNS; run++) {
    const where: PlanNode = { leaf: { leaf: 'regex', pattern, within: 'content' } };
    const { value, wall } = await measured(() =>
      engine.search(plan(where, { evidence: 3 }), NO_SIGNAL, SEARCH_MS),
    );
    times.push(wall);
    found = value.systems.reduce((sum, { facts, moreFacts }) => sum + facts.length + moreFacts, 0);
  }
  return { ms: median(times), found };
}

function grepped(texts: string, pattern: string): Took {
  const times: number[] = [];
  let found = 0;
  for (let run = 0; run < GREPS; run++) {
    const started = performance.now();
    const { stdout } = spawnSync('grep', ['-rilE', '-e', pattern, texts], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    times.push(performance.now() - started);
    found = stdout.split('\n').length - 1;
  }
  return { ms: median(times), found };
}

async function compare(engine: Index, texts: string): Promise<void> {
  for (const [name, pattern, goal] of QUESTIONS) {
    const ours = await asked(engine, pattern);
    const grep = grepped(texts, pattern);
    const agreed = ours.found === grep.found ? 'as grep' : `grep found ${grep.found}`;
    const ratio = `1/${(grep.ms / ours.ms).toFixed(1)} of grep (${grep.ms.toFixed(0)} ms)`;
    report(`${name}: ${pattern}`, `${ours.ms.toFixed(0)} ms, ${ratio}, ${ours.found} files, ${agreed}`, goal);
  }
}

async function open(folder: string, prefix: string): Promise<Index> {
  if (values.engine === 'embedded') return openEmbedded(folder, 'write');
  const configuration = { nodes: [values.node], prefix, replicas: 0 };
  return openElasticsearch(ElasticsearchConfiguration.parse(configuration), 'write');
}

async function main(folder: string): Promise<void> {
  const texts = join(folder, 'texts');
  const prefix = values.data === undefined ? `bench-${process.pid}` : 'bench-regex';
  const engine = await open(folder, prefix);
  try {
    if (!existsSync(texts)) {
      const { cpu } = await measured(() => build(engine, texts));
      report('new text', `${(bytesWanted / 1000 / cpu).toFixed(1)} MB per second of CPU`);
    }
    const { bytes } = await engine.status(NO_SIGNAL);
    report('index size', `${megabytes(bytes)} for ${values.mb} MB of text`);
    await compare(engine, texts);
  } finally {
    await engine.close();
    if (values.engine === 'elasticsearch' && values.data === undefined)
      await removePrefix([values.node], prefix);
  }
}

const folder = values.data ?? mkdtempSync(join(tmpdir(), 'unfold-bench-'));
try {
  mkdirSync(folder, { recursive: true });
  await main(folder);
} finally {
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
