/** Something that the person has to do before we can go on; the message says what. */
export class Hindrance extends Error {}
