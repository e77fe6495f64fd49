export const join = {
  title: 'Room {room}',
  name: 'Your name',
  join: 'Join',
  joining: 'Joining…',
  nameMissing: 'Type a name first.',
  withoutDevices: 'Join without camera and microphone',
};

export const prejoin = {
  preview: 'Camera and microphone',
  ask: 'Allow camera and microphone',
  askReason: 'The others see and hear you once you join. You can join without, too.',
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
  retry: 'Try again: {device}',
  denied:
    '{device}: this page is not allowed to use it. Press the sign beside the address, allow it there, then try again.',
  dismissed: '{device}: the question was closed without an answer. Try again and choose “Allow”.',
  deniedBySystem:
    '{device}: the system keeps it from the browser. Allow it in the privacy settings of your computer or phone, then try again.',
  missing: '{device}: none was found. Plug one in; it is noticed by itself.',
  busy: '{device}: another program uses it. Close that program, then try again.',
  unsuitable: '{device}: it cannot do what was asked. Choose another one.',
  insecure: '{device}: browsers give none to plain http. Open this page by its https address.',
  lost: '{device}: it was unplugged or taken away. Plug it in again or choose another one.',
  failed: '{device}: it could not be opened. Try again, or choose another one.',
};
