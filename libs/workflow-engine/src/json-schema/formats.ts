/** Formats that are checked; others are ignored. */
const formats: ReadonlyMap<string, (text: string) => boolean> = new Map(
  Object.entries<(text: string) => boolean>({
    date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(text),
    time: (text) => /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text),
    'date-time': isDateTime,
    ipv4: (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text),
    ipv6: (text) => text.includes(':') && URL.canParse(`http://[${text}]/`),
    hostname: (text) =>
      text.length <= 255 &&
      /^(?!-)[A-Za-z\d-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z\d-]{1,63}(?<!-))*$/.test(text),
    email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
    uri: (text) => /^[A-Za-z][A-Za-z\d+.-]*:/.test(text) && URL.canParse(text),
  }),
);

function isDate(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** A date and a time joined by `T`; an offset may be missing. */
function isDateTime(text: string): boolean {
  const match =
    /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/i.exec(
      text,
    );
  return match !== null && isDate(match[1] ?? '');
}

/** Whether a text has a format; unknown formats are always met. */
export function hasFormat(text: string, format: string): boolean {
  return formats.get(format)?.(text) ?? true;
}
