// A subject is what a term or an address stands in: a content (even numbers) or an entry itself (odd numbers).

/** The subject number of a content. */
export function contentSubject(contentId: number): number {
  return contentId * 2;
}

/** The subject number of an entry. */
export function entrySubject(entryId: number): number {
  return entryId * 2 + 1;
}

/** True where the subject is a content. */
export function isContent(subject: number): boolean {
  return subject % 2 === 0;
}

/** The content or entry of a subject. */
export function subjectId(subject: number): number {
  return Math.floor(subject / 2);
}
