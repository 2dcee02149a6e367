/** The start of a text that needs no more than so many bytes as JSON. */
export function fitting(text: string, bytes: number): string {
  // By code points, so that no character is cut in halves.
  const characters = [...text];
  while (Buffer.byteLength(JSON.stringify(characters.join(''))) > bytes) {
    characters.length = Math.floor(characters.length * 0.9);
  }
  return characters.join('');
}
