/** Text as a pattern for (I)LIKE that matches it to the letter. */
export const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');
