import { WebhookError } from '@/lib/domain/errors';
import { problemResponse } from '@/lib/http/problem';

/** Whatever is no route of ours is answered in the API's own language, not with a page. */
const notFound = () => problemResponse(new WebhookError('not_found'));

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
