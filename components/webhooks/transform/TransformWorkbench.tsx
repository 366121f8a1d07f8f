'use client';

import { useMutation } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useId, useRef } from 'react';
import { previewTransform } from '@/lib/api/transforms';
import { Button } from '../../ui/Button';
import { cn } from '../../ui/cn';
import { Field } from '../../ui/Field';
import { Kbd } from '../../ui/Kbd';
import { Select } from '../../ui/Select';
import { Skeleton } from '../../ui/Skeleton';
import { BatchPreview } from './BatchPreview';
import type { SendingSettings } from './SendingPane';
import { TransformPanes } from './TransformPanes';
import type { PastEvent } from './usePastEvents';
import { useTransformSample } from './useTransformSample';

const CodeEditor = dynamic(() => import('./CodeEditor').then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => <Skeleton className="h-full rounded-none" />,
});

type TransformWorkbenchProps = {
  script: string;
  onScriptChange: (script: string) => void;
  /** What decides on the request and its retries. */
  settings: SendingSettings;
  /** The webhook's events: their samples come first. */
  events: readonly string[];
  /** With it, the webhook's recent deliveries can be tried too. */
  webhookId?: string;
  /** Editor above the panes rather than beside them. */
  stacked?: boolean;
};

/** Write a script and run it on a sample; nothing is sent. */
export function TransformWorkbench({
  script,
  onScriptChange,
  settings,
  events,
  webhookId,
  stacked,
}: TransformWorkbenchProps) {
  const t = useTranslations('webhooks.transform');
  const hintId = useId();
  const top = useRef<HTMLDivElement>(null);
  const sample = useTransformSample(events, webhookId);
  const preview = useMutation({ mutationFn: previewTransform });
  const run = () => preview.mutate({ script, ...sample.input });
  const showPast = (past: PastEvent) => {
    sample.choosePast(past.id);
    preview.mutate({ script, ...past.source });
    top.current?.scrollIntoView({ block: 'nearest' });
  };
  const ranThis = preview.variables?.script === script;
  const failed = ranThis ? preview.data?.error : undefined;
  const error = failed?.line
    ? { message: failed.message, line: failed.line, column: failed.column ?? 1 }
    : undefined;
  return (
    <div ref={top} className="flex min-w-0 scroll-mt-16 flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t('sample')} className="w-full min-w-0 sm:w-96">
          <Select value={sample.value} onValueChange={sample.choose} options={sample.options} />
        </Field>
        <Button variant={stacked ? 'secondary' : 'primary'} loading={preview.isPending} onClick={run}>
          {!preview.isPending && <Play aria-hidden />}
          {t('run')}
        </Button>
        <span aria-hidden className="hidden items-center gap-1 pb-2 md:flex">
          <Kbd>Ctrl</Kbd>
          <Kbd>↵</Kbd>
        </span>
      </div>
      <div className={cn('grid min-w-0 gap-4', !stacked && 'lg:grid-cols-2')}>
        <div className="flex min-w-0 flex-col gap-1.5">
          <div
            className={cn(
              'overflow-hidden rounded-lg border bg-raised focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/35',
              stacked ? 'h-72' : 'h-80 lg:h-[30rem]',
              error && 'border-danger',
            )}
          >
            <CodeEditor
              value={script}
              onChange={onScriptChange}
              label={t('editor')}
              describedBy={hintId}
              error={error}
              payloadKeys={keysOf(sample.payload)}
              onRun={run}
            />
          </div>
          <p id={hintId} className="text-muted text-xs">
            {t('escapeHint')}
          </p>
        </div>
        <TransformPanes
          payload={sample.payload}
          eventType={sample.eventType}
          occurredAt={sample.occurredAt}
          settings={settings}
          loading={sample.loading}
          preview={preview}
          className={stacked ? undefined : 'lg:h-[30rem]'}
        />
      </div>
      <BatchPreview script={script} events={sample.past} onChoose={showPast} />
    </div>
  );
}

function keysOf(payload: unknown): string[] {
  return typeof payload === 'object' && payload !== null ? Object.keys(payload) : [];
}
