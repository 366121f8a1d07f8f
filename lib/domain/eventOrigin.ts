/**
 * Who told an event. `row`: an attached table, of its own change; `application`: code, the API or SQL; `backfill`: a row that
 * was there before, told to one webhook; `system`: this system, of itself; `test`: a person who tried a webhook.
 */
export const eventOrigins = ['row', 'application', 'backfill', 'system', 'test'] as const;
