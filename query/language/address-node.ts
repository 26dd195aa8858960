// Addresses, networks and ranges as conditions of a plan.
import type { Notice } from '../../schemas/answer.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Leaf, PlanNode } from '../../schemas/plan.ts';
import { parseAddress, type AddressRange } from '../../indexer/terms/addresses.ts';
import type { Term } from './tree.ts';

type Relations = Extract<Leaf, { leaf: 'address' }>['relations'];

/** Relations from close to far: a leaf each, so that what is closer stands first in an answer. */
const NEARNESS: readonly Relations[] = [['exact'], ['contained'], ['containing', 'overlapping']];

/** Any relation to an address, network or range, in facts of the feature or of any. */
export function addressNode({ low, high }: AddressRange, feature: Feature | null): PlanNode {
  const where = { low, high, ...(feature === null ? {} : { feature }) };
  return { or: NEARNESS.map((relations) => ({ leaf: { leaf: 'address', ...where, relations } })) };
}

/** The range that a term writes, in any notation. */
export function writtenRange({ text }: Term): AddressRange | null {
  return parseAddress(starredNetwork(text) ?? text);
}

/** What a reader is told of a notation that is more than one word for others, or has wildcards. */
export function rangeNotice({ text, span }: Term): Notice | null {
  const network = starredNetwork(text);
  if (network === null && !text.includes(' ')) return null;
  const message = `\`${text}\` was read as ${network === null ? 'one network' : `the network ${network}`}.`;
  return { code: 'read-as-network', message, span };
}

/** `10.1.2.*`, `10.1.*.*` as a network; null of any other text. */
export function starredNetwork(text: string): string | null {
  const octets = text.split('.');
  if (octets.length !== 4 || !/^\d{1,3}(?:\.\d{1,3}){0,2}(?:\.\*)+$/.test(text)) return null;
  const bits = 8 * octets.filter((octet) => octet !== '*').length;
  const network = `${octets.map((octet) => (octet === '*' ? '0' : octet)).join('.')}/${bits}`;
  return parseAddress(network) === null ? null : network;
}

/** The port of an address: `10.1.2.3:443`, `10.1.2.3#53`, `[fe80::1]:443`. */
export function portOf(address: string): string | null {
  return /^(?:[^:]+|\[.*\])[:#@](\d{1,5})$/.exec(address)?.[1] ?? null;
}
