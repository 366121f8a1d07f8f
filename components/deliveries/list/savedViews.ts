/** What somebody narrowed the list to, under a name. */
export type SavedView = {
  name: string;
  /** The query of the list's address, `?` included. */
  search: string;
};

const mostViews = 30;
export const longestViewName = 60;

/** Views of others who use this browser are theirs. */
const keyOf = (person: string) => `devlink_views ${person}`;

/** In the order of their names; none where nothing readable is kept. */
export function readViews(person: string): SavedView[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(person)) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView).slice(0, mostViews) : [];
  } catch {
    // A browser that keeps nothing, or something else under our key: there are none.
    return [];
  }
}

/** @returns false when the browser keeps nothing */
export function writeViews(person: string, views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(keyOf(person), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}

/** With one more, in the place of one that has its name; null when there are too many. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] | null {
  const others = views.filter(({ name }) => name !== view.name);
  if (others.length >= mostViews) return null;
  return [...others, view].sort((one, other) => one.name.localeCompare(other.name));
}

function isView(value: unknown): value is SavedView {
  const view = value as Partial<SavedView> | null;
  return (
    typeof view?.name === 'string' &&
    view.name !== '' &&
    view.name.length <= longestViewName &&
    typeof view.search === 'string' &&
    /^(\?|$)/.test(view.search)
  );
}
