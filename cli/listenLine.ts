import type { ListenEvent } from './listen.ts';
import { safeLine } from './output.ts';

/** As much of a receiver's answer as stands on a line. */
const mostShown = 200;

/** What happens while listening, in words. */
export function listenLine(event: ListenEvent, { url, forward }: { url: string; forward: URL }): string {
  switch (event.kind) {
    case 'listening':
      return [
        `Listening to ${event.events.join(', ')}; passing on to ${forward.href}. Ctrl-C ends it and removes its webhook.`,
        `  Signing secret  ${event.signing_secret}`,
        `  Webhook         ${url}/webhooks/${event.webhook_id}`,
      ].join('\n');
    case 'forwarded': {
      const { request, answer } = event;
      const time = new Date(request.received_at).toLocaleTimeString('en-GB');
      const outcome = 'status' in answer ? String(answer.status) : answer.error;
      const text = 'status' in answer ? safeLine(answer.text.slice(0, mostShown)) : '';
      const type = safeLine(request.event_type ?? request.method);
      return `${time}  ${type}  ${outcome}  ${answer.ms} ms  ${safeLine(request.delivery_id ?? '-')}${text && `\n  ${text}`}`;
    }
    case 'lost':
      return `… ${event.why}\n  Waiting for it; nothing is lost that is sent again.`;
    case 'back':
      return '… it is back.';
    case 'removed':
      return 'Removed the webhook and its inbox.';
    case 'left_behind':
      return `! The webhook could not be removed now: ${event.why}\n  It is removed by itself 10 minutes after the product is back.`;
  }
}
