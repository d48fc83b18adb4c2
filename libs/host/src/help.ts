import { environmentName, flagName, type SettingsDeclaration } from './settings.js';
import { expected } from './setting-values.js';

/** The text that `--help` prints. */
export function helpText(name: string, description: string, settings: SettingsDeclaration): string {
  const rows = Object.entries(settings).map(([setting, entry]) => {
    const fallback =
      entry.default === undefined
        ? entry.optional
          ? 'optional'
          : 'required'
        : `default ${String(entry.default) || '(empty)'}`;
    return [
      `  ${flagName(setting)}  ${environmentName(setting, entry)}`,
      `      ${entry.description} (${expected(entry)}; ${fallback})`,
    ].join('\n');
  });
  return `${name}: ${description}\n\nSettings, as a flag or as an environment variable; flags win:\n\n${rows.join('\n')}\n`;
}
