import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locales } from '@/lib/i18n/locales';

/*
 * The console's texts in both languages: the same keys with the same values put in, and one word for one thing. The words
 * are those of AGENTS.md.
 */

type Locale = (typeof locales)[number];

/** Every text of a language, by file and key. */
function textsOf(locale: Locale): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (path: string, value: unknown) => {
    if (typeof value === 'string') texts.set(path, value);
    else for (const [key, inner] of Object.entries(value as object)) add(`${path}.${key}`, inner);
  };
  const folder = `lib/i18n/messages/${locale}`;
  for (const file of readdirSync(folder))
    add(file.replace('.json', ''), JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
  return texts;
}
const texts = { fr: textsOf('fr'), en: textsOf('en') };

/** The values and the elements that a text wants: `{name}`, `{count, plural, one {…} …}`, `<time>`. */
function wantedBy(text: string): string[] {
  const wanted = new Set(text.match(/<\w+>/g));
  /** Reads a text, or one arm of a choice, from `at` to its end, and tells where that is. */
  const read = (at: number): number => {
    while (at < text.length && text[at] !== '}') {
      if (text[at] === "'" && /[{}]/.test(text[at + 1] ?? '')) at = text.indexOf("'", at + 1) + 1;
      else if (text[at] === '{') at = readValue(at);
      else at += 1;
    }
    return at;
  };
  const readValue = (at: number): number => {
    const [head = '', name = '', choice] =
      /^\{(\w+)(, (?:plural|select|selectordinal),)?/.exec(text.slice(at)) ?? [];
    wanted.add(name);
    let end = at + head.length;
    if (!choice) return text.indexOf('}', end) + 1;
    while (text[end] !== '}') {
      end = read(text.indexOf('{', end) + 1) + 1;
      while (text[end] === ' ') end += 1;
    }
    return end + 1;
  };
  read(0);
  return [...wanted].sort();
}

describe('French and English', () => {
  it('have the same texts', () => {
    expect([...texts.en.keys()].sort()).toEqual([...texts.fr.keys()].sort());
    expect(texts.fr.size).toBeGreaterThan(500);
  });

  it('put the same values into them', () => {
    const odd = [...texts.fr].filter(
      ([key, text]) => wantedBy(text).join() !== wantedBy(texts.en.get(key) ?? '').join(),
    );
    expect(odd.map(([key]) => key)).toEqual([]);
  });
});

/** Words that say what has another name already, with that name. */
const avoided: Record<Locale, [word: RegExp, name: string][]> = {
  fr: [
    [/(?<!nouvel |nouveaux |prochains )\bessais?\b(?! supplémentaires)/i, 'tentative ; nouvel essai ; test'],
    [/livraisons? (n’a (pas )?été |)relancée|\brenvois?\b/i, 'rejouer, rejeu'],
    [/destinataire|point de terminaison|endpoint/i, 'récepteur'],
    [/abonnement|souscription|crochet/i, 'webhook'],
    [/évènement/i, 'événement'],
    [/livraison d’essai|sondage/i, 'sonde'],
  ],
  en: [
    [/\b(an?|no|each|next|first|last|further|the|as a) (try|tries)\b|try now/i, 'attempt; retry; probe'],
    [/\b(receiver’s|the|its|final|no|an|this) answer\b/i, 'response'],
    [/\bmend(ed|s)?\b|\bremedy\b|\bcure\b/i, 'fix'],
    [/(delivery|deliveries) sent again|was not sent again|\bresend\b/i, 'replay'],
    [/\blapsed?\b|\boutdated\b/i, 'expired'],
    [/\b(mark|tick|check|choose) all\b/i, 'select all'],
    [/\brecipients?\b|\bendpoints?\b/i, 'receiver'],
    [/\bsubscriptions?\b/i, 'webhook'],
  ],
};

describe('one word for one thing', () => {
  it.each(locales)('in %s', (locale) => {
    const found = [...texts[locale]].flatMap(([key, text]) =>
      avoided[locale].filter(([word]) => word.test(text)).map(([, name]) => `${key}: ${name} | ${text}`),
    );
    expect(found).toEqual([]);
  });
});
