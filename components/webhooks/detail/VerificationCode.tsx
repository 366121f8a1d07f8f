'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Banner } from '../../ui/Banner';
import { CodeBlock } from '../../ui/CodeBlock';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { Tabs } from '../../ui/Tabs';
import { verificationSnippets } from './verificationSnippets';

const languages = [
  { value: 'node', label: 'Node' },
  { value: 'python', label: 'Python' },
  { value: 'php', label: 'PHP' },
] as const;

/** Code to paste into the receiver, for both signatures. */
export function VerificationCode() {
  const t = useTranslations('webhooks.ready');
  const [method, setMethod] = useState<keyof typeof verificationSnippets>('standard');
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <SegmentedControl
        aria-label={t('verifyMethod')}
        className="self-start"
        value={method}
        onValueChange={setMethod}
        options={[
          { value: 'standard', label: t('standard') },
          { value: 'seed', label: t('seed') },
        ]}
      />
      {method === 'seed' && <Banner tone="warning">{t('seedWarning')}</Banner>}
      <Tabs
        aria-label={t('language')}
        panelClassName="pt-3"
        items={languages.map(({ value, label }) => ({
          value,
          label,
          content: <CodeBlock code={verificationSnippets[method][value]} label={label} />,
        }))}
      />
    </div>
  );
}
