import type { ModuleDescription } from './description.ts';

/** The module `filters`: none yet. It is listed because the clients do not connect to a server without it. */
export const filtersModule: ModuleDescription = {
  name: 'filters',
  imports: ['core', 'elements'],
  classes: [],
  complexTypes: [],
  events: [],
};
