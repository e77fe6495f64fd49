export { MediaPlane, type MediaPlaneEvent, type MediaPlaneOptions } from './media-plane.ts';
