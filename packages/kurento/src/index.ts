export type { Json, ObjectDescription, ObjectEvent, ObjectModel } from './model.ts';
