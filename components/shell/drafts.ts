/** What somebody typed into a form and did not save: what differs from what the fields started from. */
export type Draft = {
  /** When it was typed, ISO 8601. */
  at: string;
  /** Of what the form edits, when it was typed; null where that has none. */
  version: string | null;
  /** The changed fields. */
  values: Record<string, unknown>;
  /** What these fields started from. */
  base: Record<string, unknown>;
};

const prefix = 'devlink_draft';
const keptForMs = 7 * 24 * 60 * 60 * 1000;

/** Drafts of others who use this browser are theirs. */
const keyOf = (person: string, form: string) => [prefix, person, form].join(' ');

/** Null where there is none, it is too old, or it cannot be read. */
export function readDraft(person: string, form: string): Draft | null {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(keyOf(person, form)) ?? 'null');
    if (isDraft(draft) && Date.now() - Date.parse(draft.at) < keptForMs) return draft;
    forgetDraft(person, form);
  } catch {
    // A browser that keeps nothing, or something else under our key: there is no draft.
  }
  return null;
}

export function writeDraft(person: string, form: string, draft: Draft): void {
  try {
    localStorage.setItem(keyOf(person, form), JSON.stringify(draft));
  } catch {
    // No room, or no storage: the form itself still has it.
  }
}

export function forgetDraft(person: string, form: string): void {
  try {
    localStorage.removeItem(keyOf(person, form));
  } catch {
    // Nothing is kept there.
  }
}

/** For when somebody signs out: whoever comes next at this machine reads none of it. */
export function forgetDraftsOf(person: string): void {
  try {
    const own = Object.keys(localStorage).filter((key) => key.startsWith(keyOf(person, '')));
    for (const key of own) localStorage.removeItem(key);
  } catch {
    // Nothing is kept there.
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const { at, values, base } = value as Partial<Draft>;
  const isRecord = (part: unknown) => typeof part === 'object' && part !== null && !Array.isArray(part);
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) && isRecord(values) && isRecord(base);
}
