/** Longest description that is read, in characters. */
export const descriptionLengthMax = 256 * 1024;
export const sectionsMax = 128;
export const codecsMax = 96;
export const extensionsMax = 64;
export const ssrcsMax = 64;
export const candidatesMax = 64;
export const fingerprintsMax = 8;
