import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { quietLink } from './quietLink';

export function ToLogin() {
  return (
    <Link href="/login" className={quietLink}>
      {useTranslations('auth')('toLogin')}
    </Link>
  );
}
