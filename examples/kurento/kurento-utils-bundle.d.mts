/** kurento-utils as one script for browsers. */
export function bundleKurentoUtils(): Promise<string>;
