/** A link beside a form. */
export const quietLink =
  'w-fit rounded-sm text-accent-ink text-sm underline-offset-4 hover:underline focus-visible:underline';
