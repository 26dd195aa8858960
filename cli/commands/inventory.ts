// unfold inventory: the systems that a query finds, for Ansible.
import { ansibleInventory } from '../../query/inventory/ansible.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { coverageText } from '../output/answer-text.ts';
import type { GlobalOptions } from '../settings.ts';
import { print, say, toJson } from '../terminal.ts';
import { instantOption } from './values.ts';

/** Options of the command. */
export interface InventoryCommandOptions extends GlobalOptions {
  ansible?: boolean;
  list?: boolean;
  host?: string;
  at?: string;
}

/** Prints the inventory, or the variables of one host; returns the exit status. Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function inventoryCommand(query: string, options: InventoryCommandOptions): Promise<number> {
  const { ansible, list, host } = options;
  if (ansible !== true || (list === true && host !== undefined))
    throw new UnfoldError('UNFOLD_USAGE', 'Name the form: --ansible, with --list or --host NAME.');
  const at = instantOption(options.at);
  const { inventory, coverage, hosts } = await withIndex(options, (engine, { staleAfterHours }) =>
    ansibleInventory(engine, query, { at, staleAfterHours, signal: new AbortController().signal }),
  );
  const variables = host === undefined ? inventory : inventory._meta.hostvars[host];
  if (variables === undefined)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `The inventory has no host ${host ?? ''}.`, {
      remedy: '`--list` prints its hosts.',
    });
  print(`${toJson(variables)}\n`);
  if (coverage.complete) return EXIT.found;
  say(coverageText(coverage));
  return hosts > 0 ? EXIT.found : EXIT.incomplete;
}
