import { useTranslations } from 'next-intl';
import type { InboxRequest } from '@/lib/domain/playground';
import { Badge } from '../ui/Badge';

/** What the inbox answered, and after which pause. */
export function AnswerBadge({ request }: { request: InboxRequest }) {
  const t = useTranslations('playground');
  const { answered_status: status, answered_after_ms: pause } = request;
  const slow = pause > 0;
  return (
    <Badge tone={status >= 400 ? 'danger' : slow ? 'warning' : 'success'}>
      <span className="sr-only">{t('answered')} </span>
      <span aria-hidden>→</span> {status}
      {slow && ` ${t('afterSeconds', { seconds: pause / 1000 })}`}
    </Badge>
  );
}
