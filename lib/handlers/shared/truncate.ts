/** Truncates a text so that its JSON has at most this number of bytes. */
export function truncate(text: string, bytes: number): string {
  // By code points, so that no surrogate pair is split.
  const characters = [...text];
  while (Buffer.byteLength(JSON.stringify(characters.join(''))) > bytes) {
    characters.length = Math.floor(characters.length * 0.9);
  }
  return characters.join('');
}
