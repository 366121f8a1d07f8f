'use client';

import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Button } from '../../ui/Button';
import { cn } from '../../ui/cn';
import { Dialog } from '../../ui/Dialog';
import { SegmentedControl } from '../../ui/SegmentedControl';
import type { Setting, SettingConflict } from './settingConflicts';
import type { ConflictQuestion } from './useConditionalSave';
import { useSettingText } from './useSettingText';

/** Somebody else saved meanwhile: theirs and mine, setting by setting, and which of them to save. */
export function ConflictDialog({ question }: { question: ConflictQuestion }) {
  const t = useTranslations('webhooks.conflict');
  const common = useTranslations('common');
  const { conflicts, answer } = question;
  // What only they changed is theirs, unless the person decides otherwise.
  const [kept, setKept] = useState<ReadonlySet<Setting>>(
    () => new Set(conflicts.filter(({ touched }) => touched).map(({ setting }) => setting)),
  );
  const decide = (setting: Setting, mine: boolean) =>
    setKept(
      (before) => new Set([...before].filter((other) => other !== setting).concat(mine ? setting : [])),
    );
  return (
    <Dialog
      open
      onOpenChange={() => answer(null)}
      title={t('title')}
      description={t('description')}
      className="max-w-2xl"
      footer={
        <>
          <Button onClick={() => answer(null)}>{common('cancel')}</Button>
          <Button variant="primary" onClick={() => answer(kept)}>
            {t('save')}
          </Button>
        </>
      }
    >
      <ul className="flex flex-col gap-6">
        {conflicts.map((conflict) => (
          <Conflict
            key={conflict.setting}
            conflict={conflict}
            mine={kept.has(conflict.setting)}
            onDecide={(mine) => decide(conflict.setting, mine)}
          />
        ))}
      </ul>
    </Dialog>
  );
}

type ConflictProps = { conflict: SettingConflict; mine: boolean; onDecide: (mine: boolean) => void };

function Conflict({ conflict, mine, onDecide }: ConflictProps) {
  const t = useTranslations('webhooks.conflict');
  const text = useSettingText();
  const { setting } = conflict;
  const label = text.label(setting);
  return (
    <li className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="font-medium text-sm">{label}</p>
        <SegmentedControl
          aria-label={t('choice', { setting: label })}
          value={mine ? 'mine' : 'theirs'}
          onValueChange={(choice) => onDecide(choice === 'mine')}
          options={[
            { value: 'theirs', label: t('theirs') },
            { value: 'mine', label: t('mine') },
          ]}
        />
      </div>
      <div className="grid min-w-0 gap-2 sm:grid-cols-2">
        <Value name={t('theirValue')} text={text.value(setting, conflict.theirs)} chosen={!mine} />
        <Value
          name={t(conflict.touched ? 'myValue' : 'valueBefore')}
          text={text.value(setting, conflict.mine)}
          chosen={mine}
        />
      </div>
    </li>
  );
}

function Value({ name, text, chosen }: { name: string; text: string; chosen: boolean }) {
  const id = useId();
  return (
    <div
      className={cn(
        'flex min-w-0 flex-col gap-1 rounded-lg border p-3',
        chosen ? 'border-accent bg-accent-soft' : 'bg-sunken text-muted',
      )}
    >
      <p id={id} className="text-muted text-xs">
        {name}
      </p>
      <section
        aria-labelledby={id}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="wrap-anywhere max-h-48 overflow-auto whitespace-pre-wrap font-mono text-xs"
      >
        {text}
      </section>
    </div>
  );
}
