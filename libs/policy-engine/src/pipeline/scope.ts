/** Scopes from broad to narrow (evaluation order of policy documents). */
export const scopes = ['global', 'workspace', 'product', 'api', 'operation'] as const;

/** Where a policy document applies. */
export type Scope = (typeof scopes)[number];

/** Sections in the order in which they run. */
export const sections = ['inbound', 'backend', 'outbound', 'on-error'] as const;

/** Part of a policy document. */
export type Section = (typeof sections)[number];
