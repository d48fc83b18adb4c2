import type { Artifacts } from '@isthmus/workflow-engine';

const maps = 'Artifacts/Maps/';
const schemas = 'Artifacts/Schemas/';

/** The maps and schemas of a Standard project, by name with or without extension, in any case. */
export function artifactsOf(files: Readonly<Record<string, string>>): Artifacts {
  const lookup = (folder: string) => {
    const entries = Object.entries(files)
      .filter(([path]) => path.startsWith(folder))
      .map(([path, text]) => [path.slice(folder.length).toLowerCase(), text] as const);
    const byName = new Map(
      entries.flatMap(([name, text]) => [
        [withoutExtension(name), text],
        [name, text],
      ]),
    );
    return (name: string) => byName.get(name.toLowerCase());
  };
  return { map: lookup(maps), schema: lookup(schemas) };
}

/** Artifacts of a project, and those of the integration account beside it. */
export function joined(project: Artifacts, account: Artifacts): Artifacts {
  return {
    map: (name) => project.map?.(name) ?? account.map?.(name),
    schema: (name) => project.schema?.(name) ?? account.schema?.(name),
    lookup: (type, name) => account.lookup?.(type, name),
  };
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^.]+$/, '');
}
