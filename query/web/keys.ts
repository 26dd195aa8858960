// The keys of the page.
import { toggleHelp } from './help.tsx';
import { answer, selected } from './state.ts';

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

function move(by: number): void {
  const last = (answer.value?.systems.length ?? 0) - 1;
  selected.value = Math.min(last, Math.max(0, selected.value + by));
}
