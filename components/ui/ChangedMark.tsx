/** A dot and a word beside what is not saved yet. */
export function ChangedMark({ children }: { children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className="size-2 shrink-0 rounded-full bg-warning" />
      {children}
    </span>
  );
}
