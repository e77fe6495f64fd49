/** The browser runs on a phone or tablet, where opening a second camera fails or ends the first. */
export function opensOneCameraAtATime(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  // An iPad says that it is a Macintosh, which has no touch screen.
  return /Android|iPhone|iPad|Mobile/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1);
}
