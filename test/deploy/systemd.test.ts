// The systemd units: correct, confined, and without what would hide a part of the machine from a crawl.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { hasTool } from '../../crawler/process.ts';
import { requirement } from '../requirements.ts';
import { capabilities, setting, UNITS } from './unit-files.ts';

const testWithSystemd = requirement('systemd-analyze', hasTool('systemd-analyze'), 'it judges the units');
const folder = mkdtempSync(join(tmpdir(), 'unfold-units-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const units = readdirSync(UNITS).filter((name) => /\.(service|timer)$/.test(name));
const services = units.filter((name) => name.endsWith('.service'));
const crawling = services.filter((name) => name.startsWith('unfold-crawl'));

/** Copies with a program that is installed everywhere: systemd asks whether there is one. */
function installed(): string[] {
  return units.map((name) => {
    const path = join(folder, name);
    writeFileSync(
      path,
      readFileSync(join(UNITS, name), 'utf8').replaceAll('ExecStart=unfold', 'ExecStart=/bin/true'),
    );
    return path;
  });
}

describe('the systemd units', () => {
  testWithSystemd('are understood whole', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...installed()], { encoding: 'utf8' });
    const about = stderr.split('\n').filter((line) => units.some((name) => line.includes(name)));
    expect({ status, about }).toEqual({ status: 0, about: [] });
  });

  testWithSystemd.each(services)('confine what they start: %s', (name) => {
    const paths = installed();
    const path = paths[units.indexOf(name)] ?? '';
    // Of 10: what is below 4 systemd itself calls OK.
    const words = ['security', '--offline=true', '--threshold=35', path];
    const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    expect({ status, overall: /Overall .*/.exec(stdout)?.[0] }).toMatchObject({ status: 0 });
  });

  test('give a crawl two capabilities, and whoever answers none', () => {
    expect(crawling.length).toBeGreaterThan(0);
    for (const name of services) {
      const wanted = crawling.includes(name) ? ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'] : [];
      expect(setting(name, 'CapabilityBoundingSet')).toEqual(wanted);
      expect(capabilities(name)).toEqual(wanted.map((each) => each.slice(4).toLowerCase()));
      expect(setting(name, 'NoNewPrivileges')).toEqual(['yes']);
      expect(setting(name, 'User')).toEqual(['unfold']);
    }
  });

  test('hide nothing of the machine from a crawl', () => {
    const hiding = [
      'InaccessiblePaths',
      'PrivateDevices',
      'PrivateNetwork',
      'PrivateTmp',
      'PrivateUsers',
      'ProcSubset',
      'ProtectHome',
      'ProtectKernelModules',
      'ProtectProc',
      'RootDirectory',
      'TemporaryFileSystem',
    ];
    for (const name of crawling) expect(hiding.flatMap((key) => setting(name, key))).toEqual([]);
  });
});
