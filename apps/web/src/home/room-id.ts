/** A room's name stands in its address as it is: letters, digits and `. _ ~ -`; `.` and `..` mean folders there. */
export function isRoomId(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,64}$/.test(text) && text !== '.' && text !== '..';
}
