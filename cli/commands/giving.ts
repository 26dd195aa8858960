// The commands that tell other programs what is on systems: their arguments, options and help.
import { type Command, Option } from 'commander';
import type { SbomFormat } from '../../query/sbom/document.ts';
import { examples, type Finish } from './help.ts';

/** Here too so that no other command loads what writes them. */
const SBOM_FORMATS = ['cyclonedx', 'spdx'] as const satisfies readonly SbomFormat[];

/** Adds sbom and inventory. */
export function addGivingCommands(root: Command, finish: Finish): void {
  addSbom(root, finish);
  addInventory(root, finish);
}

const SBOM_STATUS = `
Exit status:
  0  the packages of the system are listed
  2  error
  3  software may be missing: the crawl was partial, or has failed since, or found no packages; the document says so, too`;

function addSbom(root: Command, finish: Finish): void {
  root
    .command('sbom')
    .summary('print the software of a system as CycloneDX or SPDX')
    .description(
      'Prints a bill of materials as JSON: CycloneDX 1.6 or SPDX 2.3, with package URLs. The same state of a system\n' +
        'gives the same document, byte for byte.',
    )
    .argument('<system>', 'id or name of a system, or how its id ends')
    .addOption(
      new Option('--format <format>', 'which standard').choices(SBOM_FORMATS).default(SBOM_FORMATS[0]),
    )
    .option('--at <instant>', 'state of the system as of then')
    .option('--files', 'files with their SHA-256, too')
    .option('--json', 'errors as JSON, on stderr; the document is JSON in any case')
    .addHelpText(
      'after',
      `${SBOM_STATUS}\n${examples(
        'unfold sbom web1 > web1.cdx.json',
        'unfold sbom web1 --format spdx --at 2026-11-01 > web1.spdx.json',
        'unfold sbom web1 --files | grype',
      )}`,
    )
    .action(async (system: string, _options, command: Command) => {
      const { sbomCommand } = await import('./sbom.ts');
      finish(await sbomCommand(system, command.optsWithGlobals()));
    });
}

const INVENTORY_STATUS = `
Exit status:
  0  the inventory is printed, though it may be empty
  2  error
  3  it is empty, but not every system could answer`;

function addInventory(root: Command, finish: Finish): void {
  root
    .command('inventory')
    .summary('print the systems that a query finds as an inventory of Ansible')
    .description(
      'Prints a dynamic inventory: the systems that a query finds, in groups by kind, operating system and labels\n' +
        '(kind_vm, os_debian, os_debian_12, label_role_proxy), with an address where interfaces tell one.',
    )
    .argument('[query...]', 'the query, as of unfold search; without it, all systems')
    .option('--ansible', 'as inventory scripts of Ansible print it')
    .option('--list', 'every group and host (default)')
    .option('--host <name>', 'the variables of one host')
    .option('--at <instant>', 'systems as of then')
    .option('--json', 'errors as JSON, on stderr; the inventory is JSON in any case')
    .addHelpText(
      'after',
      `${INVENTORY_STATUS}\n${examples(
        "unfold inventory --ansible 'package:nginx label:env=production'",
        `printf '#!/bin/sh\\nexec unfold inventory --ansible package:nginx "$@"\\n' > nginx && chmod +x nginx`,
        'ansible -i ./nginx all -m ping',
      )}`,
    )
    .action(async (words: string[], _options, command: Command) => {
      const { inventoryCommand } = await import('./inventory.ts');
      finish(await inventoryCommand(words.join(' '), command.optsWithGlobals()));
    });
}
