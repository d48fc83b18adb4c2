import { LogicManagementClient } from '@azure/arm-logic';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import type { OrchestratorFixture } from './orchestrator-fixture.js';

/**
 * Azure's own client, pointed at an orchestrator. It insists on https for its token; this transport
 * takes its calls to the orchestrator as they are.
 */
export function armClient(fixture: OrchestratorFixture, publicUrl: string): LogicManagementClient {
  const transport = createDefaultHttpClient();
  const token = fixture.tokens['Admin']!;
  return new LogicManagementClient(
    { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3.6e6 }) },
    's1',
    {
      endpoint: publicUrl,
      retryOptions: { maxRetries: 0 },
      httpClient: {
        async sendRequest(outgoing) {
          const response = await transport.sendRequest({
            ...outgoing,
            url: fixture.local(outgoing.url),
            allowInsecureConnection: true,
          });
          // The client knows what to read from an answer by the very request it made.
          return { ...response, request: outgoing };
        },
      },
    },
  );
}
