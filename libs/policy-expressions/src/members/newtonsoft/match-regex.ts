import { Regex, RegexOptions, type MatchRegex } from '@isthmus/dotnet';

const flags: Readonly<Record<string, number>> = {
  i: RegexOptions.IgnoreCase,
  m: RegexOptions.Multiline,
  s: RegexOptions.Singleline,
  x: RegexOptions.ExplicitCapture,
};

/** `=~` of a JSONPath filter by .NET's regular expressions. */
export const matchRegex: MatchRegex = (text, pattern, options) => {
  let flagBits = 0;
  for (const option of options) flagBits |= flags[option] ?? 0;
  return new Regex(pattern, flagBits).isMatch(text);
};
