// What a system call or a library says went wrong.

/** The `code` of an error, e.g. ENOSPC; null where it has none. */
export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
