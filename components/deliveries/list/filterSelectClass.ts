/** Two in a row on a phone; the last one takes what is left. */
export const filterSelectClass = 'w-auto min-w-[calc(50%-0.25rem)] flex-1 md:min-w-0 md:flex-none';
