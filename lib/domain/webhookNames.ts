/** Most webhooks whose names are asked for at once. */
export const mostNames = 100;

/** Names by id: null for a webhook that is deleted, or never was. */
export type WebhookNames = Record<string, string | null>;
