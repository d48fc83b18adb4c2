/** The names of `System.Net.HttpStatusCode` in .NET Framework; other statuses have none. */
const names: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [101, 'SwitchingProtocols'],
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'NonAuthoritativeInformation'],
  [204, 'NoContent'],
  [205, 'ResetContent'],
  [206, 'PartialContent'],
  [300, 'MultipleChoices'],
  [301, 'MovedPermanently'],
  [302, 'Found'],
  [303, 'SeeOther'],
  [304, 'NotModified'],
  [305, 'UseProxy'],
  [306, 'Unused'],
  [307, 'TemporaryRedirect'],
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [402, 'PaymentRequired'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [406, 'NotAcceptable'],
  [407, 'ProxyAuthenticationRequired'],
  [408, 'RequestTimeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'LengthRequired'],
  [412, 'PreconditionFailed'],
  [413, 'RequestEntityTooLarge'],
  [414, 'RequestUriTooLong'],
  [415, 'UnsupportedMediaType'],
  [416, 'RequestedRangeNotSatisfiable'],
  [417, 'ExpectationFailed'],
  [426, 'UpgradeRequired'],
  [500, 'InternalServerError'],
  [501, 'NotImplemented'],
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
  [504, 'GatewayTimeout'],
  [505, 'HttpVersionNotSupported'],
]);

/** The code of a call that ended with this status: its name, or the number as text. */
export function statusName(statusCode: number): string {
  return names.get(statusCode) ?? String(statusCode);
}

/** The status of a name such as `OK`, or of a number in text. */
export function statusCodeNamed(name: string): number | undefined {
  if (/^\d{3}$/.test(name)) return Number(name);
  for (const [code, known] of names) if (known.toLowerCase() === name.toLowerCase()) return code;
  return undefined;
}
