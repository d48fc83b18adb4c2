import { stringify } from 'yaml';

/** A description as YAML; repeated parts are written out, for not every reader knows anchors. */
export function toYaml(document: object): string {
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}
