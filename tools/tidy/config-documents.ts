import { formatConfigDocument } from '@rivero/runtime';

export interface MadeDocument {
  readonly place: string;
  readonly text: string;
}

/** The documents that are made from the table of settings. */
export function configDocuments(): readonly MadeDocument[] {
  return [
    { place: 'docs/config.md', text: formatConfigDocument('en') },
    { place: 'docs/zh/config.md', text: formatConfigDocument('zh') },
  ];
}
