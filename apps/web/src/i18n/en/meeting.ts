export const meeting = {
  people: 'Nobody else is here | One other is here | {count} others are here',
  alone: 'You are alone in the room. Send its address to somebody:',
  you: '{name} (you)',
  muteMicrophone: 'Mute microphone',
  unmuteMicrophone: 'Unmute microphone',
  cameraOff: 'Turn camera off',
  cameraOn: 'Turn camera on',
  shareScreen: 'Share screen',
  stopSharing: 'Stop sharing',
  sharing: 'The others see your screen.',
  screenOf: 'Screen of {name}',
  cameraMissing: 'No camera was found. The others do not see you.',
  microphoneMissing: 'No microphone was found. The others do not hear you.',
  participants: 'Participants',
  controls: 'Microphone, camera, screen, leaving',
  leave: 'Leave',
  playSound: 'Play sound',
  soundBlocked: 'Your browser has blocked the sound.',
};

export const state = {
  reconnecting: 'The connection to the server is lost. It is being made again…',
  restarting: 'The server is being restarted. You will be back in the room by yourself.',
  stillRestarting: 'The server is still not back. It is tried again by itself.',
  stillReconnecting: 'The server still cannot be reached. Check your network; it is tried again by itself.',
  tryNow: 'Try again now',
  leave: 'Leave the room',
  mediaConnecting: 'Connecting picture and sound…',
  mediaDisconnected: 'Picture and sound are interrupted. They are being connected again…',
  mediaBlocked:
    'Picture and sound do not get through to the server: UDP and TCP to it are blocked. It is tried again and again.',
};
