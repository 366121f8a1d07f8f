type Key = {
  /** As `KeyboardEvent.key` has it, after `mod+` for Ctrl or ⌘. Several do the same. */
  on: readonly string[];
  /** Also while somebody types. */
  typing?: true;
};

/** Every key of the console by where it works: what listens (`useKeys`) and the list of them (`?`) both read here. */
export const keys = {
  everywhere: {
    palette: { on: ['mod+k'], typing: true },
    list: { on: ['?'] },
  },
  form: {
    save: { on: ['mod+s'], typing: true },
  },
  rows: {
    next: { on: ['j'] },
    previous: { on: ['k'] },
    tick: { on: ['x'] },
    search: { on: ['/'] },
  },
  delivery: {
    newer: { on: ['ArrowLeft', 'k'] },
    older: { on: ['ArrowRight', 'j'] },
  },
} as const satisfies Record<string, Record<string, Key>>;

export type KeyPlace = keyof typeof keys;

/** What the browser and the kit do by themselves, for the list alone. */
export const givenKeys = {
  everywhere: { close: { on: ['Escape'] } },
  rows: { arrows: { on: ['ArrowDown', 'ArrowUp'] }, open: { on: ['Enter'] } },
} as const satisfies Partial<Record<KeyPlace, Record<string, Key>>>;

/**
 * Shift counts for nothing with a character: on a French keyboard `/` and `?` are typed with it. That is also why no
 * library reads these keys: those ask for exact modifiers.
 */
export function isPressed({ on, typing }: Key, event: KeyboardEvent): boolean {
  if (event.altKey || (!typing && isTyping(event.target))) return false;
  return on.some((key) => {
    const name = key.replace('mod+', '');
    if (name === key) return !event.ctrlKey && !event.metaKey && event.key === key && shiftFits(event);
    return (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === name;
  });
}

const shiftFits = ({ key, shiftKey }: KeyboardEvent) => !shiftKey || key.length === 1;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
