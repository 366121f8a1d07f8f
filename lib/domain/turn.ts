/** Takes one of what somebody may do in a while, or several, or refuses. */
export type Turn = (who: string, count?: number) => Promise<void>;
