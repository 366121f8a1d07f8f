import { describe, expect, it } from 'vitest';
import { alertInputSchema, maskedAlertUrl } from '@/lib/domain/alert';
import { alertBody, alertMail } from '@/lib/domain/alertBody';
import { alertMessage } from '@/lib/domain/alertMessage';
import { subscribableEventTypes } from '@/lib/domain/eventTypes';

const console = 'https://webhooks.example.com/';
const sampleOf = (type: keyof typeof subscribableEventTypes) => subscribableEventTypes[type].sample;
const exhausted = alertMessage('delivery.exhausted', sampleOf('delivery.exhausted'), {
  locale: 'fr',
  console,
});

describe('what somebody is told', () => {
  it('of a delivery that was given up has its record, cause, cure and link', () => {
    expect(exhausted).toMatchObject({
      tone: 'bad',
      title: 'Synchronisation comptable\u202f: une livraison est abandonnée',
      link: 'https://webhooks.example.com/deliveries/0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46',
    });
    const facts = Object.fromEntries(exhausted.facts.map(({ label, value }) => [label, value]));
    expect(facts).toMatchObject({
      Fiche: 'Jean Dupont',
      Événement: 'lead.created',
      Cause: 'Délai dépassé. La réponse n’est pas arrivée à temps.',
      'À faire': expect.stringContaining('Répondez 200'),
      'En attente': '3',
    });
  });

  it.each(['webhook.failing', 'webhook.recovered', 'webhook.disabled'] as const)(
    'of %s, in both languages',
    (type) => {
      for (const locale of ['fr', 'en'] as const) {
        const message = alertMessage(type, sampleOf(type), { locale, console });
        expect(message.title).toContain('Synchronisation comptable');
        expect(message.tone).toBe(type === 'webhook.recovered' ? 'good' : 'bad');
        expect(message.link).toContain('/webhooks/');
      }
    },
  );

  it('of a recovery says how long it lasted and what waits', () => {
    const { facts } = alertMessage('webhook.recovered', sampleOf('webhook.recovered'), {
      locale: 'en',
      console,
    });
    expect(facts).toContainEqual({ label: 'Lasted', value: '42\u202fmin 30\u202fs' });
    expect(facts).toContainEqual({ label: 'Waiting', value: '194' });
  });

  it('of what is left of an erased one is that there was one', () => {
    const message = alertMessage('delivery.exhausted', { id: '1', erased: true }, { locale: 'fr', console });
    expect(message).toMatchObject({ tone: 'plain', facts: [], link: null });
  });

  it('links nowhere when nobody said where the console is', () => {
    const message = alertMessage('webhook.failing', sampleOf('webhook.failing'), {
      locale: 'fr',
      console: undefined,
    });
    expect(message.link).toBeNull();
  });
});

describe('the message of a chat', () => {
  const hostile = {
    ...exhausted,
    title: '<!channel> *a* @everyone',
    facts: [{ label: 'Fiche', value: '<@U1> [x](y) & <users/all>' }],
  };

  it.each(['slack', 'teams', 'discord', 'google_chat'] as const)(
    '%s is JSON with title, cause and link',
    (channel) => {
      const body = alertBody(channel, exhausted, 'fr');
      expect(() => JSON.parse(body)).not.toThrow();
      for (const part of ['une livraison est abandonnée', 'Jean Dupont', 'webhooks.example.com/deliveries/'])
        expect(body).toContain(part);
    },
  );

  it('takes nothing of anybody’s text for a mention', () => {
    const { text, blocks } = JSON.parse(alertBody('slack', hostile, 'fr'));
    expect(text).toContain('&lt;!channel&gt;');
    expect(blocks[0].text.type).toBe('plain_text');
    expect(blocks[1].text.text).toContain('&lt;@U1&gt;');
    expect(JSON.parse(alertBody('discord', hostile, 'fr')).allowed_mentions).toEqual({ parse: [] });
    expect(alertBody('google_chat', hostile, 'fr')).not.toContain('<users/all>');
    expect(alertMail(hostile, 'fr').html).not.toMatch(/<!channel>|<@U1>/);
  });

  it('as an e-mail has no line break in its subject', () => {
    expect(alertMail({ ...exhausted, title: 'a\r\nBcc: x@example.com' }, 'fr').subject).not.toMatch(/[\r\n]/);
  });
});

describe('an alert', () => {
  const schema = alertInputSchema({ allowHttp: false, allowNetworks: [] });
  const base = { name: 'Équipe', channel: 'email', emails: ['marie@example.com'] };

  it('tells of everything, in French, unless somebody says otherwise', () => {
    expect(schema.parse(base)).toMatchObject({
      locale: 'fr',
      webhook_ids: null,
      status: 'active',
      events: ['webhook.failing', 'delivery.exhausted', 'webhook.disabled'],
    });
  });

  it.each([
    [{ ...base, emails: undefined }],
    [{ ...base, emails: [] }],
    [{ ...base, emails: ['marie'] }],
    [{ ...base, url: 'https://hooks.slack.com/x' }],
    [{ ...base, channel: 'slack' }],
    [{ name: 'x', channel: 'slack' }],
    [{ name: 'x', channel: 'slack', url: 'http://127.0.0.1/' }],
    [{ ...base, events: [] }],
    [{ ...base, events: ['lead.created'] }],
    [{ ...base, webhook_ids: [] }],
    [{ ...base, channel: 'pager' }],
    [{ ...base, extra: 1 }],
  ])('%j is refused', (input) => {
    expect(schema.safeParse(input).success).toBe(false);
  });

  it('shows of an address the host alone', () => {
    expect(maskedAlertUrl('https://hooks.slack.com/services/T0/B0/geheim')).toBe('https://hooks.slack.com/…');
    expect(maskedAlertUrl('mailto:marie%40example.com')).toBe('mailto:…');
  });
});
