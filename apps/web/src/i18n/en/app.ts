export const app = {
  choices: 'Language and look',
};

export const language = {
  other: '中文',
  switch: 'Switch to Chinese',
};

export const theme = {
  label: 'Theme',
  system: 'Match system',
  dark: 'Dark',
  light: 'Light',
};

export const lost = {
  title: 'There is no page at this address',
  text: 'A link may have been cut or mistyped. Ask for it once more, or go to the start page and type the room’s name.',
  nameTitle: 'No room can have this name',
  nameText: 'Correct it here, or ask for the link once more.',
  home: 'Go to the start page',
};
