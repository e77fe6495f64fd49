export { MediaPlane, type MediaPlaneOptions, type PeerStateEvent } from './media-plane.ts';
