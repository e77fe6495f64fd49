/** Longest description that is read, in characters. */
export const descriptionLengthMax = 256 * 1024;
/** Lines of a description. Browsers write 28 to 32 characters a line, so theirs are never too many before they are too long. */
export const linesMax = 10_000;
export const sectionsMax = 128;
export const codecsMax = 96;
export const extensionsMax = 64;
export const ssrcsMax = 64;
export const ssrcGroupsMax = 64;
export const ridsMax = 64;
/** Longest value of a one-byte header extension element, in bytes (RFC 8285 section 4.2): MID has to fit. */
export const midLengthMax = 16;
export const candidatesMax = 64;
export const fingerprintsMax = 8;
export const bandwidthsMax = 16;
export const cryptosMax = 32;
