/** What opens above the meeting. */
export type DialogName = 'settings' | 'help' | 'end';
