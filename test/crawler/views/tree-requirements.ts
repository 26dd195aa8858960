// What the tests of the tree view ask of the machine.
import { inPrivateMounts } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';

const isRoot = process.getuid?.() === 0;
const mayMount = inPrivateMounts().length > 0;

export const testAsRoot = requirement('root', isRoot, 'it makes devices, or crawls as another user');
export const testWithMounts = requirement(
  'root with mounts',
  mayMount,
  'it mounts in a namespace of its own',
);
