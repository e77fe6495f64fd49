export { Elements } from './elements.ts';
