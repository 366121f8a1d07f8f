import type { ReactNode } from 'react';

type FormSectionProps = { title: string; hint?: string; children: ReactNode };

/** A part of a long form: what it is about at the left, its fields at the right. */
export function FormSection({ title, hint, children }: FormSectionProps) {
  return (
    <section className="grid gap-x-10 gap-y-4 border-t py-7 first:border-t-0 first:pt-0 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex flex-col gap-1">
        <h2 className="text-base">{title}</h2>
        {hint && <p className="max-w-prose text-muted text-sm">{hint}</p>}
      </div>
      <div className="flex min-w-0 flex-col gap-5">{children}</div>
    </section>
  );
}
