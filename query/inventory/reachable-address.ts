// The address under which others reach a system, as far as its interfaces tell.
import { BlockList, isIP } from 'node:net';
import type { InterfaceEntry } from '../../schemas/entries.ts';
import type { SystemRef } from '../../schemas/system.ts';

/** Interfaces of bridges, tunnels and containers: their addresses are those of a system to what runs on it. */
const INNER =
  /^(?:lo|docker|podman|br-|virbr|lxcbr|lxdbr|incusbr|cni|flannel|cali|veth|tap|tun|wg|dummy|kube|ip6tnl|sit)/;

/** What nobody else reaches: loopback, link-local, unspecified. */
const LOCAL = new BlockList();
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4');
LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LOCAL.addSubnet('0.0.0.0', 8, 'ipv4');
LOCAL.addSubnet('::', 127, 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');

/**
 * The first address of the first interface that is none of a bridge or tunnel, IPv4 before IPv6; of a container without
 * one what its engine says. Null where none is known.
 */
export function reachableAddress(
  { container }: SystemRef,
  interfaces: readonly InterfaceEntry[],
): string | null {
  const outer = interfaces.filter(({ name, namespace }) => namespace === undefined && !INNER.test(name));
  const own = [...outer].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ ip }) => ip);
  const candidates = [...own, ...(container?.ip ?? [])].flatMap((written) => {
    const address = written.replace(/\/.*$/, '');
    const family = isIP(address);
    return family === 0 || LOCAL.check(address, family === 4 ? 'ipv4' : 'ipv6') ? [] : [{ address, family }];
  });
  return (candidates.find(({ family }) => family === 4) ?? candidates[0])?.address ?? null;
}
