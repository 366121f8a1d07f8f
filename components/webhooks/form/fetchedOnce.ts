/**
 * Code that is fetched when it is first needed, for React's `use`: the same promise every time, and a new try
 * after a failure. `ahead` fetches it before its use, when a pointer comes near, and keeps a failure to itself.
 */
export function fetchedOnce<Module>(fetchModule: () => Promise<Module>) {
  let fetched: Promise<Module> | null = null;
  const get = () => {
    fetched ??= fetchModule().catch((error) => {
      fetched = null;
      throw error;
    });
    return fetched;
  };
  return Object.assign(get, { ahead: () => void get().catch(() => undefined) });
}
