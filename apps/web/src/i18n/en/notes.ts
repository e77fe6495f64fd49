export const notes = {
  bothMissing: 'No camera and no microphone were found. The others neither see nor hear you.',
  useDevice: 'Use {device}',
  chooseDevice: 'Choose another one',
};
