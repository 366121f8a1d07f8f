import { storableText } from './storableText';

/** Longest text that lists search for, in UTF-16 code units. */
const longestSearch = 200;

/** What a search field's text stands for: without the spaces around it, and nothing that the API would refuse. */
export const searchTerm = (text: string) =>
  storableText(text.replaceAll('\0', '').trim(), longestSearch).trim();
