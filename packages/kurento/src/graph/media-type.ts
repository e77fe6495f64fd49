/** What a connection carries, in the order in which a connection of everything is made. */
export const mediaTypes = ['AUDIO', 'VIDEO', 'DATA'] as const;

export type MediaType = (typeof mediaTypes)[number];

/** What a pad is called when nobody gave it a name. */
export const defaultDescription = 'default';
