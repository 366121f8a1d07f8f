'use client';

import { Download } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { type BinaryBody, hexOf } from '@/lib/domain/binaryBody';
import { Button } from '../../ui/Button';
import { CodeBlock } from '../../ui/CodeBlock';

type BinaryViewProps = {
  body: BinaryBody;
  label: string;
  /** What the sender announced, in bytes. */
  size: number | undefined;
};

/** What is no text: its type, its size, its first bytes, and all that is kept of it as a file. */
export function BinaryView({ body: { type, bytes }, label, size }: BinaryViewProps) {
  const t = useTranslations('deliveries.binary');
  const format = useFormatter();
  const bytesText = (count: number) => t('bytes', { count, number: format.number(count) });
  // Never drawn and never opened here: whatever it is, it is only written to a file.
  const save = () => {
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${t('fileName')}.bin`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm">
          <span className="font-mono">{type}</span>
          {', '}
          {size !== undefined && size > bytes.length
            ? t('kept', { kept: bytesText(bytes.length), all: bytesText(size) })
            : bytesText(bytes.length)}
        </p>
        <Button size="sm" onClick={save}>
          <Download aria-hidden />
          {t('download')}
        </Button>
      </div>
      <CodeBlock code={hexOf(bytes)} label={t('firstBytes', { label })} />
    </div>
  );
}
