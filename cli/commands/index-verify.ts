// unfold index verify: is the index sound?
import type { Finding } from '../../indexer/engines/index-keeping.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { interruptible } from '../interrupt.ts';
import { count } from '../output/figures.ts';
import { LongWork } from '../output/long-work.ts';
import type { GlobalOptions } from '../settings.ts';
import { harmless, print, toJson } from '../terminal.ts';

type Options = GlobalOptions & { json?: boolean };

/** Lists what is wrong; returns the exit status: 2 if something is. */
export function indexVerifyCommand(options: Options): Promise<number> {
  return interruptible((signal) =>
    withIndex(options, async (index) => {
      const work = new LongWork('verifying');
      const findings: Finding[] = [];
      try {
        for await (const finding of index.verify(work.progress, signal)) {
          findings.push(finding);
          work.end();
          if (options.json !== true) print(`${findingText(finding)}\n`);
        }
      } finally {
        work.end();
      }
      const sound = findings.length === 0;
      if (options.json === true) print(`${toJson({ schema: 'unfold.index-verify/1', sound, findings })}\n`);
      else print(sound ? 'the index is sound\n' : `${count(findings.length, 'finding')}; ${REMEDY}\n`);
      return sound ? EXIT.found : EXIT.error;
    }),
  );
}

const REMEDY = '`unfold index rebuild` writes terms and tables anew; what is lost the next full crawl brings';

function findingText({ check, system, message }: Finding): string {
  return harmless(system === null ? `${check}: ${message}` : `${check}: ${system}: ${message}`);
}
