// Addresses as Elasticsearch reads them.

/** An address of 32 hex digits as eight groups; Elasticsearch takes a v4-mapped one for its IPv4. */
export function addressText(hex: string): string {
  return hex.match(/.{4}/g)?.join(':') ?? '';
}
