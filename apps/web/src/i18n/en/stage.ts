export const tile = {
  cameraOff: 'Camera off',
  noCamera: 'No camera',
  connecting: 'Picture is coming…',
  muted: 'muted',
  away: 'connection lost, waiting…',
  refused: 'This browser cannot play the picture',
};
