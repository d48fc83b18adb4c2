/** Placeholders that a deployment tool fills in before a document is uploaded. */

/** `{name}`, `${name}`, `$(name)`, `#{name}#`, `{#name#}`, `__name__`, `%name%`. */
const whole =
  /^(?:\{[A-Za-z_]\w*\}|\$\{[^{}]+\}|\$\([^()]+\)|#\{[^{}]+\}#?|\{#[^{}#]+#\}|__\w+__|%\w+%)$/;

/** True when a value is nothing but a placeholder: it may become anything. */
export function isPlaceholder(text: string): boolean {
  return whole.test(text.trim());
}

/** True when a part of a value looks like something to be filled in: `https://${host}/`, `<BACKEND_URL>`. */
export function holdsPlaceholder(text: string): boolean {
  return /[${}#%<>[\]]|\$\(|__\w+__/.test(text);
}

/** Strings, characters and comments of C#. */
const literals =
  /\/\/[^\n]*|\/\*[^]*?\*\/|@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/**
 * True when the code of an expression, not only its strings and comments, holds a reference to a named value: what it
 * will be is not known before the value is put in.
 */
export function hasCodeReference(expression: string): boolean {
  return (
    expression.includes('{{') && /\{\{\s*[\w.-]+\s*\}\}/.test(expression.replace(literals, ''))
  );
}

/**
 * True when the code of an expression, not only its strings, holds a placeholder that can be no C#: `${name}`,
 * `#{name}`, `{#name#}`. What the expression will be cannot be known then.
 */
export function hasCodePlaceholder(expression: string): boolean {
  return (
    /[$#]\{|\{#/.test(expression) &&
    /[$#]\{[\w.-]+\}|\{#[\w.-]+#\}/.test(expression.replace(literals, ''))
  );
}
