// What the tests of the page look at.
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { freshFleet } from '../../cli/process.ts';

export const HOSTILE = '<img src=x onerror="document.title=1"> <script>alert(1)</script> hostile';

/** The small fleet, a system that attacks its readers, and enough alike for a second page. */
export function shownFleet(): FrameSketch[] {
  const at = new Date(Date.now() - 60_000).toISOString();
  const alike = Array.from({ length: 25 }, (_, number) => ({
    system: `alike${number}`,
    at,
    entries: [os('debian'), installed(`tool${number}`), file('/etc/alike.conf', 'alike = true\n')],
  }));
  return [...freshFleet(), { system: '<b>evil</b>', at, entries: [file('/etc/motd', HOSTILE)] }, ...alike];
}
