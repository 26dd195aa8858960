// A secret that is recognised by its own form, whatever stands around it.
import { NOTHING } from './rule.ts';
import { looksRandom } from './values.ts';
import type { Rule } from './rule.ts';

/** Of the pattern, which is anchored where a trigger starts, group 1 is the value, or all of it without a group. */
export function form(name: string, triggers: readonly string[], pattern: RegExp): Rule {
  const sticky = new RegExp(pattern.source, `${pattern.flags}dy`);
  return {
    name,
    triggers,
    find(page, at) {
      sticky.lastIndex = at;
      const indices = sticky.exec(page.text)?.indices;
      const place = indices?.[1] ?? indices?.[0];
      return place === undefined ? NOTHING : [{ start: place[0], end: place[1] }];
    },
  };
}

/** In a distribution's own files, only what looks random. */
export function unlessExample(rule: Rule): Rule {
  return {
    ...rule,
    find: (page, at) =>
      rule
        .find(page, at)
        .filter(({ start, end }) => !page.packaged || looksRandom(page.text.slice(start, end))),
  };
}
