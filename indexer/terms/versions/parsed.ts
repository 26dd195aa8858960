// The order of versions where a scheme takes some texts for versions and refuses others.
import { compareNaturally } from './natural.ts';

/**
 * An order of all texts: what `parse` refuses (null) comes before everything it takes, so that who asks for versions
 * before a fixed one sees it, and compares naturally with its like.
 */
export function compareParsed<Version>(
  parse: (text: string) => Version | null,
  compare: (a: Version, b: Version) => number,
): (a: string, b: string) => number {
  return (a, b) => {
    const [first, second] = [parse(a), parse(b)];
    if (first !== null && second !== null) return compare(first, second);
    return first === second ? compareNaturally(a, b) : first === null ? -1 : 1;
  };
}
