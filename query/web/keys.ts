// The keys of the page.
import { toggleHelp } from './help.tsx';

/** The row that the keyboard was at last. */
let left: Element | null = null;

/** Listens until the function that it returns is called. */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const isTyping = target.matches('input, textarea, select');
  if (event.key === 'Escape') target.blur();
  else if (!isTyping) act(event);
}

function act(event: KeyboardEvent): void {
  switch (event.key) {
    case '/':
      document.querySelector<HTMLInputElement>('#query')?.select();
      break;
    case 'j':
      move(1);
      break;
    case 'k':
      move(-1);
      break;
    case '?':
      toggleHelp();
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** To the next of the rows of the view; from elsewhere to the one that was left last, or the first. */
function move(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[current < 0 ? Math.max(0, rows.indexOf(left as HTMLElement)) : current + by];
  if (next === undefined) return;
  next.focus();
  left = next;
}
