import { WebhookError } from '@/lib/domain/errors';
import { problemResponse } from './problem';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof methods)[number];

/** Handlers for the methods that a route does not take: 405 in the API's own language, naming those that it does. */
export function methodNotAllowed<Taken extends Method>(
  ...taken: Taken[]
): Record<Exclude<Method, Taken>, () => Response> {
  const refuse = () => {
    const response = problemResponse(new WebhookError('method_not_allowed'));
    response.headers.set('allow', taken.join(', '));
    return response;
  };
  return Object.fromEntries(methods.map((method) => [method, refuse])) as Record<Method, () => Response>;
}
