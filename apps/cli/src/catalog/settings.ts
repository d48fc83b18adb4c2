/** What the environment says of the caller, so that secrets need not stand in a command line. */
export interface CallerEnvironment {
  /** `ISTHMUS_ACCESS_TOKEN`: a bearer token. */
  readonly accessToken: string | undefined;
  /** `ISTHMUS_CLIENT_SECRET`: secret of the application that `--client-id` names. */
  readonly clientSecret: string | undefined;
}

/** Reads the caller's environment. */
export function callerEnvironment(): CallerEnvironment {
  const { ISTHMUS_ACCESS_TOKEN: accessToken, ISTHMUS_CLIENT_SECRET: clientSecret } = process.env;
  // A variable that is there and empty says nothing.
  return { accessToken: accessToken || undefined, clientSecret: clientSecret || undefined };
}
