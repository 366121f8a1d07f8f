/**
 * Tells the operator of something that went wrong and was dealt with. A log that cannot be written to stops nothing.
 */
export function report(what: string, error: unknown): void {
  try {
    console.error(what, error);
  } catch {
    // Nobody is left to be told.
  }
}
