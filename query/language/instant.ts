// Instants as people write them: dates, date-times, `now-1d`, `yesterday`. Without a zone they are UTC, as all output is.

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DATE = /^(\d{4}-\d{2}-\d{2})(.*)$/s;
const TIME = /^[t ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?\s*(z|[+-]\d{2}:?\d{2})?$/;

/** The instant that a text names, or null. A day stands for its end, or for `now` while it lasts. */
export function parseInstant(text: string, now: Date): Date | null {
  const written = text.trim().toLowerCase();
  if (written === 'now' || written === 'today') return now;
  if (written === 'yesterday') return endOfDay(new Date(now.getTime() - 86_400_000), now);
  const ago = /^now-(\d{1,6})([smhdw])$/.exec(written);
  if (ago) return new Date(now.getTime() - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0));
  return parseDateTime(written, now);
}

function parseDateTime(written: string, now: Date): Date | null {
  const [, day = '', rest = ''] = DATE.exec(written) ?? [];
  const date = new Date(`${day}T00:00:00Z`);
  // The 30th of February would roll over into March.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) return null;
  if (rest === '') return endOfDay(date, now);
  const time = TIME.exec(rest);
  if (time === null) return null;
  const [hour, minute, second, fraction] = time.slice(1, 5);
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  date.setUTCHours(Number(hour), Number(minute), Number(second ?? 0), milliseconds);
  return new Date(date.getTime() - offsetMs(time[5]));
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function endOfDay(date: Date, now: Date): Date {
  const end = new Date(date);
  end.setUTCHours(23, 59, 59, 999);
  return end > now && end.getTime() - now.getTime() < 86_400_000 ? now : end;
}
