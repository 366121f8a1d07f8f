import { useTranslations } from 'next-intl';
import { Banner } from '../ui/Banner';
import { Link } from '../ui/Link';
import { quietLink } from './quietLink';
import { ToLogin } from './ToLogin';

/** In place of a form for which there is no good link. */
export function LinkOver() {
  const t = useTranslations('auth');
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="danger" alert>
        {t('newPassword.over')}
      </Banner>
      <Link href="/forgot" className={quietLink}>
        {t('newPassword.another')}
      </Link>
      <ToLogin />
    </div>
  );
}
