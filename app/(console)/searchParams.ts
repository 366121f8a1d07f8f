type Param = string | string[] | undefined;

/** The query of a page, as Next hands it over. */
export type SearchParams = Promise<Record<string, Param>>;

/** A parameter that is given once. */
export const textOf = (param: Param): string | undefined => (typeof param === 'string' ? param : undefined);
