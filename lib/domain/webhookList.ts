/** What a list of webhooks can be narrowed to; `troubled`: down, degraded, or switched off by the system. */
export const webhookStates = ['troubled', 'active', 'inactive'] as const;
export type WebhookStateFilter = (typeof webhookStates)[number];

/** `trouble`: the worst first. */
export const webhookSorts = ['newest', 'trouble', 'name'] as const;
export type WebhookSort = (typeof webhookSorts)[number];

/** What the console asks for. */
export type WebhookListChoice = { q: string; state?: WebhookStateFilter | undefined; sort: WebhookSort };
