type Ask = () => Promise<boolean>;

let ask: Ask | undefined;

/** Has whoever leaves asked first. @returns what ends that */
export function guardLeaving(next: Ask): () => void {
  ask = next;
  return () => {
    if (ask === next) ask = undefined;
  };
}

/**
 * To be awaited before a way out that is no link: a menu that navigates, signing out.
 * @returns false when the person stays, with what they have not saved
 */
export async function askToLeave(): Promise<boolean> {
  return ask === undefined || ask();
}
