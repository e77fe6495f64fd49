/** Characters in a room's name. */
export const roomIdLengthMax = 64;

/** A room's name stands in its address as it is: letters, digits and `. _ ~ -`; `.` and `..` mean folders there. */
export function isRoomId(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,64}$/.test(text) && text !== '.' && text !== '..';
}

/** The room's name that is most like this text: accents and spaces go; undefined where nothing is left. */
export function nearestRoomId(text: string): string | undefined {
  const near = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._~-]+/g, '-')
    .slice(0, roomIdLengthMax)
    .replaceAll(/^-+|-+$/g, '');
  return isRoomId(near) ? near : undefined;
}
