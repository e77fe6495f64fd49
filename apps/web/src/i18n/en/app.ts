export const language = {
  other: '中文',
  switch: 'Switch to Chinese',
};
