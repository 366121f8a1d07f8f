import { Check, CheckCheck, RefreshCw, ScrollText, X } from 'lucide-react';
import { useTranslations } from 'next-intl';

const points = [
  { name: 'signed', icon: CheckCheck },
  { name: 'retried', icon: RefreshCw },
  { name: 'traced', icon: ScrollText },
] as const;

/** A delivery that fails twice and arrives: what the product is for, in one picture. */
const tries = [
  { status: 503, at: 0, ok: false },
  { status: 503, at: 5, ok: false },
  { status: 200, at: 15, ok: true },
] as const;

/** Beside the sign-in form on wide screens. */
export function LoginPitch() {
  const t = useTranslations('auth.pitch');
  return (
    <aside className="m-2 hidden flex-col justify-between gap-10 overflow-hidden rounded-xl bg-[oklch(0.3_0.14_267)] p-12 text-[oklch(0.97_0.01_267)] lg:flex">
      <Lifecycle />
      <div className="flex flex-col gap-6">
        <h2 className="max-w-md text-[2.25rem] leading-tight tracking-tight">{t('title')}</h2>
        <ul className="flex flex-col gap-3 text-[oklch(0.88_0.04_267)] text-base">
          {points.map(({ name, icon: Icon }) => (
            <li key={name} className="flex items-center gap-3">
              <Icon aria-hidden className="size-4.5 shrink-0" />
              {t(name)}
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

function Lifecycle() {
  const t = useTranslations('common');
  return (
    <div
      aria-hidden
      className="my-auto w-full max-w-md self-end rounded-xl border border-[oklch(1_0_0/0.12)] bg-[oklch(1_0_0/0.06)] p-6"
    >
      <div className="flex items-center justify-between border-[oklch(1_0_0/0.12)] border-b pb-4">
        <span className="font-mono text-sm">lead.created</span>
        <span className="flex items-center gap-1.5 rounded-sm bg-[oklch(0.62_0.15_155/0.25)] px-2 py-0.5 font-medium text-[oklch(0.87_0.13_155)] text-xs">
          <Check className="size-3.5" />
          {t('status.success')}
        </span>
      </div>
      <ol className="relative flex flex-col gap-5 pt-5">
        <span className="absolute top-7 bottom-3 left-[0.6875rem] w-px bg-[oklch(1_0_0/0.18)]" />
        {tries.map(({ status, at, ok }) => (
          <li key={at} className="relative flex items-center gap-4">
            <span
              className={`grid size-6 place-items-center rounded-full text-[oklch(0.2_0.08_267)] ${ok ? 'bg-[oklch(0.8_0.15_155)]' : 'bg-[oklch(0.82_0.14_75)]'}`}
            >
              {ok ? (
                <Check className="size-3.5" strokeWidth={3} />
              ) : (
                <X className="size-3.5" strokeWidth={3} />
              )}
            </span>
            <span className="font-mono text-sm">{status}</span>
            <span className="ml-auto text-[oklch(0.85_0.04_267)] text-sm tabular-nums">
              + {t('duration.s', { value: at })}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
