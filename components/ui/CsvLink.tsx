import { Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from './Button';

/** Everything that a list is narrowed to, as a file for spreadsheets. */
export function CsvLink({ href }: { href: string }) {
  const t = useTranslations('common');
  return (
    <Button asChild variant="ghost" size="sm">
      <a href={href} download title={t('csvHint')}>
        <Download aria-hidden />
        {t('csv')}
      </a>
    </Button>
  );
}
