import { type BrowserPage, eventually } from './browser.ts';
import { hasHue, hasTone, isMoving } from './judged-media.ts';

function byId(id: string): string {
  return `document.getElementById(${JSON.stringify(id)})`;
}

/** A page without our SDK, such as an example, as a test drives it: elements by their id. */
export class PlainPage {
  readonly page: BrowserPage;
  readonly name: string;

  constructor(page: BrowserPage, name: string) {
    this.page = page;
    this.name = name;
  }

  async press(id: string): Promise<void> {
    await eventually(this.page, `${byId(id)}?.disabled === false`, `${this.name} finds the button ${id}`);
    await this.page.evaluate(`${byId(id)}.click()`);
  }

  async type(id: string, text: string): Promise<void> {
    await eventually(this.page, `${byId(id)} !== null`, `${this.name} finds the field ${id}`);
    await this.page.evaluate(`void (${byId(id)}.value = ${JSON.stringify(text)})`);
  }

  async says(text: string): Promise<void> {
    const expression = `document.body.innerText.includes(${JSON.stringify(text)})`;
    await eventually(this.page, expression, `the page of ${this.name} says "${text}"`);
  }

  async seesMovement(id: string): Promise<void> {
    await eventually(this.page, isMoving(byId(id)), `${this.name} sees ${id} move`);
  }

  async seesHue(id: string, hue: number): Promise<void> {
    await eventually(this.page, hasHue(byId(id), hue), `${this.name} sees the hue ${hue} in ${id}`);
  }

  async hearsTone(id: string, hertz: number): Promise<void> {
    const track = `${byId(id)}?.srcObject?.getAudioTracks()[0]`;
    await eventually(this.page, hasTone(track, hertz), `${this.name} hears ${hertz} Hz in ${id}`);
  }

  /** Nothing plays there any more. */
  async seesNothing(id: string): Promise<void> {
    await eventually(this.page, `!${byId(id)}.srcObject?.active`, `${this.name} sees nothing in ${id}`);
  }
}
