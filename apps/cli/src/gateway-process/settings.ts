/** The environment of a process that the command starts: its own, without other settings, and these. */
export function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ISTHMUS_'));
  return { ...Object.fromEntries(inherited), ...settings };
}
