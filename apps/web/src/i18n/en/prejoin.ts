export const join = {
  title: 'Room {room}',
  name: 'Your name',
  join: 'Join',
  joining: 'Joining…',
  nameMissing: 'Type a name first.',
  withoutDevices: 'Join without camera and microphone',
  withoutCamera: 'Join without camera',
  withoutMicrophone: 'Join without microphone',
};

export const prejoin = {
  preview: 'Camera and microphone',
  ask: 'Allow camera and microphone',
  askTitle: 'Be seen and heard',
  askReason:
    'Your browser will ask whether this page may use your camera and microphone: choose “Allow”. Nobody sees or hears you before you join, and you can turn both off at any time.',
  opening: 'Opening the camera…',
  cameraOff: 'Your camera is off',
  microphoneOff: 'Your microphone is off',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  level: 'Loudness of your microphone',
  testSound: 'Play test sound',
  testPlaying: 'Playing…',
  testFailed: 'This speaker could not play the sound. Choose another one.',
  turnAround: 'Use the other camera',
  pluggedIn: '{device} is there now.',
  fellBack: '{before} is gone. {now} is used instead.',
  copyLink: 'Copy the link to this room',
  linkCopied: 'The link is copied. Send it to whoever should come.',
  linkNotCopied: 'The browser does not let this page copy. The link is {address}',
};
