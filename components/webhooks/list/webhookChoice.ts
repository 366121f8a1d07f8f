import { createLoader, type inferParserType, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { searchTerm } from '@/lib/domain/searchTerm';
import { type WebhookListChoice, webhookSorts, webhookStates } from '@/lib/domain/webhookList';

/** What the address of the list says. */
export const webhookChoiceParsers = {
  q: parseAsString.withDefault(''),
  state: parseAsStringLiteral(webhookStates),
  sort: parseAsStringLiteral(webhookSorts).withDefault('trouble'),
};

/** Reads an address of the list, where there is no browser. */
export const loadWebhookChoice = createLoader(webhookChoiceParsers);

/** What the API is asked for. */
export const webhookChoiceOf = ({
  q,
  state,
  sort,
}: inferParserType<typeof webhookChoiceParsers>): WebhookListChoice => ({
  q: searchTerm(q),
  ...(state && { state }),
  sort,
});
