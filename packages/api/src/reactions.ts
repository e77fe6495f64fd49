/** What one shows without a word; pages choose the pictures. */
export const reactions = ['thumbs-up', 'clap', 'heart', 'laugh', 'surprise', 'party'] as const;
export type Reaction = (typeof reactions)[number];
