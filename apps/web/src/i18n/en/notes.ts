export const notes = {
  bothMissing: 'No camera and no microphone were found. The others neither see nor hear you.',
  byLink: 'You came by a link: microphone and camera are off.',
  relayUnreachable:
    'Picture and sound may go through the relay only, and it cannot be reached. It is tried again and again.',
  relayMissing: 'Picture and sound may go through a relay only, and this server has none.',
  iceCode: '(code {code})',
  testRelay: 'Test the relay in a new tab',
  useDevice: 'Use {device}',
  chooseDevice: 'Choose another one',
};
