/** Applications that the development identity provider knows (tools/identity/src/seed.ts). */
export const sampleApplications = {
  operator: {
    id: '7e57c0de-0000-4000-8000-00000000a002',
    secret: 'isthmus-operator-sample-secret',
  },
  orderPortal: {
    id: '7e57c0de-0000-4000-8000-00000000a001',
    secret: 'order-portal-sample-secret',
  },
} as const;

/** The tenant of the development identity provider. */
export const tenantId = '7e57c0de-0000-4000-8000-000000000001';

/** Audience of every token of the example. */
export const audience = 'api://isthmus';

/** The token endpoint of the development identity provider. */
export function tokenUrl(identityUrl: string): string {
  return `${identityUrl}/${tenantId}/oauth2/v2.0/token`;
}

/** A token for the management APIs. */
export async function operatorToken(identityUrl: string): Promise<string> {
  const { id, secret } = sampleApplications.operator;
  const response = await fetch(tokenUrl(identityUrl), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: `${audience}/.default`,
    }),
  });
  if (!response.ok) throw new Error(`the identity provider answered ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
}
