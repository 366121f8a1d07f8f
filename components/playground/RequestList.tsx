'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useRef } from 'react';
import type { InboxRequest } from '@/lib/domain/playground';
import { RequestItem } from './RequestItem';

type RequestListProps = {
  requests: InboxRequest[];
  /** Id of the request that is open. */
  current: string | undefined;
  onPick: (id: string) => void;
};

/** The requests, newest first; ↑/↓ move between them. */
export function RequestList({ requests, current, onPick }: RequestListProps) {
  const t = useTranslations('playground');
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const next = step ? buttons[buttons.indexOf(event.target as HTMLButtonElement) + step] : undefined;
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul
      ref={list}
      aria-label={t('requests')}
      onKeyDown={move}
      className="overflow-hidden rounded-lg border bg-raised shadow-xs lg:max-h-[calc(100dvh-4rem)] lg:overflow-y-auto"
    >
      {requests.map((request) => (
        <RequestItem
          key={request.id}
          request={request}
          current={request.id === current}
          onPick={() => onPick(request.id)}
        />
      ))}
    </ul>
  );
}
