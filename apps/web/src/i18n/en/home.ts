export const home = {
  title: 'Meet, on your own server',
  lead: 'Choose a room and send its address to whoever should come.',
  room: 'Room',
  go: 'Go to the room',
  roomInvalid: 'Use up to 64 letters, digits and . _ ~ -',
};
