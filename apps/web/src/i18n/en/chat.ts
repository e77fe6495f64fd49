export const chat = {
  title: 'Chat',
  messages: 'Messages',
  empty: 'Nothing has been said here yet. Everybody in the meeting can read what you write.',
  placeholder: 'Message to everybody',
  send: 'Send',
  you: 'You',
  newBelow: 'New messages',
  left: '{count} character left | {count} characters left',
  waiting: 'You can send again as soon as the connection is back.',
  heard: '{name}: {text}',
};
