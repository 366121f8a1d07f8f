/** Of what stands beside a list; half of what both have, within what either can be read in. */
export const paneWidth = 'w-[clamp(28rem,50%,44rem)] shrink-0';
