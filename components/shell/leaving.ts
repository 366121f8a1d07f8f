type Ask = () => Promise<boolean>;

/** The latest is of what is uppermost: a window over a page. */
const guards: Ask[] = [];

/** Has whoever leaves asked first. @returns what ends that */
export function guardLeaving(next: Ask): () => void {
  guards.push(next);
  return () => {
    guards.splice(guards.indexOf(next), 1);
  };
}

/**
 * To be awaited before a way out that is no link: a menu that navigates, signing out, the end of a window.
 * @returns false when the person stays, with what they have not saved
 */
export async function askToLeave(): Promise<boolean> {
  const ask = guards.at(-1);
  return ask === undefined || ask();
}
