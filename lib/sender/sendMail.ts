import { createTransport } from 'nodemailer';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { described } from './sendError';

/** One e-mail. */
export type Mail = {
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** The same for each try, so that a mailbox can tell that it has it already. */
  messageId: string;
};

/** Where mail goes out. */
export type MailServer = {
  /** `smtps://user:password@host`, or `smtp://…`, which must offer STARTTLS unless it says `?ignoreTLS=true`. */
  url: string;
  from: string | undefined;
};

/** Sends an e-mail, or says why not; never rejects. @param timeoutMs for all of it */
export async function sendMail(mail: Mail, server: MailServer, timeoutMs: number): Promise<AttemptOutcome> {
  const startedAt = performance.now();
  const spent = () => Math.round(performance.now() - startedAt);
  const failed = (errorKind: DeliveryErrorKind, message: string): AttemptOutcome => ({
    kind: 'error',
    errorKind,
    message,
    durationMs: spent(),
  });
  try {
    const url = new URL(server.url);
    const transport = createTransport({
      url: server.url,
      requireTLS: url.searchParams.get('ignoreTLS') !== 'true',
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
    const timer = Promise.withResolvers<'late'>();
    const alarm = setTimeout(timer.resolve, timeoutMs, 'late');
    try {
      const { messageId, ...parts } = mail;
      const sending = transport.sendMail({
        ...parts,
        messageId,
        from: server.from ?? senderOf(url),
        disableFileAccess: true,
        disableUrlAccess: true,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      sending.catch(() => {}); // it may fail after we gave up
      const info = await Promise.race([sending, timer.promise]);
      if (info === 'late') return failed('timeout', 'The mail server did not answer in time.');
      const refused = info.rejected.length > 0 ? ` Refused: ${info.rejected.join(', ')}.` : '';
      return {
        kind: 'response',
        status: 250,
        headers: {},
        body: `${info.response}${refused}`,
        truncated: false,
        durationMs: spent(),
      };
    } finally {
      clearTimeout(alarm);
      transport.close();
    }
  } catch (error) {
    return failed(...failureOf(error));
  }
}

function senderOf({ username, hostname }: URL): string {
  const user = decodeURIComponent(username);
  return user.includes('@') ? user : `devlink-webhooks@${hostname}`;
}

/** By nodemailer's codes, and by what the system or OpenSSL said of a socket. */
function failureOf(error: unknown): [DeliveryErrorKind, string] {
  const { code, message } = described(error);
  const answered = Reflect.get(Object(error), 'responseCode');
  if (code === 'ETIMEDOUT') return ['timeout', 'The mail server did not answer in time.'];
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(message))
    return ['dns', 'The name of the mail server does not resolve.'];
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(message))
    return ['connection_refused', 'The mail server refused the connection.'];
  if (/wrong version number|STARTTLS/i.test(message)) return ['tls_absent', 'The mail server offers no TLS.'];
  if (/self.signed|unable to (get|verify)/i.test(message))
    return ['tls_authority', "The mail server's certificate is not signed by a known authority."];
  if (/certificate has expired/i.test(message))
    return ['tls_expired', "The mail server's certificate has expired."];
  if (/does not match certificate/i.test(message))
    return ['tls_name', "The mail server's certificate is for another host name."];
  if (code === 'ETLS') return ['tls', 'TLS with the mail server failed.'];
  if (typeof answered === 'number' && answered > 0)
    return ['smtp_refused', `The mail server refused: ${message}`];
  if (code === 'EAUTH') return ['smtp_refused', 'The mail server refused to let us sign in.'];
  return ['connection_reset', 'The mail server closed the connection before it had the message.'];
}
