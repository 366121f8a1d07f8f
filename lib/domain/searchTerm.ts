/** Longest text that lists search for, in UTF-16 code units. */
const longestSearch = 200;

const halfAtTheEnd = /[\uD800-\uDBFF]$/;

/**
 * What a search field's text stands for: without the spaces around it, and nothing that the API would refuse (see
 * `givenText`, whose library stays out of the browser).
 */
export function searchTerm(text: string): string {
  const cut = text.replaceAll('\0', '').trim().slice(0, longestSearch);
  return cut.replace(halfAtTheEnd, '').toWellFormed().trim();
}
