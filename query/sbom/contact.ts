// Who maintains a package.

/** The parts of `Debian Nginx Maintainers <nginx@example.org>`. */
export function contactOf(maintainer: string): { name: string; email: string | null } {
  const [, name = '', email = null] = /^([^<]*)<([^<>\s]+@[^<>\s]+)>\s*$/.exec(maintainer) ?? [];
  return { name: name.trim() || maintainer.trim(), email };
}
