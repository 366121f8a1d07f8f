import { WebhookError } from '@/lib/domain/errors';
import { problemResponse } from './problem';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Handlers for the methods that a route does not take: 405 in the API's own language, naming those that it does. */
export function methodNotAllowed<Taken extends Method>(
  ...taken: Taken[]
): Record<Exclude<Method, Taken>, () => Response> {
  const refuse = () => {
    const response = problemResponse(new WebhookError('method_not_allowed'));
    response.headers.set('allow', taken.join(', '));
    return response;
  };
  const all: Record<Method, () => Response> = {
    GET: refuse,
    POST: refuse,
    PUT: refuse,
    PATCH: refuse,
    DELETE: refuse,
  };
  return all;
}
