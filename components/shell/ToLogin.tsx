import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { quietLink } from './quietLink';

export function ToLogin() {
  return (
    <Link href="/login" className={quietLink}>
      {useTranslations('auth')('toLogin')}
    </Link>
  );
}
