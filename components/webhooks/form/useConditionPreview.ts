'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { conditionPreviewQuery } from '@/lib/api/webhooks';
import { isComplete, toCondition } from './conditionValues';
import type { WebhookFormValues } from './webhookFormValues';

const pauseMs = 400;

/** What the conditions of the form would have let through, asked once the person pauses; rows that say too little do not count. */
export function useConditionPreview() {
  const { watch } = useFormContext<WebhookFormValues>();
  const rows = watch('conditions');
  const asked = JSON.stringify({
    conditions: rows.filter(isComplete).map(toCondition),
    events: watch('events'),
  });
  const [settled, setSettled] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), pauseMs);
    return () => clearTimeout(timer);
  }, [asked]);
  const input = JSON.parse(settled) as Parameters<typeof conditionPreviewQuery>[0];
  const query = useQuery({
    ...conditionPreviewQuery(input),
    enabled: rows.length > 0 && input.events.length > 0,
    placeholderData: keepPreviousData,
  });
  return {
    ...query,
    asksNothing: input.conditions.length === 0,
    isSettled: settled === asked && !query.isFetching,
  };
}
