/** Requests with long-term credentials that RFCs print in full; their user is MATRIX in Katakana, the password TheMatrIX. */
export const longTermVectors = [
  {
    name: 'RFC 5769 section 2.4',
    bytes: hex(`
      0001 0060 2112a442 78ad3433c6ad72c029da412e
      0006 0012 e3839ee38388e383aae38383e382afe382b9 0000
      0015 001c 662f2f3439396b393534643 64f4c33346f4c394653547679 36347341
      0014 000b 6578616d706c652e6f7267 00
      0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666`),
  },
  {
    name: 'RFC 8489 appendix B.1, with USERHASH and SHA-256',
    bytes: hex(`
      0001 0088 2112a442 78ad3433c6ad72c029da412e
      001e 0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704
      0015 0029 6f624d61744a6f7332414141 43662f2f3439396b3935346436 4f4c33346f4c394653547679 36347341 000000
      0014 000b 6578616d706c652e6f7267 00
      001c 0020 fd8c273860d2e18ebca4c89b6973befa7ee8ecc69e9642db326fab65a0b955ba`),
  },
] as const;

function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}
