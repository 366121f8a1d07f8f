const allowed = 3;
const windowMs = 60_000;

/** Notes each death of a part; true while it may be started again: three times within a minute at most. */
export function restartLimit(): () => boolean {
  let deaths: number[] = [];
  return () => {
    deaths = [...deaths.filter((at) => at > Date.now() - windowMs), Date.now()];
    return deaths.length <= allowed;
  };
}
