'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { TransformErrorKind } from '@/lib/domain/transform';
import type { TransformPreview } from '@/lib/domain/transformPreview';
import { isSameJson } from '../../deliveries/detail/isSameJson';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { CodeBlock } from '../../ui/CodeBlock';
import { cn } from '../../ui/cn';
import { lazily } from '../../ui/lazily';
import { Skeleton } from '../../ui/Skeleton';
import { Tabs } from '../../ui/Tabs';
import { useDuration } from '../../ui/useDuration';
import type { SendingSettings } from './SendingPane';

const meanwhile = <Skeleton className="h-40" />;
/* Panes that are not the first one. */
const DiffView = lazily(
  () => import('../../deliveries/detail/DiffView').then((file) => file.DiffView),
  meanwhile,
);
const SendingPane = lazily(() => import('./SendingPane').then((file) => file.SendingPane), meanwhile);

type Preview = {
  data: TransformPreview | undefined;
  error: unknown;
  isPending: boolean;
  submittedAt: number;
};

type TransformPanesProps = {
  payload: unknown;
  eventType: string;
  /** When the event happened, ISO 8601; null for a sample: now. */
  occurredAt: string | null;
  settings: SendingSettings;
  loading: boolean;
  preview: Preview;
  className?: string;
};

/** What went in, what came out, what would be sent and when, and what the script wrote to the console. */
export function TransformPanes(props: TransformPanesProps) {
  const { payload, loading, preview, className } = props;
  const t = useTranslations('webhooks.transform');
  const [pane, setPane] = useState('input');
  useEffect(() => {
    if (preview.submittedAt > 0) setPane('output');
  }, [preview.submittedAt]);
  const lines = preview.data?.console ?? [];
  return (
    <Tabs
      aria-label={t('panes')}
      value={pane}
      onValueChange={setPane}
      className={cn('flex min-w-0 flex-col', className)}
      panelClassName="min-h-0 flex-1 overflow-y-auto pt-3"
      items={[
        {
          value: 'input',
          label: t('input'),
          content: loading ? (
            <Skeleton className="h-40" />
          ) : (
            <CodeBlock code={JSON.stringify(payload, null, 2) ?? ''} language="json" label={t('input')} />
          ),
        },
        { value: 'output', label: t('output'), content: <Output preview={preview} /> },
        { value: 'diff', label: t('diff'), content: <Difference payload={payload} preview={preview} /> },
        {
          value: 'sending',
          label: t('sending'),
          content: preview.data?.ok ? (
            <SendingPane
              settings={props.settings}
              eventType={props.eventType}
              occurredAt={props.occurredAt ?? new Date(preview.submittedAt).toISOString()}
              output={preview.data.output}
            />
          ) : (
            <p className="py-8 text-center text-muted text-sm">{t('notRun')}</p>
          ),
        },
        {
          value: 'console',
          label: lines.length > 0 ? t('consoleCount', { count: lines.length }) : t('console'),
          content: <Console lines={lines} />,
        },
      ]}
    />
  );
}

function Output({ preview }: { preview: Preview }) {
  const t = useTranslations('webhooks.transform');
  const kinds = useTranslations('errors.kinds');
  const duration = useDuration();
  const problemText = useProblemText();
  if (preview.isPending) return <Skeleton className="h-40" />;
  if (preview.error) return <Banner tone="danger">{problemText(preview.error)}</Banner>;
  if (!preview.data) return <p className="py-8 text-center text-muted text-sm">{t('notRun')}</p>;
  const { ok, output, error, duration_ms } = preview.data;
  const took = duration(duration_ms);
  if (ok) {
    return (
      <div className="flex flex-col gap-2">
        <CodeBlock code={JSON.stringify(output, null, 2) ?? ''} language="json" label={t('output')} />
        <p className="text-muted text-xs">{t('ranIn', { duration: took })}</p>
      </div>
    );
  }
  const kind = error?.kind as TransformErrorKind;
  return (
    <div className="flex flex-col gap-2">
      <Banner tone="danger" title={kinds(`${kind}.title`)}>
        {error?.line && (
          <p className="font-medium">{t('errorAt', { line: error.line, column: error.column ?? 1 })}</p>
        )}
        <p className="wrap-anywhere whitespace-pre-wrap font-mono text-xs">{error?.message}</p>
      </Banner>
      <p className="text-muted text-xs">{t('failedIn', { duration: took })}</p>
    </div>
  );
}

function Difference({ payload, preview }: { payload: unknown; preview: Preview }) {
  const t = useTranslations('webhooks.transform');
  if (!preview.data?.ok) return <p className="py-8 text-center text-muted text-sm">{t('notRun')}</p>;
  const { output } = preview.data;
  if (isSameJson(payload, output))
    return <p className="py-8 text-center text-muted text-sm">{t('diffNone')}</p>;
  return <DiffView before={payload} after={output} label={t('diff')} />;
}

const levelClass = {
  log: '',
  info: '',
  debug: 'text-muted',
  warn: 'text-warning-ink',
  error: 'text-danger-ink',
};

function Console({ lines }: { lines: TransformPreview['console'] }) {
  const t = useTranslations('webhooks.transform');
  if (lines.length === 0) return <p className="py-8 text-center text-muted text-sm">{t('noConsole')}</p>;
  return (
    <ol className="divide-y overflow-hidden rounded-md border bg-sunken font-mono text-xs">
      {lines.map((line, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished log does not change its order
          key={index}
          className={cn('wrap-anywhere whitespace-pre-wrap px-3 py-1.5', levelClass[line.level])}
        >
          {line.text}
        </li>
      ))}
    </ol>
  );
}
