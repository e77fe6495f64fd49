/** The untyped text layer: what it reads is checked field by field before anything believes it. */
declare module 'sdp-transform' {
  const sdpTransform: {
    parse(text: string): unknown;
    write(session: object): string;
  };
  export default sdpTransform;
}
