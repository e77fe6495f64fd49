export const ui = {
  close: 'Close',
  notice: 'Notice',
  notices: 'Notices ({hotkey})',
};
