import { exportSpecifications, hasPlace, writeArtifacts } from '@isthmus/artifacts';
import type { Resource } from '@isthmus/artifacts';
import { toRawxml } from '@isthmus/policy-engine';
import { readCatalog } from './apply-folder.js';
import { openCatalog } from './catalog-access.js';
import type { AccessOptions } from './catalog-access.js';
import { writeFolder } from './folder.js';

/** What `isthmus export` was asked to do. */
export interface ExportOptions extends AccessOptions {
  readonly replace?: boolean;
  readonly specifications?: boolean;
}

/** Writes the catalog as an APIOps folder. @returns the exit status, 0 */
export async function exportFolder(folder: string, options: ExportOptions): Promise<number> {
  const all = await readCatalog(await openCatalog(options));
  const kept = all.filter(({ id }) => hasPlace(id));
  const specifications = options.specifications ? exportSpecifications(kept) : [];
  const files = writeArtifacts(kept.map(asFile), specifications);
  const { deleted } = await writeFolder(folder, files, options.replace === true);
  const removed = deleted > 0 ? `, ${deleted} deleted` : '';
  console.log(`${kept.length} resources in ${files.size} files${removed}`);
  for (const { id } of all.filter((one) => !kept.includes(one)))
    console.error(`${id}: not written: an APIOps folder has no place for it`);
  return 0;
}

/** Files hold policies with their expressions unescaped, whatever format they were published in. */
function asFile({ id, properties }: Resource): Resource {
  const { format, value } = properties;
  if (format !== 'xml' || typeof value !== 'string') return { id, properties };
  return { id, properties: { ...properties, format: 'rawxml', value: toRawxml(value) } };
}
