import type { Reaction } from '@rivero/sdk';

/** Emoji: every system has its own, known drawings of them. */
export const reactionPictures: Readonly<Record<Reaction, string>> = {
  'thumbs-up': '👍',
  clap: '👏',
  heart: '❤️',
  laugh: '😂',
  surprise: '😮',
  party: '🎉',
};

/** What it says, in a word. */
export function reactionWord(reaction: Reaction, t: (key: string) => string): string {
  switch (reaction) {
    case 'thumbs-up':
      return t('reaction.thumbsUp');
    case 'clap':
      return t('reaction.clap');
    case 'heart':
      return t('reaction.heart');
    case 'laugh':
      return t('reaction.laugh');
    case 'surprise':
      return t('reaction.surprise');
    case 'party':
      return t('reaction.party');
  }
}
