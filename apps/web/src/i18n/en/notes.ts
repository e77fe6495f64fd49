export const notes = {
  bothMissing: 'No camera and no microphone were found. The others neither see nor hear you.',
  byLink: 'You came by a link: microphone and camera are off.',
  useDevice: 'Use {device}',
  chooseDevice: 'Choose another one',
};
